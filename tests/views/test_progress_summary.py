"""考核进度汇总: the workbook's numbers are those of the lists."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from werkzeug.datastructures import MultiDict

from app.enums import Category, Procedure
from app.extensions import db
from app.queries import listing as engine
from app.security.actor import acting_as
from app.views.listpages import Reader
from tests.support.site import Site

TABS = {"参加人数": "all", "已填报": "reported", "已审核": "reviewed", "已完成": "completed"}


def _sheets(site: Site, username: str) -> dict[str, list[dict[str, Any]]]:
    answer = site.client(username).get("/progress/summary")
    book = load_workbook(io.BytesIO(answer.get_data()))
    found = {}
    for sheet in book.worksheets[1:]:
        heads, *lines = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(map(str, heads), line, strict=True)) for line in lines]
    return found


def _listed(site: Site, username: str, **filters: str) -> dict[str, int]:
    builder = site.app.extensions["appbuilder"]
    view = next(v for v in builder.baseviews if type(v).__name__ == "ProgressView")
    with site.app.test_request_context("/"), acting_as(site.actor(username)):
        reader = Reader(view, MultiDict(filters))
        totals = engine.totals(db.session(), reader.listing, reader.wanted())
        db.session.rollback()
    return {name: totals[tab].value for name, tab in TABS.items()}


@pytest.mark.parametrize("username", ["hospital", "agency", "county"])
def test_numbers_and_totals_are_those_of_the_lists(shared_site: Site, username: str) -> None:
    sheets = _sheets(shared_site, username)

    expected = ["按考核状态", "按科室", "按执业类别", "按考核程序"]
    if username != "hospital":
        expected.insert(1, "按医疗卫生机构")
    assert list(sheets) == expected
    whole = _listed(shared_site, username)
    assert whole["参加人数"] > 10
    for name in expected[1:]:
        assert {key: sheets[name][-1][key] for key in TABS} == whole, name
    for line in sheets["按考核程序"][:-1]:
        word = next((p.name for p in Procedure if p.value == line["考核程序"]), None)
        if word is not None:
            listed = _listed(shared_site, username, procedure=word)
            assert {key: line[key] for key in TABS} == listed
    for line in sheets["按考核状态"][:-1]:
        assert line["占比"] == pytest.approx(line["人数"] / whole["参加人数"])
    assert sheets["按考核状态"][-1]["人数"] == whole["参加人数"]


def test_rates_are_numbers_shown_as_percentages(shared_site: Site) -> None:
    answer = shared_site.client("hospital").get("/progress/summary")

    sheet = load_workbook(io.BytesIO(answer.get_data()))["按执业类别"]
    heads = [cell.value for cell in sheet[1]]
    total = sheet[sheet.max_row]
    rate, reported, people = (
        total[heads.index(word)] for word in ("报名完成率", "已填报", "参加人数")
    )
    assert rate.number_format == "0.0%"
    assert rate.value == pytest.approx(reported.value / people.value)
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} <= {*Category, "合计"}
