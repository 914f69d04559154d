"""Exports run no formula, lose nothing, and our own import reads them back."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from app.exchange.columns import Column, long_number
from app.exchange.export import Value, csv_chunks, xlsx_file
from app.exchange.sheet import read_sheet

HOSTILE = [
    *["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", "'=1", "''-x"],
    *["＝1+1", "＋1", "－2＋3", "＠SUM(A1)"],
]
HARMLESS = ["-5", "+3.14", "-0.5", "5", "a=b", "a,=b", "'quoted'", "1402*****19", "", '"x"']


def csv_text(rows: list[tuple[Value, ...]], banner: str | None = None) -> str:
    return b"".join(csv_chunks(["列1", "列2"], rows, banner=banner)).decode("utf-8-sig")


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("place", [0, 1])
def test_a_dangerous_cell_is_guarded_wherever_it_stands(word: str, place: int) -> None:
    row = ("甲", word) if place else (word, "甲")

    (_, read) = csv.reader(io.StringIO(csv_text([row]), newline=""))

    assert read[place] == f"'{word}"
    assert read[1 - place] == "甲"


@pytest.mark.parametrize("word", HARMLESS)
def test_a_harmless_cell_is_left_alone(word: str) -> None:
    (_, read) = csv.reader(io.StringIO(csv_text([("=x", word)]), newline=""))

    assert read == ["'=x", word]


def test_our_import_reads_guarded_cells_as_they_were() -> None:
    columns = (Column("列1", "a", str, required=True), Column("列2", "b", str))
    rows: list[tuple[Value, ...]] = [(word, "x") for word in HOSTILE + HARMLESS if word.strip()]

    sheet = read_sheet(csv_text(rows).encode("utf-8-sig"), filename="a.csv", headers=columns)

    assert [row.cells["列1"] for row in sheet.rows] == [word for word, _ in rows]


def test_every_kind_of_value_and_the_banner_are_written() -> None:
    rows: list[tuple[Value, ...]] = [
        (1, None), (-2, 1.5), (date(2018, 1, 1), datetime(2018, 1, 1, 8, 30)), ("甲\n乙", "1,2"),
    ]  # fmt: skip

    assert csv_text(rows, banner="仅供工作使用") == (
        "仅供工作使用,\r\n列1,列2\r\n1,\r\n-2,1.5\r\n2018-01-01,2018-01-01 08:30:00\r\n"
        '"甲\n乙","1,2"\r\n'
    )


def test_the_file_begins_with_one_byte_order_mark() -> None:
    content = b"".join(csv_chunks(["a"], [("x" * 100,)] * 5000, banner=None))

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1


def test_csv_streams_in_pieces_without_keeping_rows() -> None:
    taken = 0

    def rows() -> Iterator[tuple[Value, ...]]:
        nonlocal taken
        for number in range(50_000):
            taken += 1
            yield (number, "某某医院", "待参加测评", date(2018, 1, 1))

    tracemalloc.start()
    chunks = csv_chunks(["a", "b", "c", "d"], rows(), banner=None)
    next(chunks)
    assert taken <= 50  # the first bytes leave before the query is read
    sizes = [len(chunk) for chunk in chunks]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert taken == 50_000
    assert all(40_000 < size < 100_000 for size in sizes[1:-1])
    assert peak < 8 << 20


def test_a_hundred_thousand_rows_are_all_written() -> None:
    rows = [
        (i, "张三丰", "1402*****19", "内科", "男", "执业医师", date(2018, 1, 1), None, "a", "")
        for i in range(100_000)
    ]

    lines = sum(chunk.count(b"\n") for chunk in csv_chunks(list("abcdefghij"), rows, banner=None))

    assert lines == 100_001


def test_a_workbook_holds_real_numbers_days_and_nothing_that_runs(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows: list[tuple[Value, ...]] = [
        ("=1+1", 1), ("http://x.cn", -2.5), (date(2018, 1, 1), datetime(2018, 1, 1, 8, 30)),
        ("140213196810074054", 140213196810074054), (None, float("nan")), (date(1899, 1, 1), "@x"),
        ("长" * 40_000, "00123"),
    ]  # fmt: skip

    assert xlsx_file(["列1", "列2"], rows, path, sheet_name="名单", about=[("导出人", "=甲")]) == 7

    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["说明", "名单"]
    assert [[cell.value for cell in row] for row in book["说明"].iter_rows()] == [
        ["导出人", "=甲"], ["记录数", "7"],
    ]  # fmt: skip
    sheet = book.active
    assert sheet is not None
    found = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert found[0] == ("列1", "列2")
    assert found[1:7] == [
        ("=1+1", 1), ("http://x.cn", -2.5),
        (datetime(2018, 1, 1), datetime(2018, 1, 1, 8, 30)),
        ("140213196810074054", "140213196810074054"), (None, "nan"), ("1899-01-01", "@x"),
    ]  # fmt: skip
    assert (len(found[7][0]), found[7][1]) == (32_767, "00123")
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml") + archive.read("xl/worksheets/sheet2.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml
    assert sheet.freeze_panes == "A2"


def test_a_workbook_is_read_back_by_our_import(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    columns = (Column("姓名", "a", str, required=True), Column("证件号码", "b", long_number))
    rows = [("=x", "14021319660913086X")]
    xlsx_file(["姓名", "证件号码"], rows, path, sheet_name="a", about=[("导出人", "甲")])

    (row,) = read_sheet(path.read_bytes(), filename="a.xlsx", headers=columns).rows

    assert dict(row.cells) == {"姓名": "=x", "证件号码": "14021319660913086X"}


def test_rows_beyond_a_sheets_limit_go_to_a_second_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.exchange.export._MAX_SHEET_ROWS", 2)
    path = tmp_path / "a.xlsx"

    assert xlsx_file(["a"], [(i,) for i in range(4)], path, sheet_name="名单") == 4

    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["名单", "名单 (2)"]
    assert [cell.value for cell in book["名单 (2)"]["A"]] == ["a", 2, 3]
