"""Chapters 1.1 to 1.8 of the manual, walked by its words at a desk and on a telephone.

The chapters are tests in the manual's order and share one program for each width.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.manual import Walk
from tests.browser.test_phone import PHONE
from tests.browser.visitors import (
    INITIAL,
    OWN,
    Visitors,
    agree,
    answer,
    choose,
    field_of,
    follow,
    press,
    row_of,
    set_password,
    tell,
)
from tests.support.live import Live, serving

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
WIDTHS = {"desk": DESK, "phone": PHONE}
CLERK, NEWCOMER = "hospital", "hospital-new"


@pytest.fixture(scope="module", params=WIDTHS)
def width(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def live(width: str, demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A program of this width's own: what is done at the desk is still to be done on the phone."""
    with serving(demo_folder, tmp_path_factory.mktemp(f"manual-{width}")) as running:
        yield running


@pytest.fixture(scope="module")
def people(browser: Browser, live: Live, width: str) -> Iterator[Visitors]:
    visitors = Visitors(browser, live, settings=WIDTHS[width])
    yield visitors
    visitors.close()


@pytest.fixture(scope="module")
def clerk(people: Visitors, width: str) -> Walk:
    return Walk(people, CLERK, width == "phone")


@pytest.fixture(scope="module")
def newcomer(people: Visitors, width: str) -> Walk:
    return Walk(people, NEWCOMER, width == "phone")


@pytest.fixture(autouse=True)
def nothing_violated(clerk: Walk, newcomer: Walk) -> Iterator[None]:
    """Fail the chapter in which a page broke WCAG 2.2 AA."""
    yield
    found = clerk.found | newcomer.found
    clerk.found.clear()
    newcomer.found.clear()
    assert found == {}


def todo(page: Page, label: str) -> None:
    """Press 去处理 on one of the cards of 待处理任务."""
    card = page.locator("a.todo").filter(has_text=re.compile(label.replace(" ", r"\s*")))
    expect(card).to_contain_text("去处理")
    card.click()


def test_1_1_accounts(people: Visitors, newcomer: Walk) -> None:
    page = people.page(NEWCOMER)
    page.goto("/login/")
    newcomer.look()
    for label in ("账号", "密码"):
        expect(field_of(page, label)).to_be_visible()
    people.fill_in(page, NEWCOMER, INITIAL)  # 初始密码为666666
    expect(page.get_by_role("heading", name="密码初始化设置")).to_be_visible()
    newcomer.look()
    set_password(page)

    page.goto("/password/change")
    expect(page.get_by_role("heading", level=1)).to_have_text("安全设置")
    newcomer.look()
    field_of(page, "原始密码").fill(OWN)
    field_of(page, "新密码").fill(f"{OWN}-x")
    field_of(page, "确认新密码").fill(f"{OWN}-x")
    press(page, "确认")
    expect(page.locator(".alert").first).to_be_visible()


def test_1_2_own_facts(newcomer: Walk) -> None:
    page = newcomer.page
    page.goto("/")
    dialog = page.get_by_role("dialog", name="确认考核周期")
    expect(dialog).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d"))
    newcomer.look()
    follow(page, "去确认")
    expect(page.get_by_role("heading", level=1)).to_have_text("本机构信息")
    newcomer.look()
    field_of(page, "联系电话").fill("0355-2023011")
    press(page, "保存")
    tell(page, "保存成功")
    newcomer.menu("本机构信息")
    newcomer.in_english(heading="institution")


def test_1_3_departments(newcomer: Walk) -> None:
    page = newcomer.menu("科室信息")
    follow(page, "创建科室")
    newcomer.look()
    field_of(page, "科室").fill("妇科")
    choose(page, "关联诊疗科目", "妇产科")
    press(page, "保存")
    row = row_of(page, "妇科").last
    expect(row).to_contain_text("正常")
    follow(row, "编辑")
    field_of(page, "科室").fill("妇科门诊")
    press(page, "保存")
    press(row_of(page, "妇科门诊"), "停用")
    agree(page, "停用")
    expect(row_of(page, "妇科门诊")).to_contain_text("已停用")
    press(row_of(page, "妇科门诊"), "启用")
    agree(page, "启用")
    press(row_of(page, "妇科门诊"), "删除")
    agree(page, "删除")
    tell(page, "已删除")
    newcomer.in_english(heading="Departments")


