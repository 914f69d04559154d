"""What a person does at a paper and what a proctor does about it, in front of a browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.looking import violations
from tests.browser.visitors import Visitors, agree, choose, menu, press, row_of, tell

WHY = "第1张照片中有他人。"
NOTHING: dict[str, list[str]] = {"light": [], "dark": []}


def begin(page: Page, paper: str, *, looks: bool = False) -> int:
    """Go through the device check and begin a paper; give the sitting's number."""
    menu(page, "参加测评")
    section = page.get_by_role("region", name=paper, exact=True)
    section.get_by_role("link", name="开始测评").click()
    expect(page.get_by_role("heading", name="设备检查")).to_be_visible()
    expect(page.locator("[data-check=camera]")).to_have_text("正常")
    expect(page.locator("[data-check=network]")).to_contain_text("正常")
    if looks:
        assert violations(page) == NOTHING
    page.get_by_label("我已阅读并同意").check()
    press(page, "开始作答")
    expect(page.get_by_role("heading", name="答题卡")).to_be_visible()
    expect(page.locator("fieldset.is-here")).to_be_enabled()
    if looks:
        assert violations(page) == NOTHING
    return int(page.url.rpartition("/")[2])


def answer(page: Page, letters: list[str], *, first: int = 1) -> None:
    """Answer questions by the keyboard, from a number on."""
    page.get_by_role("button", name=re.compile(rf"^{first} ")).click()
    for number, several in enumerate(letters, first):
        expect(page.locator("fieldset.is-here")).to_have_attribute("data-number", str(number))
        for letter in several:
            page.keyboard.press(letter.lower())
        page.keyboard.press("ArrowRight")


def hand_in(page: Page) -> None:
    """Hand in and see what came of it."""
    page.locator(".exam-top").get_by_role("button", name="交卷").click()
    press(page.get_by_role("dialog"), "确定交卷")
    expect(page.get_by_role("heading", name="已交卷")).to_be_visible()


def saved(page: Page) -> None:
    """Wait until everything is safe on the server."""
    expect(page.locator("[data-state]")).to_have_text(re.compile(r"^已保存 \d\d:\d\d:\d\d$"))


def evidence(people: Visitors, who: str, name: str, paper: str) -> Page:
    """Open a sitting in 监考管理."""
    page = people.at(who, f"/proctoring/list/?name={name}&paper={paper}")
    row_of(page, name).last.get_by_role("link", name="查看").click()
    expect(page.get_by_role("heading", name="时间线")).to_be_visible()
    return page


def judge(page: Page, button: str) -> None:
    """Take a step about a sitting."""
    if page.get_by_role("combobox", name="标记原因").is_visible():
        choose(page, "标记原因", "多人入镜")
    press(page.locator(".decision"), button)
    agree(page, button, reason=WHY)
    tell(page, f"“{button}”操作成功。")
