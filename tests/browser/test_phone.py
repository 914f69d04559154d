"""The pages on a telephone: nothing is cut off, the menu opens, the language changes."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.pages import PAGES, opened
from tests.browser.visitors import Visitors
from tests.support.live import Live

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


@pytest.fixture(scope="module")
def people(browser: Browser, live: Live) -> Iterator[Visitors]:
    """Everybody holds a telephone."""
    visitors = Visitors(browser, live, settings=PHONE)
    yield visitors
    visitors.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_screen(people: Visitors, name: str) -> None:
    page = opened(people, name)
    if PAGES[name][1] == "/nowhere":
        people.complaints.clear()  # the browser notes the 404 that is looked at
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_menu_opens_leads_on_and_closes(people: Visitors) -> None:
    page = people.at("hospital", "/physicians/list/")
    menu = page.locator("#menu")
    expect(menu).not_to_be_in_viewport()
    page.get_by_role("button", name="打开菜单").click()
    expect(menu).to_be_in_viewport()
    menu.get_by_role("link", name="科室信息").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("科室信息")
    page.get_by_role("button", name="打开菜单").click()
    menu.get_by_role("button", name="关闭").click()
    expect(menu).not_to_be_in_viewport()


def test_the_language_changes_to_english_and_back(people: Visitors) -> None:
    page = people.at("hospital", "/departments/list/")
    page.locator("header").get_by_role("button", name="账号").click()
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("/departments/list/"))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^[A-Za-z ]+$"))
    heads = page.locator("thead th").all_inner_texts()
    assert [text for text in heads if re.search(r"[\u4e00-\u9fff]", text)] == []

    page.locator("header .dropdown > button").click()
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(heading).to_have_text("科室信息")
