"""Rows out of the system: CSV as a stream, XLSX as a file, neither able to run as a formula.

A file says itself who took it, what, when and how many rows: CSV in the line above its headers,
XLSX on its first sheet 说明.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.exchange.workbook import SAFE_OPTIONS

Value = str | int | float | date | datetime | None
Facts = Sequence[tuple[str, str]]
Write = Callable[[Worksheet, int, int, Value], None]

CHUNK_BYTES = 65_536
_FIRST_BATCH = 50  # small, so that the first bytes leave at once
_MAX_BATCH = 5_000
_TRIGGERS = "=+-@\t\r\n＝＋－＠"  # the wide ones run where an input method made them
_DANGEROUS = re.compile(f"'*[{re.escape(_TRIGGERS)}]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_MAX_SHEET_ROWS = 1_048_000
_MAX_TEXT = 32_767
_EXACT = 10**15
_FIRST_DAY = date(1900, 3, 1)  # earlier days differ between spreadsheet programs
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


def csv_chunks(
    headers: Sequence[str], rows: Iterable[Sequence[Value]], *, banner: str | None
) -> Iterator[bytes]:
    """A CSV file in pieces of about 64 KB, UTF-8 with BOM; ``banner`` is a line above the headers.

    The banner's line has as many cells as the others. A cell that a spreadsheet would run as a
    formula gets an apostrophe, which our import removes.
    """
    head: list[Sequence[Value]] = [headers]
    if banner is not None:
        head.insert(0, [banner, *[""] * (len(headers) - 1)])
    source = chain(head, rows)
    size, mark = _FIRST_BATCH, b"\xef\xbb\xbf"
    while batch := list(islice(source, size)):
        encoded = _csv_text(batch).encode()
        size = max(1, min(_MAX_BATCH, CHUNK_BYTES * len(batch) // len(encoded)))
        yield mark + encoded
        mark = b""


def xlsx_file(
    headers: Sequence[str],
    rows: Iterable[Sequence[Value]],
    path: Path,
    *,
    sheet_name: str,
    about: Facts = (),
) -> int:
    """Write a workbook row by row in constant memory; return the number of rows.

    ``about`` goes onto a first sheet 说明, together with the number of rows; the rows' sheet is the
    one that opens. Text is written as text and never as a formula; rows beyond a sheet's limit go
    to a next one.
    """
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **SAFE_OPTIONS})
    told = book.add_worksheet(_("说明")) if about else None
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    writes = _writes(book)
    source, total, part = iter(rows), 0, 1
    name = _NOT_IN_A_NAME.sub(" ", sheet_name)
    while True:
        sheet = book.add_worksheet(name[:31] if part == 1 else f"{name[:25]} ({part})")
        if part == 1:
            sheet.activate()
        sheet.set_column(0, max(0, len(headers) - 1), 18)
        for position, header in enumerate(headers):
            sheet.write_string(0, position, header, bold)
        sheet.freeze_panes(1, 0)
        written = _write_rows(sheet, islice(source, _MAX_SHEET_ROWS), writes)
        total += written
        upcoming = list(islice(source, 1)) if written == _MAX_SHEET_ROWS else []
        if not upcoming:
            break
        source, part = chain(upcoming, source), part + 1
    if told is not None:
        tell(book, told, [*about, (_("记录数"), str(total))])
    book.close()
    return total


def tell(book: xlsxwriter.Workbook, sheet: Worksheet, about: Facts) -> None:
    """Write what a file tells about itself: a line for each fact."""
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 80)
    for row, (label, value) in enumerate(about):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, value[:_MAX_TEXT], wrapped)


def _csv_text(batch: list[Sequence[Value]]) -> str:
    text = _written(batch)
    if not _may_hold_formula(text):
        return text
    return _written([[_guarded(value) for value in row] for row in batch])


def _written(batch: Iterable[Sequence[Value]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(batch)
    return buffer.getvalue()


def _may_hold_formula(text: str) -> bool:
    """Whether a cell of the text may begin like a formula: cheap, and never wrongly False."""
    for sign in (*_TRIGGERS, "'"):
        # Every cell begins the text or follows a comma, an opening quote or a line end.
        if sign == "\r" or sign == "\n":
            if f'"{sign}' in text:  # such cells are always quoted
                return True
        elif sign in text and (
            text[0] == sign or f",{sign}" in text or f'"{sign}' in text or f"\n{sign}" in text
        ):
            return True
    return False


def _guarded(value: Value) -> Value:
    if isinstance(value, str) and _DANGEROUS.match(value) and not _PLAIN_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _write_rows(
    sheet: Worksheet, rows: Iterable[Sequence[Value]], writes: dict[type, Write]
) -> int:
    row = 0
    other = writes[object]
    for row, values in enumerate(rows, 1):
        for position, value in enumerate(values):
            if value is not None and value != "":
                writes.get(type(value), other)(sheet, row, position, value)
    return row


def _writes(book: xlsxwriter.Workbook) -> dict[type, Write]:
    """How a value of each type is written; everything else as text.

    Text keeps the text format, so that it stays text when somebody edits the cell.
    """
    formats: dict[str, Format] = {
        "text": book.add_format({"num_format": "@"}),
        "guarded": book.add_format({"num_format": "@", "quote_prefix": True}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }

    def text(sheet: Worksheet, row: int, position: int, value: Value) -> None:
        words = str(value)[:_MAX_TEXT]
        look = "guarded" if words[:1] in _TRIGGERS else "text"
        sheet.write_string(row, position, words, formats[look])

    def number(sheet: Worksheet, row: int, position: int, value: Value) -> None:
        assert isinstance(value, (int, float))
        if math.isfinite(value) and abs(value) < _EXACT:
            sheet.write_number(row, position, value)
        else:
            text(sheet, row, position, value)

    def day(sheet: Worksheet, row: int, position: int, value: Value) -> None:
        assert isinstance(value, date)
        if value >= _FIRST_DAY:
            sheet.write_datetime(row, position, value, formats["day"])
        else:
            text(sheet, row, position, value)

    def instant(sheet: Worksheet, row: int, position: int, value: Value) -> None:
        assert isinstance(value, datetime)
        if value.date() >= _FIRST_DAY:
            sheet.write_datetime(row, position, value.replace(tzinfo=None), formats["instant"])
        else:
            text(sheet, row, position, value)

    return {date: day, datetime: instant, int: number, float: number, object: text}
