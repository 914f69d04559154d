"""WCAG 2.2 A and AA, as far as a program can judge it, in light and in dark."""

import pytest

from tests.browser.looking import violations
from tests.browser.pages import PAGES, opened
from tests.browser.visitors import Visitors


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_violations_in_light_and_dark(people: Visitors, name: str) -> None:
    found = violations(opened(people, name))
    if PAGES[name][1] == "/nowhere":
        people.complaints.clear()  # the browser notes the 404 that is looked at
    assert found == {"light": [], "dark": []}


def test_the_chosen_theme_stays(people: Visitors) -> None:
    page = people.at("hospital", "/physicians/list/")
    page.get_by_role("button", name="深色模式").click()
    page.goto("/departments/list/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.get_by_role("button", name="深色模式").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
