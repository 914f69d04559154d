"""The chain of a fresh province: 省 市 县 hospital physician agency and back to the 省.

Everybody has an account and a browser; the chapters are tests in the order of the story.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, expect

from app.demo.people import People
from app.demo.pictures import picture
from app.views.clock import today
from tests.browser import chapters
from tests.browser.founding import fill_windows, found_authority, open_first_account
from tests.browser.visitors import (
    Visitors,
    agree,
    answer,
    choose,
    complete,
    fact,
    field_of,
    follow,
    menu,
    press,
    row_of,
    tell,
    turn_to,
)
from tests.support.rosters import DATA, GOOD

PROVINCE = "河北省卫生健康委员会"
CITY = "石家庄市卫生健康委员会"
COUNTY = "正定县卫生健康局"
HOSPITAL, HOST = "正定县人民医院", "正定县第二医院"
PHYSICIAN, NUMBER = "张洋梓", "140402890924257"
NOT_COMPLETE = "附件中缺少考核委员会成员名单，请补充后重新申请。"
SENT_BACK = "接到举报，执业机构起始日期与注册信息不符，请核实后重新填报。"
CLERKS = "考核统计查阅"


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


def create_hospital(page: Page, name: str, username: str, seed: int) -> None:
    """Create an institution below the county."""
    menu(page, "机构管理", "医疗卫生机构管理")
    follow(page, "新增医疗卫生机构")
    choose(page, "隶属行政机构", COUNTY)
    field_of(page, "机构名称").fill(name)
    field_of(page, "统一社会信用代码").fill(People(Random(seed)).uscc(region="130123"))
    field_of(page, "床位数").fill("300")
    field_of(page, "联系人").fill("平安和")
    field_of(page, "账号名称").fill(username)
    press(page, "保存")
    expect(page.get_by_role("heading", name="医疗卫生机构已新增")).to_be_visible()


def open_hospital(people: Visitors, who: str) -> Page:
    """Let somebody of a hospital in, past the notice of the cycle."""
    page = people.open_account(who)
    press(page.get_by_role("dialog"), "关闭")
    return page


def test_the_province_founds_its_city_and_opens_a_cycle(people: Visitors) -> None:
    found_authority(people.at("sysadmin"), "国家卫生健康委员会", PROVINCE, "130000")
    open_first_account(people.page("sysadmin"), PROVINCE, "hebei", "苗得雨")
    page = people.open_account("hebei")
    menu(page, "考核周期")
    follow(page, "新建周期")
    field_of(page, "周期").fill("02")
    first, last = today() - timedelta(days=10), today() + timedelta(days=200)
    fill_windows(page, first.isoformat(), last.isoformat())
    press(page, "保存")
    press(page, "开放周期")
    tell(page, "开放周期")
    found_authority(page, PROVINCE, CITY, "130100")
    open_first_account(page, CITY, "shijiazhuang", "康有年")


def test_the_city_founds_its_county_and_the_county_its_hospitals(people: Visitors) -> None:
    page = people.open_account("shijiazhuang")
    found_authority(page, CITY, COUNTY, "130123")
    open_first_account(page, COUNTY, "zhengding", "赵云海")
    page = people.open_account("zhengding")
    create_hospital(page, HOSPITAL, "zd-hospital", 21)
    create_hospital(page, HOST, "zd-second", 22)
    menu(page, "机构管理", "医疗卫生机构管理")
    follow(row_of(page, HOST), "编辑")
    page.get_by_label("可申请考核机构").check()
    press(page, "保存")
    expect(row_of(page, HOST)).to_be_visible()


def apply(page: Page, proof: Path) -> None:
    """Hand in an application with one file."""
    menu(page, "申请考核机构")
    field_of(page, "附件").set_input_files(proof)
    press(page, "提交申请")
    tell(page, "提交成功，等待隶属卫生行政部门审核。")


def decide(page: Page, word: str, reason: str | None = None) -> None:
    """Decide on the one application that waits."""
    menu(page, "机构管理", "考核机构审批")
    follow(row_of(page, HOST), "审核")
    press(page.locator(".decision"), word)
    if reason is not None:
        agree(page, word, reason=reason)
    tell(page, f"“{word}”操作成功。")


def test_an_application_is_rejected_improved_and_granted(people: Visitors, tmp_path: Path) -> None:
    proof = tmp_path / "委员会成员名单.png"
    proof.write_bytes(picture(1))
    clerk, county = open_hospital(people, "zd-second"), people.page("zhengding")
    apply(clerk, proof)
    decide(county, "驳回", NOT_COMPLETE)
    menu(clerk, "申请考核机构")
    expect(clerk.locator("main")).to_contain_text(NOT_COMPLETE)
    more = tmp_path / "考核工作制度.png"
    more.write_bytes(picture(2))
    apply(clerk, more)
    decide(county, "通过")
    menu(county, "机构管理", "考核机构指派")
    follow(county, "新增指派")
    choose(county, "医疗卫生机构", HOSPITAL)
    choose(county, "考核机构", HOST)
    press(county, "保存")
    tell(county, "已为1个机构指派考核机构。")
    menu(county, "机构管理", "考核机构管理")
    open_first_account(county, HOST, "zd-reviewer", "裴公正")


def test_the_hospital_takes_a_physician_in_who_registers(people: Visitors) -> None:
    page = open_hospital(people, "zd-hospital")
    menu(page, "医师管理", "医师列表")
    follow(page, "批量导入医师")
    field_of(page, "医师名单").set_input_files(DATA / GOOD)
    press(page, "上传并预检")
    press(page, "确认导入")
    tell(page, "导入完成：新增医师120名")
    menu(page, "医师管理", "医师列表")
    field_of(page, "姓名").fill(PHYSICIAN)
    press(page, "查询")
    press(row_of(page, PHYSICIAN), "参加")
    tell(page, "“参加”操作成功。")

    page = people.open_account(PHYSICIAN, account=NUMBER)
    menu(page, "考核报名")
    turn_to(page, "执业信息")
    choose(page, "从事专业", "50.01")
    complete(page)
    hand_in(page)


def hand_in(page: Page) -> None:
    """Hand the registration in."""
    press(page.locator(".decision-bar"), "提交")
    agree(page, "提交")
    tell(page, "提交成功，等待本机构审核。")


def open_progress(page: Page) -> None:
    """Open the physician's case from 考核进度."""
    menu(page, "进度管理", "考核进度")
    field_of(page, "姓名").fill(PHYSICIAN)
    press(page, "查询")
    follow(row_of(page, PHYSICIAN), "查看")


