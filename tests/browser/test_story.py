"""The story of one hospital from its first login to a result, by the visible Chinese words.

The chapters are tests in the order of the story and share one program; each person has a browser.
"""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from app.exchange.physician_columns import PHYSICIAN_COLUMNS
from tests.browser import chapters
from tests.browser.visitors import (
    INITIAL,
    OWN,
    Visitors,
    agree,
    answer,
    choose,
    complete,
    fact,
    field_of,
    follow,
    menu,
    offered,
    press,
    row_of,
    set_password,
    tell,
    turn_to,
)
from tests.support.rosters import DATA, GOOD

CLERK, AGENCY = "hospital-new", "agency"
HOSPITAL = "长治市医院"
FIRST, FIRST_TYPED = "邹国怡", "14040219950509699x"  # the check character typed in lower case
SECOND, SECOND_TYPED = "张洋梓", "140402890924257"  # the same number in its old form
COLUMNS = [
    "序号", "科室", "姓名", "年龄", "证件号码", "执业类别", "医师级别", "执业证取得时间",
    "首次注册时间", "操作",
]  # fmt: skip
REJECTED = "门急诊人次与病案系统不一致，请核对后重新提交。"
UNETHICAL = "考核周期内两次被投诉服务态度生硬，经查属实。"

Fetch = Callable[..., Path]


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """Every login of the story asks for the 验证码."""
    return {"DINGKAO_CAPTCHA": "on"}


@pytest.fixture(scope="module")
def told() -> list[str]:
    """The chapters that came to their end."""
    return []


@pytest.fixture(autouse=True)
def chapter(request: pytest.FixtureRequest, told: list[str]) -> Iterator[None]:
    """Tell no chapter whose beginning is missing."""
    chapters.begin(request, told)
    yield
    told.append(request.node.name)


def physicians(page: Page, tab: str = "未确认参加") -> Page:
    """Open 医师列表 at one of its tabs."""
    menu(page, "医师管理", "医师列表")
    link = page.locator(".tabs").get_by_role("link", name=re.compile(rf"^{tab}"))
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    return page


def looked_up(page: Page, name: str, tab: str = "未确认参加") -> Page:
    """Open 医师列表 and look for one physician."""
    physicians(page, tab)
    field_of(page, "姓名").fill(name)
    press(page, "查询")
    expect(page.get_by_text(re.compile(r"共\d+条记录"))).to_be_visible()
    return page


def total(page: Page) -> int:
    """Read how many rows the list says it has."""
    text = page.get_by_text(re.compile(r"共\d+条记录")).inner_text()
    return int("".join(character for character in text if character.isdigit()))


def test_666666_leads_to_the_password_page_and_nowhere_else(people: Visitors) -> None:
    page = people.sign_in(CLERK, INITIAL)
    heading = page.get_by_role("heading", name="密码初始化设置")
    expect(heading).to_be_visible()

    page.goto("/physicians/list/")
    expect(heading).to_be_visible()
    page.goto("/")
    expect(heading).to_be_visible()

    set_password(page)
    expect(page.get_by_role("dialog", name="确认考核周期")).to_be_visible()


def test_the_notice_of_the_cycle_leads_to_the_hospitals_own_facts(people: Visitors) -> None:
    page = people.page(CLERK)
    follow(page, "去确认")
    expect(page.get_by_role("heading", name="本机构信息")).to_be_visible()

    field_of(page, "联系电话").fill("")
    press(page, "保存")
    tell(page, "有内容需要更正")
    field_of(page, "联系电话").fill("0355-2023011")
    choose(page, "等级等次", "三级甲等")
    field_of(page, "地址").fill("长治市潞州区太行东街12号")
    field_of(page, "邮编").fill("046000")
    press(page, "保存")
    tell(page, "保存成功")
    expect(field_of(page, "地址")).to_have_value("长治市潞州区太行东街12号")

    menu_home(page)
    expect(page.get_by_role("dialog")).to_have_count(0)


