"""任务 in a browser: a bulk step becomes a job, its bar comes to the end by itself, the report is there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visitors import Visitors, agree, fact, follow, tell

Fetch = Callable[..., Path]


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """Seven rows are many here."""
    return {"JOB_BULK_ROWS": "6"}


def test_a_bulk_step_is_watched_to_its_end(people: Visitors) -> None:
    page = people.at("hospital", "/physicians/list/")
    page.get_by_label("选择本页全部").check()
    page.get_by_role("button", name="批量参加").click()
    agree(page, "批量参加")
    tell(page, "已转为后台任务")

    # drawn without a reload once the job has ended
    expect(page.locator("main [data-chip]")).to_have_text("已完成")
    expect(page.locator("main progress")).to_have_attribute("value", "8")
    expect(page.locator("[data-tray-count]")).to_be_hidden()
    done, refused = (int(fact(page, name).inner_text()) for name in ("成功", "未处理"))
    assert (done, refused) == (8, 0)

    page.get_by_role("button", name="任务").click()
    follow(page, "全部任务")
    expect(page.locator("tbody tr")).to_have_count(1)
