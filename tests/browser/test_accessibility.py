"""WCAG 2.2 A and AA, as far as a program can judge it, in light and in dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import PAGES, opened
from tests.browser.visitors import Visitors

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_violations_in_light_and_dark(people: Visitors, name: str) -> None:
    page = opened(people, name)
    found = {}
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        violations = Axe().run(page, options=RULES).response["violations"]
        found[theme] = [
            (one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in violations
        ]
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
