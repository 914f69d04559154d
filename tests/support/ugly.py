"""Rosters as they arrive: each made here, with what the reading of each row must find."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
import xlwt  # type: ignore[import-untyped]  # it ships no types
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.support.rosters import correct_people, entry

HEADERS = ("科室", "姓名", "证件号码", "医师级别", "执业类别", "执业证取得时间")
Cells = Mapping[str, Any]
PEOPLE: list[dict[str, object]] = [entry(**person) for person in correct_people(6)]


@dataclass(frozen=True)
class Ugly:
    """One file: problems by row number and header, and the cells that set them right."""

    filename: str
    make: Callable[[], bytes]
    good: int
    problems: Mapping[tuple[int, str], str]
    right: Mapping[str, Any]


def person(number: int, **changes: Any) -> dict[str, Any]:
    return {name: PEOPLE[number][name] for name in HEADERS} | changes


def row(cells: Cells, headers: tuple[str, ...] = HEADERS) -> list[Any]:
    return [cells.get(header) for header in headers]


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _wps() -> bytes:
    """A merged title, decorated and reordered headers, an extra column, rows with a number only."""
    book = openpyxl.Workbook()
    sheet = book.active
    shuffled = ("执业类别", "姓名", "证件号码", "科室", "执业证取得时间", "医师级别")
    sheet.append(["某医院医师名单（2024年）"])
    sheet.merge_cells("A1:H1")
    sheet.append(["填表人：张三"])
    sheet.append(["序号", "执业类别*", "姓\u3000名", "证件号码：", "备注", "科 室", "执业证取得时间\n（必填）",
                  "医师级别\u200b"])  # fmt: skip
    for number, cells in enumerate((person(0), person(1)), 1):
        values = row(cells, shuffled)
        values[1] = f"\xa0{values[1]}\u200b"
        values[2] = str(values[2]).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        sheet.append([number, *values[:3], "无", *values[3:]])
    for number in (3, 4, 5):
        sheet.append([number, None, "\u200b", None, "\xa0"])
    return saved(book)


def _gb18030() -> bytes:
    lines = [";".join(HEADERS)]
    lines += [";".join(str(value) for value in row(person(n))) for n in (0, 1)]
    lines.append(";".join(str(value) for value in row(person(2, 姓名='"欧阳;䶮"'))))
    return "\r\n".join([*lines, ";;;;;", ""]).encode("gb18030")


def _tabs() -> bytes:
    lines = ["\t".join(HEADERS), "\t".join(str(value) for value in row(person(0)))]
    lines.append(
        "\t".join(str(value) for value in row(person(1, 科室="'-不存在'", 执业类别="兽医")))
    )
    return "\n".join(lines).encode("utf-8-sig")


def _merged() -> bytes:
    """The department stands once, in a cell merged over three rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(HEADERS))
    for number in range(3):
        sheet.append(row(person(number)))
    sheet.merge_cells("A2:A4")
    return saved(book)


def _two_sheets() -> bytes:
    """Notes first, then a hidden copy of old headers, then two sheets with rows: the first counts."""
    book = openpyxl.Workbook()
    book.active.append(["请先阅读", "联系人"])
    for name, number in (("名单", 0), ("名单 (2)", 1)):
        sheet = book.create_sheet(name)
        sheet.append(list(HEADERS))
        sheet.append(row(person(number)))
    return saved(book)


def _old_numbers() -> bytes:
    """Fifteen digits, as text and as a number; a number of eighteen digits has lost three."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(HEADERS))
    sheet.append(row(person(0, 证件号码="140402890924257")))
    sheet.append(row(person(1, 证件号码=140402720423366)))
    sheet.append(row(person(2, 证件号码=140213197405132992)))
    sheet.append(row(person(3, 证件号码="1.40213E+17")))
    return saved(book)


def _excel97() -> bytes:
    """BIFF8 with the days of the Macintosh (1904) and numbers as floats."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = True
    sheet = book.add_sheet("名单", cell_overwrite_ok=True)
    days = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for position, header in enumerate(HEADERS):
        sheet.write(2, position, header)
    for line, number in enumerate((0, 1), 3):
        for position, value in enumerate(row(person(number))):
            sheet.write(line, position, value)
        sheet.write(line, 5, datetime(2016, 8, 31), days)
    sheet.write(4, 3, "助理医师")
    return saved(book)


