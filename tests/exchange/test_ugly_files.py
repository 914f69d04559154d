"""Ugly rosters: every row is judged as it must be, and the corrected error workbook imports clean."""

import io
from typing import Any

import openpyxl
import pytest

from app.exchange import intake
from app.exchange.export import csv_chunks
from app.exchange.target import ImportPlan, RowState
from tests.support.rosters import planned, reasons, states
from tests.support.site import Site
from tests.support.ugly import HEADERS, UGLY, person, row


@pytest.mark.parametrize("name", UGLY)
def test_every_row_is_judged_as_it_must_be(shared_site: Site, name: str) -> None:
    ugly = UGLY[name]

    plan = planned(shared_site, "hospital", ugly.make(), ugly.filename)

    assert len(plan.of(RowState.NEW)) == ugly.good
    found = {(number, header): message for number, header, message in reasons(plan)}
    assert found.keys() == ugly.problems.keys()
    for place, message in ugly.problems.items():
        assert message in found[place]


@pytest.mark.parametrize("name", [name for name, ugly in UGLY.items() if ugly.problems])
def test_the_corrected_error_workbook_is_clean(shared_site: Site, name: str) -> None:
    ugly = UGLY[name]
    plan = planned(shared_site, "hospital", ugly.make(), ugly.filename)

    again = planned(shared_site, "hospital", corrected(plan, ugly.right))

    refused = len(plan.of(RowState.REFUSED))
    assert reasons(again) == []
    assert states(again) == {"new": refused, "changed": 0, "unchanged": 0, "refused": 0}


def corrected(plan: ImportPlan, right: Any) -> bytes:
    """Type the right values into the tinted cells, as a clerk would."""
    book = openpyxl.load_workbook(io.BytesIO(intake.error_sheet(plan)))
    sheet = book.worksheets[0]
    columns = {str(cell.value).rstrip("*"): cell.column for cell in sheet[3]}
    for line, bad in enumerate(plan.of(RowState.REFUSED)):
        for header, value in right.items():
            cell = sheet.cell(4 + line, columns[header])
            if isinstance(value, list):
                cell.value = value[line]
            elif header in {problem.header for problem in bad.problems}:
                cell.value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_what_an_export_made_harmless_is_read_back_as_it_was(shared_site: Site) -> None:
    rows = [
        row(person(0, 科室="-内科")),
        row(person(1, 科室="'=内科")),
        row(person(2, 科室="@内科")),
    ]
    content = b"".join(csv_chunks(HEADERS, rows, banner="医师列表，某医院导出"))

    plan = planned(shared_site, "hospital", content, "医师列表.csv")

    assert [line.cells["科室"] for line in plan.rows] == ["-内科", "'=内科", "@内科"]
