"""Looking closely at a page: what a program can judge of WCAG, in light and in dark."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
}


def violations(page: Page) -> dict[str, list[Any]]:
    """Give what is wrong in each theme; the page is left in the dark one."""
    found = {}
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        said = Axe().run(page, options=RULES).response["violations"]
        found[theme] = [
            (one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in said
        ]
    return found