def _macintosh() -> bytes:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(list(HEADERS))
    sheet.append(row(person(0, 执业证取得时间=datetime(2016, 8, 31))))
    sheet.append(row(person(1, 执业证取得时间=date(2035, 1, 1))))
    return saved(book)


def _formulas() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(HEADERS))
    sheet.append(row(person(0)))
    sheet.append(row(person(1, 姓名='=HYPERLINK("http://x","甲")')))
    sheet.append(row(person(2, 执业证取得时间="=TODAY()")))
    sheet.append(row(person(3, 姓名="+甲")))
    return saved(book)


def _hidden() -> bytes:
    """What is hidden is in the file, and is imported; rich text is its words."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(HEADERS))
    for number in range(3):
        sheet.append(row(person(number)))
    sheet["D2"] = CellRichText("执业", TextBlock(InlineFont(b=True), "医师"))
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.auto_filter.ref = "A1:F4"
    return saved(book)


def _days() -> bytes:
    """Every spelling of a day; one that is none."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(HEADERS))
    for number, day in enumerate(("2016.8.31", "2016年8月31日", "20160831", 42613, "2016/8/31 0:00:00",
                                  "31/8/2016")):  # fmt: skip
        sheet.append(row(person(number, 执业证取得时间=day)))
    return saved(book)


def _breaks() -> bytes:
    """A line break in a name, spaces in a number, and one person three times."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(HEADERS))
    number = str(person(0)["证件号码"])
    sheet.append(row(person(0, 证件号码=f"\u200b{number[:6]} {number[6:14]} {number[14:]}\u200b")))
    sheet.append(row(person(0)))
    sheet.append(row(person(0, 证件号码=f"'{number.lower()}")))
    sheet.append(row(person(1, 姓名="王\n五")))
    return saved(book)


UGLY: Mapping[str, Ugly] = {
    "saved by WPS": Ugly("名单.xlsx", _wps, 2, {}, {}),
    "GB18030 and semicolons": Ugly("名单.csv", _gb18030, 3, {}, {}),
    "tabs and a guarded cell": Ugly(
        "名单.csv", _tabs, 1, {(3, "执业类别"): "“兽医”不在可选范围内"}, {"执业类别": "临床"}
    ),
    "merged cells": Ugly(
        "a.xlsx", _merged, 1,
        {(3, "科室"): "未填写科室", (4, "科室"): "未填写科室"}, {"科室": "内科"},
    ),
    "two sheets": Ugly("a.xlsx", _two_sheets, 1, {}, {}),
    "old and lost numbers": Ugly(
        "a.xlsx", _old_numbers, 2,
        {(4, "证件号码"): "末尾几位已丢失", (5, "证件号码"): "末尾几位已丢失"},
        {"证件号码": [str(person(2)["证件号码"]), str(person(3)["证件号码"])]},
    ),
    "Excel 97 with days from 1904": Ugly("名单.xls", _excel97, 2, {}, {}),
    "days from 1904": Ugly(
        "a.xlsx", _macintosh, 1, {(3, "执业证取得时间"): "晚于今天"}, {"执业证取得时间": "2016-08-31"}
    ),
    "formulas": Ugly(
        "a.xlsx", _formulas, 1,
        {(3, "姓名"): "是公式", (4, "执业证取得时间"): "是公式", (5, "姓名"): "姓名不能以“+”开头"},
        {"姓名": "改正", "执业证取得时间": "2016-08-31"},
    ),
    "hidden rows and rich text": Ugly("a.xlsx", _hidden, 3, {}, {}),
    "days of every spelling": Ugly(
        "a.xlsx", _days, 5,
        {(7, "执业证取得时间"): "无法识别日期“31/8/2016”"}, {"执业证取得时间": "2016-08-31"},
    ),
    "breaks and repeats": Ugly(
        "a.xlsx", _breaks, 1,
        {(3, "证件号码"): "与本文件第2行", (4, "证件号码"): "与本文件第2行",
         (5, "姓名"): "换行或不可见字符"},
        {"姓名": "改正", "证件号码": [str(person(n)["证件号码"]) for n in (4, 5, 1)]},
    ),
}  # fmt: skip
