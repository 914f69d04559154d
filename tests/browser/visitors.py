"""People in front of browsers: each has a context of the own, and whatever goes wrong is noted."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from app.demo.accounts import PASSWORD
from tests.support.live import Live

INITIAL = "666666"
OWN = "Renyi-Duanju-7"
PATIENCE = 20_000  # milliseconds: two cores may be busy with other things
expect.set_options(timeout=PATIENCE)
_NUMERALS = "零一二三四五六七八九"


@dataclass
class Visitors:
    """Browsers by the name of who sits there; they stay open between tests of one server."""

    browser: Browser
    live: Live
    settings: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    _pages: dict[str, Page] = field(default_factory=dict)

    def page(self, who: str) -> Page:
        """Give somebody's page; a new one has nobody signed in."""
        if who not in self._pages:
            self._pages[who] = self._context().new_page()
        return self._pages[who]

    def at(self, who: str, path: str = "/") -> Page:
        """Give somebody's page at an address, signed in with the demo's password."""
        if who not in self._pages:
            self.sign_in(who)
        page = self.page(who)
        page.goto(path)
        return page

    def sign_in(self, who: str, password: str = PASSWORD, *, account: str | None = None) -> Page:
        """Let somebody fill in the login form."""
        page = self.page(who)
        page.goto("/login/")
        if page.get_by_role("link", name="换用文字题").is_visible():
            page.get_by_role("link", name="换用文字题").click()
            expect(page.get_by_text("等于几")).to_be_visible()
        self.fill_in(page, account or who, password)
        expect(page).not_to_have_url(re.compile(r"/login/"))
        return page

    def fill_in(self, page: Page, account: str, password: str = PASSWORD) -> None:
        """Fill in and send the login form; a sum that is asked for in words is answered."""
        field_of(page, "账号").fill(account)
        field_of(page, "密码").fill(password)
        question = page.get_by_text("等于几")
        if question.is_visible():
            field_of(page, "验证码").fill(sum_of(question.inner_text()))
        press(page, "登录")

    def open_account(self, who: str, *, account: str | None = None) -> Page:
        """Let somebody sign in for the first time and set a password."""
        page = self.sign_in(who, INITIAL, account=account)
        expect(page.get_by_role("heading", name="密码初始化设置")).to_be_visible()
        set_password(page)
        if page.url.endswith("/announcements/must-read"):
            press(page, "已阅读")
            expect(page).not_to_have_url(re.compile(r"/announcements/must-read"))
        return page

    def forget(self, who: str) -> None:
        """Let somebody leave; the next page is another machine's."""
        self._pages.pop(who).context.close()

    def close(self) -> None:
        """Close every browser."""
        for page in self._pages.values():
            page.context.close()
        self._pages.clear()

    def _context(self) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.live.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",  # nothing is judged or pressed while it fades
            **self.settings,
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("response", self._answered)
        return context

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            where = message.page.url if message.page else ""
            self.complaints.append(f"console at {where}: {message.text}")

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")
        if not response.url.startswith((self.live.url, "data:", "blob:")):
            self.complaints.append(f"foreign address {response.url}")


def sum_of(question: str) -> str:
    """Answer the sum that is asked for in Chinese words."""
    first, second = (_NUMERALS.index(one) for one in re.findall(f"[{_NUMERALS}]", question)[:2])
    return str(first + second)


def set_password(page: Page, *, old: str = INITIAL, new: str = OWN) -> None:
    """Fill in 密码初始化设置."""
    field_of(page, "原密码").fill(old)
    field_of(page, "新密码").fill(new)
    field_of(page, "确认新密码").fill(new)
    press(page, "保存")
    expect(page.get_by_text("密码设置成功，请牢记新密码。")).to_be_visible()


def field_of(scope: Page | Locator, label: str) -> Locator:
    """Find a field by its whole label; the star of a required one does not count."""
    return scope.get_by_label(re.compile(rf"^\s*\*?\s*{re.escape(label)}\s*$"))


def press(scope: Page | Locator, name: str) -> None:
    """Press a button by its words."""
    scope.get_by_role("button", name=name, exact=True).click()