def test_1_3_a_department_with_physicians_is_not_deleted(clerk: Walk) -> None:
    clerk.start()
    page = clerk.menu("科室信息")
    press(row_of(page, "内科").first, "删除")
    agree(page, "删除")
    expect(page.locator(".alert").first).to_contain_text("医师")
    expect(row_of(page, "内科").first).to_be_visible()


def test_1_4_applying_to_be_an_agency(clerk: Walk, tmp_path: Path) -> None:
    page = clerk.menu("申请考核机构")
    form = tmp_path / "申请表.pdf"
    form.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    field_of(page, "附件").set_input_files(form)
    press(page, "提交申请")
    tell(page, "提交成功")
    for label in ("周期", "申请时间", "审核时间", "审核状态"):
        expect(page.locator("dt", has_text=re.compile(f"^{label}$"))).to_be_visible()
    expect(page.locator("dd").filter(has_text="待审核")).to_be_visible()
    clerk.looked.discard("/agency-application/")
    clerk.look()
    clerk.in_english(heading="agency")


def test_1_5_physicians(clerk: Walk) -> None:
    page = clerk.menu("医师管理", "医师列表")
    for tab in ("未确认参加", "已确认参加"):
        expect(page.get_by_role("link", name=re.compile(f"^{tab}"))).to_be_visible()
    for label in ("科室", "姓名", "证件号码"):
        expect(page.get_by_label(label, exact=True).first).to_be_attached()
    for words in ("查询", "重置", "导出", "新增医师", "批量导入医师"):
        expect(page.get_by_text(words, exact=True).first).to_be_visible()
    name = page.locator("tbody tr td").filter(has_text=re.compile(r"^[\u4e00-\u9fff]{2,4}$")).nth(1)
    expect(name).to_be_attached()
    first = page.locator("tbody tr").first
    expect(first).to_contain_text(re.compile(r"\d{4}\*{5}\d{2}|\d{4}\*{5}\d[\dX]"))
    press(first, "参加")
    tell(page, "操作成功")
    page.get_by_role("link", name=re.compile("^已确认参加")).click()
    clerk.look()
    for words in ("取消参加", "查看", "重置密码"):
        expect(page.locator("tbody").get_by_text(words).first).to_be_visible()
    page.locator("tbody").get_by_role("link", name="查看", exact=True).first.click()
    clerk.look()
    page.go_back()
    clerk.in_english(heading="Physicians")


def test_1_6_simplified_review(clerk: Walk) -> None:
    page = clerk.page
    page.goto("/")
    todo(page, "简易程序 待审核")
    expect(page.get_by_role("heading", level=1)).to_have_text("简易程序审核")
    clerk.look()
    page.get_by_role("link", name="审核", exact=True).first.click()
    clerk.look()
    expect(page.get_by_role("heading", name="基本信息")).to_be_visible()
    follow(page, "下一步")
    for heading in ("申请材料", "执业行为记录", "个人述职", "多执业机构其它意见"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    follow(page, "下一步")
    expect(page.locator(".timeline").first).to_be_visible()
    follow(page, "上一步")
    answer(page, "工作业绩", "合格")
    answer(page, "职业道德", "合格")
    press(page, "提交")
    tell(page, "操作成功")
    clerk.in_english(heading="")


def test_1_7_general_review(clerk: Walk) -> None:
    page = clerk.page
    page.goto("/")
    todo(page, "一般程序 待审核")
    page.get_by_role("link", name="审核", exact=True).first.click()
    follow(page, "下一步")
    page.get_by_role("button", name="新增意见").click()
    field_of(page, "执业机构").fill("迎宾街社区卫生服务中心")
    field_of(page, "机构意见").fill("执业期间遵守规章，无投诉。")
    press(page.locator("#note-outside"), "保存")
    tell(page, "保存成功")
    expect(page.get_by_text("执业期间遵守规章，无投诉。")).to_be_visible()
    clerk.look()
    clerk.decide("驳回", reason="工作业绩与系统不符，请核对。")
    tell(page, "操作成功")


def test_1_8_exemption_review(clerk: Walk) -> None:
    page = clerk.page
    page.goto("/")
    for heading in ("考核安排", "待处理任务", "考核进度", "联系方式"):
        expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
    todo(page, "免考申请 待审核")
    expect(page.get_by_role("heading", level=1)).to_have_text("免考审核")
    clerk.look()
    page.get_by_role("link", name="审核", exact=True).first.click()
    expect(page.get_by_role("heading", name="证明材料")).to_be_visible()
    clerk.look()
    press(page, "通过")
    tell(page, "操作成功")
    page.goto("/")
    clerk.in_english(heading="")