def menu_home(page: Page) -> None:
    """Go to 首页."""
    home = page.get_by_role("navigation", name="菜单").get_by_role("link", name="首页")
    home.click()
    expect(home).to_have_attribute("aria-current", "page")


def test_departments_are_created_edited_stopped_started_and_deleted(people: Visitors) -> None:
    page = people.page(CLERK)
    for name, subjects in (
        ("妇产科", ("妇科", "产科")),
        ("妇科", ("妇产科",)),
        ("康复科", ("康复医学科",)),
    ):
        menu(page, "科室信息")
        follow(page, "创建科室")
        field_of(page, "科室").fill(name)
        choose(page, "关联诊疗科目", *subjects)
        press(page, "保存")
        expect(row_of(page, name).last).to_contain_text("正常")
    expect(row_of(page, "妇产科").first).to_contain_text("产科")

    follow(row_of(page, "康复科"), "编辑")
    field_of(page, "科室").fill("康复医学科室")
    press(page, "保存")
    press(row_of(page, "康复医学科室"), "停用")
    agree(page, "停用")
    expect(row_of(page, "康复医学科室")).to_contain_text("已停用")
    press(row_of(page, "康复医学科室"), "启用")
    agree(page, "启用")
    expect(row_of(page, "康复医学科室")).to_contain_text("正常")
    press(row_of(page, "康复医学科室"), "停用")
    agree(page, "停用")
    expect(row_of(page, "康复医学科室")).to_contain_text("已停用")

    page.get_by_role("button", name="删除").nth(1).click()
    agree(page, "删除")
    tell(page, "科室“妇科”已删除。")


def test_a_roster_of_120_is_examined_and_imported(people: Visitors, download: Fetch) -> None:
    page = physicians(people.page(CLERK))
    follow(page, "批量导入医师")
    template = download(page, page.get_by_role("link", name="下载模板"))
    found = {
        str(cell.value).removesuffix("*")
        for sheet in openpyxl.load_workbook(template)
        for row in sheet.iter_rows(max_row=5)
        for cell in row
    }
    assert {column.header for column in PHYSICIAN_COLUMNS} <= found

    field_of(page, "医师名单").set_input_files(DATA / GOOD)
    press(page, "上传并预检")
    expect(page.get_by_role("heading", name="预检结果")).to_be_visible()
    expect(fact(page, "可导入")).to_have_text("120行")
    expect(fact(page, "有误")).to_have_text("0行")
    expect(fact(page, "缺少科室")).to_have_text("9个")
    expect(page.get_by_label("自动创建缺少的科室")).to_be_checked()
    press(page, "确认导入")

    tell(page, "导入完成：新增医师120名")
    page.get_by_role("link", name="查看医师列表").first.click()
    expect(page.get_by_role("link", name=re.compile("^未确认参加"))).to_contain_text("120")
    assert total(page) == 120
    menu(page, "科室信息")
    expect(row_of(page, "心血管内科")).to_be_visible()


def test_a_department_with_physicians_cannot_be_deleted(people: Visitors) -> None:
    page = people.page(CLERK)
    menu(page, "科室信息")
    press(row_of(page, "儿科").first, "删除")
    agree(page, "删除")
    tell(page, re.compile(r"该科室下已有医师\d+名，不能删除"))


def test_the_list_has_the_manuals_columns_and_filters(people: Visitors) -> None:
    page = physicians(people.page(CLERK))
    heads = [text.strip() for text in page.locator("thead th").all_inner_texts()]
    assert heads[1:] == COLUMNS

    looked_up(page, FIRST)
    assert total(page) == 1
    expect(row_of(page, FIRST)).to_contain_text("1404*****9X")
    expect(row_of(page, FIRST)).not_to_contain_text("140402")
    follow(page, "重置")
    expect(field_of(page, "姓名")).to_have_value("")
    assert total(page) == 120
    field_of(page, "证件号码").fill(FIRST_TYPED)
    press(page, "查询")
    expect(row_of(page, FIRST)).to_be_visible()
    assert total(page) == 1
    follow(page, "重置")
    choose(page, "科室", "中医科")
    press(page, "查询")
    expect(page.locator("tbody tr").first).to_contain_text("中医科")
    assert 0 < total(page) < 120


