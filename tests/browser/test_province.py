"""A fresh province: its authority, cycle, city, hospital and agency, by the visible words."""

from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import Page, expect

from app.demo.people import People
from app.views.clock import today
from tests.browser.founding import WINDOWS, fill_windows, found_authority, open_first_account
from tests.browser.visitors import (
    INITIAL,
    OWN,
    Visitors,
    choose,
    field_of,
    follow,
    menu,
    press,
    row_of,
    set_password,
    tell,
)

PROVINCE, CITY = "河北省卫生健康委员会", "石家庄市卫生健康委员会"
HOSPITAL, AGENCY = "石家庄市第九医院", "石家庄医师定期考核中心"


@pytest.fixture(scope="module")
def province(people: Visitors) -> Page:
    """The administrator of the new province, whom the system administrator let in."""
    found_authority(people.at("sysadmin"), "国家卫生健康委员会", PROVINCE, "130000")
    open_first_account(people.page("sysadmin"), PROVINCE, "hebei", "苗得雨")
    return people.open_account("hebei")


@pytest.fixture(scope="module")
def opened(province: Page) -> Page:
    """The same, after opening the cycle."""
    menu(province, "考核周期")
    follow(province, "新建周期")
    first, last = today() - timedelta(days=10), today() + timedelta(days=200)
    field_of(province, "周期").fill("02")
    fill_windows(province, first.isoformat(), last.isoformat())
    field_of(province, "补考次数").fill("2")
    press(province, "保存")
    tell(province, "保存成功。确认考核安排后，请开放周期。")
    press(province, "开放周期")
    return province


@pytest.fixture(scope="module")
def city(people: Visitors, opened: Page) -> Page:
    """The administrator of a city in it."""
    found_authority(opened, PROVINCE, CITY, "130100")
    open_first_account(opened, CITY, "shijiazhuang", "康有年")
    return people.open_account("shijiazhuang")


def test_the_new_administrator_stands_on_the_home_of_the_province(province: Page) -> None:
    expect(province.locator(".who")).to_contain_text(PROVINCE)
    expect(province.get_by_role("heading", level=1)).to_contain_text("苗得雨")


def test_the_province_opens_a_cycle_with_its_windows_and_rules(opened: Page) -> None:
    tell(opened, "开放周期")
    menu(opened, "考核周期")
    expect(row_of(opened, "02")).to_contain_text("进行中")
    follow(row_of(opened, "02"), "查看")
    for window in WINDOWS:
        expect(opened.locator(".gantt")).to_contain_text(window)
    expect(opened.locator(".fact").filter(has_text="补考次数")).to_contain_text("2")


def test_a_date_outside_the_cycle_is_refused_beside_its_field_and_stays_typed(
    province: Page, opened: Page
) -> None:
    menu(opened, "考核周期")
    follow(opened, "新建周期")
    field_of(opened, "周期").fill("03")
    field_of(opened, "当前考核周期信息（开始日期）").fill("2031-01-01")
    field_of(opened, "当前考核周期信息（结束日期）").fill("2031-12-31")
    field_of(opened, f"{WINDOWS[1]}（开始日期）").fill("2030-12-01")
    field_of(opened, f"{WINDOWS[1]}（结束日期）").fill("2031-02-01")
    press(opened, "保存")

    tell(opened, "有内容需要更正")
    wrong = field_of(opened, f"{WINDOWS[1]}（开始日期）")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_value("2030-12-01")


def test_the_city_creates_a_hospital_and_an_agency_and_appoints_it(
    people: Visitors, city: Page
) -> None:
    menu(city, "机构管理", "医疗卫生机构管理")
    follow(city, "新增医疗卫生机构")
    choose(city, "隶属行政机构", CITY)
    field_of(city, "机构名称").fill(HOSPITAL)
    field_of(city, "统一社会信用代码").fill(People(Random(9)).uscc(region="130100"))
    field_of(city, "联系人").fill("平安和")
    field_of(city, "账号名称").fill("hospital-hb")
    press(city, "保存")
    expect(city.get_by_role("heading", name="医疗卫生机构已新增")).to_be_visible()
    expect(city.locator(".facts")).to_contain_text(INITIAL)

    menu(city, "机构管理", "考核机构管理")
    follow(city, "新增考核机构")
    choose(city, "隶属行政机构", CITY)
    field_of(city, "考核机构名称").fill(AGENCY)
    field_of(city, "联系人").fill("严知行")
    field_of(city, "账号名称").fill("agency-hb")
    press(city, "保存")
    expect(city.get_by_role("heading", name="考核机构已新增")).to_be_visible()

    menu(city, "机构管理", "考核机构指派")
    follow(city, "新增指派")
    choose(city, "医疗卫生机构", HOSPITAL)
    choose(city, "考核机构", AGENCY)
    press(city, "保存")
    tell(city, "已为1个机构指派考核机构。")
    expect(row_of(city, HOSPITAL)).to_contain_text(AGENCY)

    menu(city, "系统管理", "账号管理")
    expect(row_of(city, "hospital-hb")).to_contain_text("初始状态")


def test_the_agency_finds_its_hospital_after_its_first_login(people: Visitors, city: Page) -> None:
    page = people.open_account("agency-hb")
    menu(page, "受委托机构")
    expect(row_of(page, HOSPITAL)).to_be_visible()


def test_a_weak_password_is_refused_with_the_reason(people: Visitors, city: Page) -> None:
    page = people.sign_in("hospital-hb", INITIAL)
    field_of(page, "原密码").fill(INITIAL)
    field_of(page, "新密码").fill("12345678")
    field_of(page, "确认新密码").fill("12345678")
    press(page, "保存")
    expect(field_of(page, "新密码")).to_have_attribute("aria-invalid", "true")
    set_password(page)
    expect(page.get_by_role("heading", name="确认考核周期")).to_be_visible()
    press(page.get_by_role("dialog"), "关闭")
    press(page, "退出")
    tell(page, "您已退出登录。")
    people.sign_in("hospital-hb", OWN)
