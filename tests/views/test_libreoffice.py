"""LibreOffice opens what every list exports, finds no formula, and every text survives."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import g
from sqlalchemy import Enum, String, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

from app.extensions import db
from app.queries.listing import Column
from app.security.actor import acting_as
from app.views.sessions import Visitor
from tests.support.libreoffice import (
    CSV_FILTER,
    LibreOfficeUnavailable,
    find_libreoffice,
    opened,
)
from tests.support.site import Site

PEOPLE = ("hospital", "province", "agency", "sysadmin", "secadmin", "auditor")
HOSTILE = (
    *("=1+1", "+1+cmd|' /C calc'!A0", "@SUM(A1:A9)", "-2+3", "\t=1+1", "\r=1+1"),
    *('=DDE("soffice";"a";"b")', "＝1+1", "'=1+1", '=HYPERLINK("http://x.cn")'),
)
ROOM = max(map(len, HOSTILE)) + 8


@pytest.fixture(scope="session")
def _libreoffice() -> None:
    try:
        find_libreoffice()
    except LibreOfficeUnavailable as missing:
        pytest.skip(str(missing))


def _lists(site: Site, username: str) -> list[tuple[Any, Sequence[Column]]]:
    """Every registered list that the person may export; a new one is among them by itself."""
    builder = site.app.extensions["appbuilder"]
    found = []
    with site.app.test_request_context("/"), acting_as(site.actor(username)):
        g.visitor = Visitor()
        for view in builder.baseviews:
            has_route = f"{view.endpoint}.export" in site.app.view_functions
            if has_route and builder.sm.has_access("can_export", type(view).__name__):
                found.append((view, view.listing().shown if hasattr(view, "listing") else ()))
        db.session.rollback()
    return found


def _plant(site: Site) -> set[str]:
    """Put hostile words into every column of text that some list shows."""
    targets: dict[tuple[type[Any], str], int] = {}
    for username in PEOPLE:
        for _view, columns in _lists(site, username):
            for column in columns:
                where = column.expression
                if isinstance(where, InstrumentedAttribute) and column.plain is None:
                    length = _room(where)
                    if length:
                        targets[where.prop.parent.class_, where.key] = length
    planted: set[str] = set()
    with site.session() as session:
        for (model, name), length in targets.items():
            rows = session.scalars(select(model).order_by(model.id)).all()
            for number, row in enumerate(rows):
                word = f"{HOSTILE[number % len(HOSTILE)]}{number}"[:length]
                setattr(row, name, word)
                planted.add(word)
        session.commit()
    assert len(targets) > 12
    return planted


def _room(where: Any) -> int:
    kind = where.type
    if isinstance(kind, Enum | TypeDecorator) or not isinstance(kind, String):
        return 0
    length = kind.length or 500
    return length if length >= ROOM else 0


def _exports(site: Site, kind: str, folder: Path) -> list[Path]:
    """The files of all lists: a workbook for each set of columns, one CSV for each list."""
    files: list[Path] = []
    taken: set[tuple[str, ...]] = set()
    for username in PEOPLE:
        client = site.client(username)
        for view, columns in _lists(site, username):
            name = type(view).__name__
            shape = (name, *(column.name for column in columns if kind == "xlsx"))
            if shape in taken:
                continue
            taken.add(shape)
            content = client.get(f"{view.route_base}/export/{kind}").get_data()
            file = folder / f"{username}-{name}.{kind}"
            file.write_bytes(content)
            files.append(file)
    return files


def _texts(file: Path) -> set[str]:
    if file.suffix == ".csv":
        text = file.read_bytes().decode("utf-8-sig")
        rows: Any = csv.reader(io.StringIO(text, newline=""))
        return {cell for row in rows for cell in row}
    book = openpyxl.load_workbook(file)
    return {
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    }


@pytest.mark.usefixtures("_libreoffice")
def test_no_exported_cell_runs_and_every_text_survives(site: Site, tmp_path: Path) -> None:
    planted = _plant(site)
    seen: set[str] = set()
    for kind, infilter in (("xlsx", None), ("csv", CSV_FILTER)):
        files = _exports(site, kind, tmp_path)
        if kind == "xlsx":
            summary = tmp_path / "summary.xlsx"
            summary.write_bytes(site.client("hospital").get("/progress/summary").get_data())
            files.append(summary)
        assert len(files) > 12
        for file, found in zip(
            files, opened(files, folder=tmp_path, infilter=infilter), strict=True
        ):
            assert found.formulas == [], file.name
            written = {word for word in _texts(file) if word.lstrip("'") in planted}
            survived = {_plain(word) for word in found.texts}
            assert {_plain(word) for word in written} <= survived, file.name
            seen |= {word.lstrip("'") for word in written}
    assert {word[:2] for word in seen} >= {word[:2] for word in HOSTILE if word[0] not in "\t\r'"}


def _plain(word: str) -> str:
    """A text without what white space becomes on its way."""
    return "".join(word.split())


@pytest.mark.usefixtures("_libreoffice")
def test_a_formula_would_be_found(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "=1+1"
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "b.csv").write_text("=1+1,x\n", encoding="utf-8")

    (workbook,) = opened([tmp_path / "a.xlsx"], folder=tmp_path)
    (text,) = opened([tmp_path / "b.csv"], folder=tmp_path, infilter=CSV_FILTER)

    assert len(workbook.formulas) == len(text.formulas) == 1