def test_the_list_is_exported_as_csv_and_excel(people: Visitors, download: Fetch) -> None:
    page = physicians(people.page(CLERK))
    press(page, "导出")
    text = download(page, page.get_by_role("link", name="导出CSV"))
    with text.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len([row for row in rows if "1404*****9X" in row]) >= 1
    assert len(rows) == 122
    assert "140402" not in text.read_text(encoding="utf-8-sig")

    press(page, "导出")
    book = openpyxl.load_workbook(download(page, page.get_by_role("link", name="导出Excel")))
    names = {cell for row in book.active.iter_rows(values_only=True) for cell in row}
    assert {FIRST, SECOND} <= names


def test_a_physician_is_added_by_hand_looked_at_and_deleted(people: Visitors) -> None:
    page = physicians(people.page(CLERK))
    follow(page, "新增医师")
    field_of(page, "姓名").fill("柏长青")
    field_of(page, "证件号码").fill("140402198001011234")
    choose(page, "科室", "儿科")
    choose(page, "医师级别", "执业医师")
    choose(page, "执业类别", "临床")
    press(page, "保存")
    tell(page, "有内容需要更正")
    expect(field_of(page, "证件号码")).to_have_attribute("aria-invalid", "true")
    expect(field_of(page, "姓名")).to_have_value("柏长青")
    field_of(page, "证件号码").fill("140402198001011230")
    field_of(page, "执业证取得时间").fill("2006-12-01")
    press(page, "保存")
    expect(page.locator(".alert-success")).to_be_visible()

    looked_up(page, "柏长青")
    follow(row_of(page, "柏长青"), "查看")
    expect(fact(page, "性别")).to_have_text("男")
    looked_up(page, "柏长青")
    follow(row_of(page, "柏长青"), "离岗")
    choose(page, "离岗原因", "进修")
    press(page, "保存")
    expect(row_of(looked_up(page, "柏长青", "离岗"), "柏长青")).to_contain_text("进修")
    press(row_of(page, "柏长青"), "恢复在岗")
    tell(page, "恢复在岗")
    looked_up(page, "柏长青")
    expect(row_of(page, "柏长青").get_by_role("button", name="参加", exact=True)).to_be_visible()
    press(row_of(page, "柏长青"), "删除")
    agree(page, "删除")
    tell(page, "医师“柏长青”已删除。")


def test_physicians_are_taken_in_one_by_one_ticked_and_by_the_filter(people: Visitors) -> None:
    page = looked_up(people.page(CLERK), FIRST)
    press(row_of(page, FIRST), "参加")
    tell(page, "“参加”操作成功。")
    looked_up(page, FIRST, "已确认参加")
    expect(row_of(page, FIRST)).to_be_visible()

    physicians(page)
    for number in (1, 2):
        page.get_by_label(f"选择第 {number} 行", exact=True).check()
    expect(page.get_by_text("已选 2 条")).to_be_visible()
    page.get_by_role("button", name=re.compile("^批量参加")).click()
    agree(page, "批量参加")
    tell(page, "“参加”成功2条。")

    field_of(page, "年龄（起）").fill("18")
    press(page, "查询")
    page.get_by_label("选择本页全部").check()
    press(page, "选择查询到的全部 117 条")
    page.get_by_role("button", name=re.compile("^批量参加")).click()
    agree(page, "批量参加")
    tell(page, "“参加”成功117条。")
    physicians(page, "已确认参加")
    assert total(page) == 120

    looked_up(page, "崔俊国", "已确认参加")
    press(row_of(page, "崔俊国"), "取消参加")
    agree(page, "取消参加")
    looked_up(page, "崔俊国")
    expect(row_of(page, "崔俊国")).to_be_visible()