def follow(scope: Page | Locator, name: str) -> None:
    """Follow a link by its words."""
    scope.get_by_role("link", name=name, exact=True).click()


def menu(page: Page, *names: str) -> None:
    """Go by the menu: groups are opened, the last name is followed."""
    sidebar = page.get_by_role("navigation", name="菜单")
    for group in names[:-1]:
        details = sidebar.locator("details").filter(has=page.get_by_text(group, exact=True))
        if details.get_attribute("open") is None:
            details.locator("summary").click()
    sidebar.get_by_role("link", name=re.compile(rf"^{names[-1]}")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[-1])


def row_of(page: Page, text: str) -> Locator:
    """Find the row of a table that holds a text."""
    return page.get_by_role("row").filter(has_text=text)


def agree(page: Page, button: str, *, reason: str | None = None) -> None:
    """Answer the dialog that asks for a confirmation or a reason."""
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    if reason is not None:
        dialog.get_by_role("textbox").fill(reason)
    press(dialog, button)


def tell(page: Page, text: str | re.Pattern[str]) -> None:
    """Expect a message at the head of the page."""
    expect(page.locator(".alert").filter(has_text=text).first).to_be_visible()


def choose(scope: Page | Locator, label: str, *options: str) -> None:
    """Choose in a drop-down, in a searchable one by typing, as a person does."""
    box = scope.get_by_role("combobox", name=label, exact=True)
    for option in options:
        found = offered(scope, label, option)
        expect(found.first).to_be_attached()
        if _is_plain(box):
            texts = [text.strip() for text in found.all_inner_texts()]
            box.select_option(label=option if option in texts else texts[0])
        else:
            found.first.click()
            box.press("Escape")


def offered(scope: Page | Locator, label: str, text: str) -> Locator:
    """Find what a drop-down offers with a text in it; a searchable one is opened for that."""
    box = scope.get_by_role("combobox", name=label, exact=True)
    if _is_plain(box):
        return box.locator("option", has_text=text)
    box.locator("xpath=ancestor::*[contains(@class, 'ts-control')]").click()
    box.fill("")
    box.press_sequentially(text)
    return box.page.get_by_role("option", name=re.compile(re.escape(text)))


def _is_plain(box: Locator) -> bool:
    return bool(box.evaluate("box => box.tagName === 'SELECT'"))


def answer(scope: Page | Locator, legend: str, option: str) -> None:
    """Tick one of the radio buttons under a legend."""
    asked = _page(scope).locator("legend", has_text=re.compile(rf"^\*?{re.escape(legend)}"))
    group = scope.locator("fieldset").filter(has=asked).last
    group.get_by_label(option, exact=True).check()


def turn_to(page: Page, name: str) -> None:
    """Go to one part of the registration by its tab."""
    tab = page.get_by_role("navigation", name="填报内容").get_by_role("link", name=name)
    tab.click()
    expect(tab).to_have_attribute("aria-current", "step")


def complete(page: Page, *, procedure: str = "一般程序", bad: str = "无") -> None:
    """Fill in what a draft of the registration still lacks."""
    page.wait_for_load_state()  # fields are counted below: all of them must be there
    turn_to(page, "执业行为记录")
    answer(page, "良好执业行为记录", "无")
    answer(page, "不良执业行为记录", bad)
    turn_to(page, "工作业绩")
    for box in page.get_by_label("出勤（月）").all():
        box.fill("11")
        expect(box).to_have_value("11")
    for group in page.locator("fieldset fieldset", has_text="年度考核等次").all():
        group.get_by_label("良好").check()
    turn_to(page, "职业道德自评")
    for number in range(page.locator("#ethics ~ div fieldset").count()):
        page.locator("#ethics ~ div fieldset").nth(number).get_by_label("优秀").check()
    turn_to(page, "考核程序")
    answer(page, "考核程序", procedure)


def fact(scope: Page | Locator, label: str) -> Locator:
    """Find the value on record under a label."""
    term = _page(scope).locator("dt", has_text=re.compile(rf"^{re.escape(label)}$"))
    return scope.locator(".fact").filter(has=term).locator("dd").first


def _page(scope: Page | Locator) -> Page:
    return scope if isinstance(scope, Page) else scope.page
