"""How an authority comes into being in front of a browser: it is founded, and its people let in."""

from playwright.sync_api import Page, expect

from tests.browser.visitors import INITIAL, choose, field_of, follow, menu, press, row_of

WINDOWS = ("申请考核医疗机构", "医师报审申报时间", "报名信息审核时间", "计划测评考核时间")


def found_authority(page: Page, above: str, name: str, code: str) -> None:
    """Create an authority below another one."""
    menu(page, "机构管理", "下级行政机构")
    follow(page, "新增行政机构")
    choose(page, "上级", above)
    field_of(page, "名称").fill(name)
    field_of(page, "行政区划代码").fill(code)
    field_of(page, "联系人").fill("石守信")
    press(page, "保存")
    expect(row_of(page, name)).to_contain_text(code)


def open_first_account(page: Page, body: str, username: str, name: str) -> None:
    """Open an account on the list of bodies that is open."""
    follow(row_of(page, body), "新增账号")
    field_of(page, "账号名称").fill(username)
    field_of(page, "姓名").fill(name)
    press(page, "保存")
    expect(page.get_by_role("heading", name="账号已新增")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text(INITIAL)


def fill_windows(page: Page, first: str, last: str) -> None:
    """Fill in the days of a cycle and of its four windows."""
    for label in ("当前考核周期信息", *WINDOWS):
        field_of(page, f"{label}（开始日期）").fill(first)
        field_of(page, f"{label}（结束日期）").fill(last)