def test_a_password_is_reset(people: Visitors) -> None:
    page = looked_up(people.page(CLERK), FIRST, "已确认参加")
    press(row_of(page, FIRST), "重置密码")
    agree(page, "重置密码")
    tell(page, FIRST)


def test_a_physician_registers_in_two_sittings(people: Visitors) -> None:
    page = people.open_account(FIRST, account=FIRST_TYPED)
    expect(page.get_by_role("heading", level=1)).to_contain_text(FIRST)
    menu(page, "考核报名")
    turn_to(page, "执业信息")
    expect(offered(page, "科室", "儿科")).to_have_count(1)
    expect(offered(page, "科室", "康复医学科室")).to_have_count(0)
    choose(page, "科室", "儿科")
    choose(page, "从事专业", "小儿传染病专业")
    choose(page, "科室", "口腔科")
    expect(offered(page, "从事专业", "小儿传染病专业")).to_have_count(0)
    page.keyboard.press("Escape")
    choose(page, "从事专业", "口腔颌面外科专业")
    field_of(page, "职务").first.fill("住院总医师")
    turn_to(page, "基本信息")
    field_of(page, "电子邮箱").fill("zou@example.org")
    press(page.locator(".decision-bar"), "保存草稿")
    tell(page, "草稿已保存，尚未提交。")
    menu_home(page)
    expect(page.get_by_role("heading", name="还需填写")).to_be_visible()

    people.page(FIRST).get_by_role("button", name="退出").click()
    people.sign_in(FIRST, OWN, account=FIRST_TYPED.upper())
    menu(page, "考核报名")
    turn_to(page, "执业信息")
    expect(field_of(page, "职务").first).to_have_value("住院总医师")
    turn_to(page, "基本信息")
    expect(field_of(page, "电子邮箱")).to_have_value("zou@example.org")
    press(page.locator(".decision-bar"), "提交")
    agree(page, "提交")
    tell(page, "有内容需要更正")
    complete(page)
    press(page.locator(".decision-bar"), "提交")
    agree(page, "提交")
    tell(page, "提交成功，等待本机构审核。")
    expect(page.locator(".chip", has_text="待医疗机构审核").first).to_be_visible()


def test_another_physician_signs_in_with_the_old_form_of_the_number(people: Visitors) -> None:
    page = people.open_account(SECOND, account=SECOND_TYPED)
    menu(page, "考核报名")
    turn_to(page, "执业信息")
    choose(page, "从事专业", "50.01")
    complete(page)
    press(page.locator(".decision-bar"), "提交")
    agree(page, "提交")
    tell(page, "提交成功，等待本机构审核。")


def open_case(page: Page, queue: str, name: str, word: str) -> None:
    """Open a case from its queue."""
    menu(page, "考核管理", queue)
    field_of(page, "姓名").fill(name)
    press(page, "查询")
    follow(row_of(page, name), word)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_the_clerk_reads_the_case_and_sends_it_back_with_a_reason(people: Visitors) -> None:
    page = people.page(CLERK)
    menu_home(page)
    page.get_by_role("link", name=re.compile("一般程序 待审核")).click()
    follow(row_of(page, FIRST), "审核")
    tabs = page.get_by_role("navigation", name=FIRST)
    for here, turn in (
        ("医师信息", "下一步"),
        ("工作业绩、职业道德", "下一步"),
        ("操作日志", "上一步"),
    ):
        expect(tabs.get_by_role("link", name=here)).to_have_attribute("aria-current", "page")
        follow(page, turn)
    follow(page, "返回")
    expect(page.get_by_role("heading", name="一般程序审核")).to_be_visible()

    open_case(page, "一般程序审核", FIRST, "审核")
    follow(page, "下一步")
    press(page.locator(".decision"), "驳回")
    agree(page, "驳回")
    expect(page.get_by_role("dialog")).to_contain_text("请填写理由")
    agree(page, "驳回", reason=REJECTED)
    tell(page, "“驳回”操作成功。")
    expect(row_of(page, FIRST)).to_have_count(0)


