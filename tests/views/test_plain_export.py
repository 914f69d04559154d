"""导出完整号码: only for those who may, only with a reason, and in the trail with filter and count."""

import csv
import io

import pytest
from sqlalchemy import select

from app.models import Physician, TrailEntry
from tests.support.site import Site

URL = "/physicians/export/plain?tab=confirmed"
REASON = "向省级平台报送名单"


def _numbers(site: Site) -> set[str]:
    with site.session("hospital") as session:
        return set(session.scalars(select(Physician.id_number)))


def _last(site: Site, username: str) -> TrailEntry:
    with site.session(username) as session:
        entry: TrailEntry = session.scalars(
            select(TrailEntry).order_by(TrailEntry.id.desc())
        ).first()
        session.expunge(entry)
        return entry


def test_with_a_reason_the_numbers_are_in_full_and_the_trail_tells_why(site: Site) -> None:
    answer = site.client("hospital").post(URL, data={"reason": REASON, "kind": "csv"})

    text = answer.get_data().decode("utf-8-sig")
    banner, _heads, *rows = csv.reader(io.StringIO(text))
    assert {row[3] for row in rows} <= _numbers(site)
    assert f"原因：{REASON}" in banner[0]
    entry = _last(site, "hospital")
    assert (entry.action, entry.action_label) == ("plain_export", "导出完整号码")
    assert entry.comment == f"原因：{REASON}；分类：已确认参加；记录数：{len(rows)}"


@pytest.mark.parametrize("reason", ["", "   ", "长" * 501])
def test_without_a_reason_nothing_leaves_and_nothing_is_written_down(
    site: Site, reason: str
) -> None:
    before = _last(site, "hospital").id

    answer = site.client("hospital").post(URL, data={"reason": reason, "kind": "csv"})

    assert answer.mimetype == "text/html"
    assert not any(number in answer.text for number in _numbers(site))
    assert "field-error" in answer.text
    assert _last(site, "hospital").id == before


def test_the_page_tells_what_would_leave(shared_site: Site) -> None:
    text = shared_site.client("hospital").get(URL).text

    assert "分类：已确认参加" in text
    assert "导出原因" in text


def test_the_menu_offers_it_only_to_those_who_may(shared_site: Site) -> None:
    offered = {
        name: "导出完整号码" in shared_site.client(name).get("/progress/list/").text
        for name in ("hospital", "county", "agency", "proctor")
    }

    assert offered == {"hospital": True, "county": True, "agency": False, "proctor": False}
