"""Workbooks for people to fill in and to correct: a template, and the same with errors marked.

Both have one layout, so that a corrected error report can be uploaded like a template. Nothing
is ever written as a formula or a link.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.exchange.columns import Column, Problem, is_blank, shown

SAFE_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
ERROR_HEADER = "错误原因"
_HEADER_ROW = 2  # row 3 for the user: title, instructions, headers
_LAST_ROW = _HEADER_ROW + 20_000
_INLINE_LIST = 200  # longer drop-downs do not fit into the cell's own rule (255)
_MAX_COMMENTS = 2_000  # each is a drawing: more make the file slow to open
_MAX_TEXT = 32_767
_FONT = {"font_name": "宋体", "font_size": 11}


def template_workbook(columns: Sequence[Column], *, title: str, sheet_name: str) -> bytes:
    """An empty table to fill in: title, instructions, headers, drop-downs and text format."""
    return _workbook(columns, title, sheet_name, rows=(), with_errors=False)


def filled_workbook(
    columns: Sequence[Column],
    *,
    title: str,
    rows: Iterable[Mapping[str, object]],
    sheet_name: str = "Sheet1",
) -> bytes:
    """A table in the template's layout whose rows are begun: people fill in what is missing."""
    begun = [(cells, ()) for cells in rows]
    return _workbook(columns, title, sheet_name, rows=begun, with_errors=False)


def error_workbook(
    columns: Sequence[Column],
    *,
    title: str,
    rows: Sequence[tuple[Mapping[str, object], Sequence[Problem]]],
    sheet_name: str = "Sheet1",
) -> bytes:
    """The refused rows as they were typed, in the template's layout, with the reasons."""
    return _workbook(columns, title, sheet_name, rows=rows, with_errors=True)


def _workbook(
    columns: Sequence[Column],
    title: str,
    sheet_name: str,
    *,
    rows: Iterable[tuple[Mapping[str, object], Sequence[Problem]]],
    with_errors: bool,
) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **SAFE_OPTIONS})
    sheet = book.add_worksheet(sheet_name)
    guide = book.add_worksheet("填表说明")
    lists = book.add_worksheet("选项")
    lists.hide()
    _layout(book, sheet, columns, title, with_errors)
    _drop_downs(sheet, lists, columns)
    _guide(book, guide, columns)
    _rows(book, sheet, columns, rows, with_errors=with_errors)
    sheet.activate()
    book.close()
    return buffer.getvalue()


def _layout(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    columns: Sequence[Column],
    title: str,
    with_errors: bool,
) -> None:
    last = len(columns) - 1 + with_errors
    heading = book.add_format(
        {**_FONT, "bold": True, "font_size": 14, "align": "center", "valign": "vcenter"}
    )
    advice = book.add_format({**_FONT, "text_wrap": True, "font_color": "#8A4B00", "valign": "top"})
    plain = {**_FONT, "bold": True, "border": 1, "align": "center", "bg_color": "#E8EEF7"}
    optional = book.add_format(plain)
    required = book.add_format({**plain, "font_color": "#B00020"})
    sheet.merge_range(0, 0, 0, last, title, heading)
    sheet.merge_range(1, 0, 1, last, _instructions(columns), advice)
    sheet.set_row(0, 26)
    sheet.set_row(1, 48)
    formats = _cell_formats(book)
    for position, column in enumerate(columns):
        kind = "date" if column.is_date else "text"
        sheet.set_column(position, position, column.width, formats[kind])
        header = f"{column.header}*" if column.required else column.header
        sheet.write_string(_HEADER_ROW, position, header, required if column.required else optional)
    if with_errors:
        sheet.set_column(last, last, 60, formats["text"])
        sheet.write_string(_HEADER_ROW, last, ERROR_HEADER, required)
    sheet.freeze_panes(_HEADER_ROW + 1, 0)