def test_the_physician_reads_the_reason_and_submits_again(people: Visitors) -> None:
    page = people.page(FIRST)
    menu_home(page)
    tell(page, REJECTED)
    menu(page, "考核报名")
    tell(page, REJECTED)
    turn_to(page, "工作业绩")
    page.get_by_label("门急诊人次").first.fill("2310")
    press(page.locator(".decision-bar"), "提交")
    agree(page, "提交")
    tell(page, "提交成功，等待本机构审核。")


def test_the_clerk_gives_both_opinions_and_submits(people: Visitors) -> None:
    page = people.page(CLERK)
    open_case(page, "一般程序审核", FIRST, "审核")
    follow(page, "下一步")
    expect(page.locator("main")).to_contain_text("2310")
    press(page.locator(".decision"), "提交")
    tell(page, "请对“工作业绩”给出合格或不合格的意见")
    for name in (FIRST, SECOND):
        open_case(page, "一般程序审核", name, "审核")
        follow(page, "下一步")
        for part in ("工作业绩", "职业道德"):
            answer(page.locator(".decision"), part, "合格")
        press(page.locator(".decision"), "提交")
        tell(page, "“提交”操作成功。")


def test_the_agency_passes_one_and_fails_another_with_a_reason(people: Visitors) -> None:
    page = people.sign_in(AGENCY)
    open_case(page, "一般程序复核", FIRST, "复核")
    follow(page, "下一步")
    decision = page.locator(".decision")
    for part in ("工作业绩", "职业道德"):
        answer(decision, part, "合格")
    press(decision, "通过")
    tell(page, "“通过”操作成功。")

    open_case(page, "一般程序复核", SECOND, "复核")
    follow(page, "下一步")
    answer(decision, "工作业绩", "合格")
    answer(decision, "职业道德", "不合格")
    press(decision, "通过")
    expect(page.locator(".alert-danger, .alert-warning").first).to_be_visible()
    expect(page.locator("#ethics_reason-error")).to_have_text("请输入不合格理由")
    field_of(decision, "职业道德不合格理由").fill(UNETHICAL)
    press(decision, "通过")
    tell(page, "“通过”操作成功。")


@pytest.mark.parametrize(("name", "status"), [(FIRST, "待参加测评"), (SECOND, "考核完成")])
def test_everybody_sees_where_the_case_stands(people: Visitors, name: str, status: str) -> None:
    for who in (CLERK, AGENCY):
        page = people.page(who)
        menu(page, "进度管理", "考核进度")
        field_of(page, "姓名").fill(name)
        press(page, "查询")
        expect(row_of(page, name)).to_contain_text(status)
    page = people.page(name)
    menu_home(page)
    expect(page.locator("main")).to_contain_text(status)
    if status == "考核完成":
        expect(page.locator("main")).to_contain_text("不合格")


def test_the_log_tells_who_did_what_when_and_why(people: Visitors) -> None:
    page = people.page(CLERK)
    menu(page, "进度管理", "考核进度")
    field_of(page, "姓名").fill(FIRST)
    press(page, "查询")
    follow(row_of(page, FIRST), "查看")
    page.get_by_role("link", name="操作日志").click()
    entries = page.locator(".timeline li")
    expect(entries.first).to_be_visible()
    found = "\n".join(entries.all_inner_texts())
    steps = [
        ("参加", "郭启明", "未确认参加 → 已确认参加"),
        ("提交", FIRST, "待填报信息 → 待医疗机构审核"),
        ("驳回", "郭启明", "待医疗机构审核 → 医疗机构驳回"),
        ("提交", FIRST, "医疗机构驳回 → 待医疗机构审核"),
        ("提交", "郭启明", "待医疗机构审核 → 待考核机构复核"),
        ("通过", "路知远", "待考核机构复核 → 待参加测评"),
    ]
    for action, actor, states in steps:
        entry = entries.filter(has_text=states).filter(has_text=actor)
        expect(entry.locator("b").first).to_have_text(action)
        expect(entry.locator("time").first).to_have_text(re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d"))
    assert REJECTED in found