def test_the_hospital_is_re_assigned_and_only_the_city_sees_it_now(people: Visitors) -> None:
    city = people.page("shijiazhuang")
    menu(city, "机构管理", "医疗卫生机构管理")
    follow(row_of(city, HOSPITAL), "隶属调整")
    choose(city, "新的隶属行政机构", CITY)
    press(city, "查看影响")
    expect(fact(city, "不再管理该机构")).to_have_text(COUNTY)
    expect(fact(city, "随之调整的医师")).to_have_text("120")
    expect(fact(city, "随之调整的考核")).to_have_text("1")
    field_of(city, "调整原因").fill("升为市直医院")
    press(city, "确定调整")
    tell(city, "隶属关系已调整，立即生效。")

    county = people.page("zhengding")
    menu(county, "机构管理", "医疗卫生机构管理")
    expect(row_of(county, HOST)).to_be_visible()
    expect(row_of(county, HOSPITAL)).to_have_count(0)
    menu(county, "进度管理", "考核进度")
    expect(row_of(county, PHYSICIAN)).to_have_count(0)


def test_the_city_sends_the_case_back_and_it_is_registered_again(people: Visitors) -> None:
    city = people.page("shijiazhuang")
    open_progress(city)
    press(city.locator(".decision"), "驳回")
    agree(city, "驳回", reason=SENT_BACK)
    tell(city, "“驳回”操作成功。")
    expect(city.locator(".chip", has_text="待填报信息").first).to_be_visible()

    page = people.page(PHYSICIAN)
    menu(page, "考核报名")
    tell(page, SENT_BACK)
    hand_in(page)


