"""Walking the manual: by its words, on a desk or a telephone, looking closely at every page on the way."""

import re
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.looking import RULES
from tests.browser.visitors import Visitors, agree, press

_IDS = re.compile(r"/\d+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass
class Walk:
    """One person's way through the program; ``looked`` remembers which pages were looked at."""

    people: Visitors
    who: str
    is_phone: bool
    looked: set[str] = field(default_factory=set)
    found: dict[str, list[str]] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        """What is on the screen."""
        return self.people.page(self.who)

    def start(self, path: str = "/") -> Page:
        """Sign in, and open an address."""
        page = self.people.at(self.who, path)
        self.look()
        return page

    def menu(self, *names: str) -> Page:
        """Go by the menu: on a telephone it is opened first."""
        page = self.page
        if self.is_phone:
            page.get_by_role("button", name="打开菜单").click()
            expect(page.locator("#menu")).to_be_in_viewport()
        sidebar = page.locator("#menu")
        for group in names[:-1]:
            details = sidebar.locator("details").filter(has=page.get_by_text(group, exact=True))
            if details.get_attribute("open") is None:
                details.locator("summary").click()
        sidebar.get_by_role("link", name=re.compile(rf"^{names[-1]}")).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(names[-1])
        self.look()
        return page

    def look(self) -> None:
        """Let a program judge the page by WCAG 2.2 A and AA, once for each kind of page."""
        page = self.page
        kind = _IDS.sub("/n", page.evaluate("location.pathname"))
        if kind in self.looked:
            return
        self.looked.add(kind)
        violations = Axe().run(page, options=RULES).response["violations"]
        if violations:
            self.found[kind] = [one["id"] for one in violations]

    def in_english(self, *, heading: str) -> None:
        """Spot check: the page's frame speaks English, and comes back to Chinese."""
        page = self.page
        here = page.evaluate("location.pathname + location.search")
        page.goto("/lang/en")
        page.goto(here)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        heads = page.locator("main thead th").all_inner_texts()
        assert [text for text in heads if _CHINESE.search(text)] == []
        page.goto("/lang/zh")
        page.goto(here)
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")

    def decide(self, button: str, *, reason: str | None = None) -> None:
        """Press a step's button, and answer the dialog that asks for the reason."""
        press(self.page, button)
        if reason is not None:
            agree(self.page, button, reason=reason)