def _cell_formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    tinted = {"bg_color": "#FFD6D6"}
    return {
        "text": book.add_format({**_FONT, "num_format": "@"}),
        "date": book.add_format({**_FONT, "num_format": "yyyy-mm-dd"}),
        "bad text": book.add_format({**_FONT, **tinted, "num_format": "@"}),
        "bad date": book.add_format({**_FONT, **tinted, "num_format": "yyyy-mm-dd"}),
        "reason": book.add_format({**_FONT, "font_color": "#B00020", "text_wrap": True}),
    }


def _instructions(columns: Sequence[Column]) -> str:
    general = _("填表说明：带*的列必填；号码请用文本格式；日期格式 2018-01-01；请勿修改表头。")
    notes = [f"{column.header}：{column.note}" for column in columns if column.note]
    return general + "；".join(notes)


def _drop_downs(sheet: Worksheet, lists: Worksheet, columns: Sequence[Column]) -> None:
    kept = 0
    for position, column in enumerate(columns):
        if not column.choices:
            continue
        source: list[str] | str = list(column.choices)
        if len(",".join(column.choices)) > _INLINE_LIST:
            lists.write_column(0, kept, column.choices)
            letter = xlsxwriter.utility.xl_col_to_name(kept)
            source = f"=选项!${letter}$1:${letter}${len(column.choices)}"
            kept += 1
        sheet.data_validation(
            _HEADER_ROW + 1, position, _LAST_ROW, position,
            {"validate": "list", "source": source, "ignore_blank": True,
             "error_title": _("请从列表中选择"), "error_message": _("请从下拉列表中选择")},
        )  # fmt: skip


def _guide(book: xlsxwriter.Workbook, guide: Worksheet, columns: Sequence[Column]) -> None:
    """One line per column; set out downwards so that it is never taken for the table."""
    bold, wrapped = book.add_format({**_FONT, "bold": True}), book.add_format(_FONT)
    guide.set_column(0, 0, 20, wrapped)
    guide.set_column(1, 3, 40, wrapped)
    for position, word in enumerate((_("列名"), _("是否必填"), _("说明"), _("示例"))):
        guide.write_string(0, position, word, bold)
    for row, column in enumerate(columns, 1):
        guide.write_string(row, 0, column.header)
        guide.write_string(row, 1, _("必填") if column.required else _("选填"))
        guide.write_string(row, 2, str(column.note))
        guide.write_string(row, 3, column.example)


def _rows(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    columns: Sequence[Column],
    rows: Iterable[tuple[Mapping[str, object], Sequence[Problem]]],
    *,
    with_errors: bool,
) -> None:
    formats = _cell_formats(book)
    comments = 0
    for number, (cells, problems) in enumerate(rows, _HEADER_ROW + 1):
        messages: dict[str, list[str]] = {}
        for problem in problems:
            messages.setdefault(problem.header, []).append(str(problem.message))
        for position, column in enumerate(columns):
            bad = messages.get(column.header)
            _write(sheet, number, position, cells.get(column.header), formats, is_bad=bool(bad))
            if bad and comments < _MAX_COMMENTS:
                sheet.write_comment(number, position, "\n".join(bad), {"x_scale": 2})
                comments += 1
        if not with_errors:
            continue
        reasons = "；".join(
            f"{header}：{message}" for header, found in messages.items() for message in found
        )
        sheet.write_string(number, len(columns), reasons[:_MAX_TEXT], formats["reason"])


def _write(
    sheet: Worksheet,
    row: int,
    position: int,
    cell: object,
    formats: Mapping[str, Format],
    *,
    is_bad: bool,
) -> None:
    """Write a cell as it was typed: a number that lost digits stays a number, and refused."""
    look = "bad text" if is_bad else "text"
    if is_blank(cell):
        sheet.write_blank(row, position, None, formats[look])
    elif isinstance(cell, (datetime, date)):
        sheet.write_datetime(row, position, cell, formats[look.replace("text", "date")])
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        sheet.write_number(row, position, cell, formats[look])
    else:
        words = cell if isinstance(cell, str) else shown(cell)
        sheet.write_string(row, position, words[:_MAX_TEXT], formats[look])