def judge(page: Page, queue: str, word: str, finish: str) -> None:
    """Give both opinions on the case and pass it on."""
    open_review(page, queue, word)
    follow(page, "下一步")
    for part in ("工作业绩", "职业道德"):
        answer(page.locator(".decision"), part, "合格")
    press(page.locator(".decision"), finish)
    tell(page, f"“{finish}”操作成功。")


def open_review(page: Page, queue: str, word: str) -> None:
    """Open the case from its queue."""
    menu(page, "考核管理", queue)
    follow(row_of(page, PHYSICIAN), word)
    expect(page.get_by_role("heading", level=1)).to_have_text(PHYSICIAN)


def test_one_reviewer_stands_aside_and_another_passes_the_case(people: Visitors) -> None:
    judge(people.page("zd-hospital"), "一般程序审核", "审核", "提交")

    host = people.page("zd-second")
    host.reload()  # the account has a second hat since
    follow(host, "切换")
    press(host, f"切换 {HOST}")
    expect(host.locator(".who")).to_contain_text("考核机构")
    open_review(host, "一般程序复核", "复核")
    press(host, "声明回避")
    agree(host, "声明回避", reason="与该医师系夫妻。")
    tell(host, "已声明回避，请由其他人员复核该医师。")
    open_review(host, "一般程序复核", "复核")
    follow(host, "下一步")
    expect(host.locator("main")).to_contain_text("回避")
    expect(host.get_by_role("button", name="通过", exact=True)).to_have_count(0)

    reviewer = people.open_account("zd-reviewer")
    judge(reviewer, "一般程序复核", "复核", "通过")


def test_the_province_counts_it_and_reads_who_did_what(people: Visitors) -> None:
    page = people.page("hebei")
    menu(page, "考核统计")
    expect(row_of(page, CITY).first).to_contain_text("1")
    open_progress(page)
    page.get_by_role("link", name="操作日志").click()
    entries = page.locator(".timeline li")
    for actor, states in (
        ("康有年", "待医疗机构审核 → 待填报信息"),
        ("平安和", "待医疗机构审核 → 待考核机构复核"),
        ("裴公正", "待考核机构复核 → 待参加测评"),
    ):
        expect(entries.filter(has_text=states).filter(has_text=actor)).to_have_count(1)


def test_a_role_made_in_pages_can_do_exactly_what_it_says(people: Visitors) -> None:
    page = people.at("secadmin")
    menu(page, "系统管理", "角色管理")
    follow(page, "新增角色")
    field_of(page, "角色名称").fill(CLERKS)
    choose(page, "数据范围", "本级及下级")
    for right in ("首页 查看", "考核统计 查看"):
        page.get_by_label(right, exact=True).check()
    press(page, "保存")
    tell(page, "保存成功")
    menu(page, "系统管理", "账号管理")
    page.get_by_role("textbox", name="账号", exact=True).fill("zd-reviewer")
    press(page, "查询")
    follow(row_of(page, "zd-reviewer"), "授予角色")
    follow(page, "授予身份")
    choose(page, "角色", CLERKS)
    field_of(page, "单位").fill(CITY)
    press(page, "保存")
    tell(page, "身份已授予")

    page = people.page("zd-reviewer")
    page.reload()
    follow(page, "切换")
    press(page, f"切换 {CITY}")
    menu(page, "考核统计")
    follow(page.locator("main"), "医疗卫生机构")
    expect(row_of(page, HOSPITAL).first).to_contain_text("1")
    links = page.get_by_role("navigation", name="菜单").get_by_role("list").get_by_role("link")
    offered = {text.strip() for text in links.all_inner_texts()}
    assert offered == {"首页", "考核统计", "消息", "任务"}
    for path in ("/institutions/list/", "/progress/list/", "/accounts/list/"):
        page.goto(path)
        expect(page.locator("main")).not_to_contain_text(HOSPITAL)
    people.complaints.clear()  # the browser notes the 403 of each
