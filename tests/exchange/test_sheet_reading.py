"""Reading the table out of files as clerks make them."""

import io
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest

from app.exchange.columns import Column, day, long_number, text, whole_number
from app.exchange.sheet import ReadLimits, SheetRefused, read_sheet, safe_display_name

COLUMNS = (
    Column("序号", "", whole_number),
    Column("姓名", "name", text(max_length=20), required=True, aliases=("医师姓名",)),
    Column("证件号码", "id_number", long_number, required=True),
    Column("出生日期", "birth_date", day),
)
HEADERS = ("序号", "姓名", "证件号码", "出生日期")


def refusal(content: bytes, name: str = "a.xlsx", limits: ReadLimits | None = None) -> str:
    with pytest.raises(SheetRefused) as refused:
        read_sheet(content, filename=name, headers=COLUMNS, limits=limits or ReadLimits())
    return str(refused.value.message)


def test_title_instructions_and_decorated_headers_do_not_hide_the_table(
    make_xlsx: Callable[..., bytes],
) -> None:
    content = make_xlsx(
        ("名单", [("某医院 姓名",), ("填表说明",), (),
                 (" 序 号", "医师姓名*", "证件号码：", "备注"), (1, "张三", "A1", "x")]),
    )  # fmt: skip

    sheet = read_sheet(content, filename="a.xlsx", headers=COLUMNS)

    assert (sheet.sheet_name, sheet.header_row, sheet.ignored_headers) == ("名单", 4, ("备注",))
    assert [(row.number, dict(row.cells)) for row in sheet.rows] == [
        (5, {"序号": 1, "姓名": "张三", "证件号码": "A1"})
    ]


def test_sheets_without_the_headers_are_passed_over(make_xlsx: Callable[..., bytes]) -> None:
    content = make_xlsx(
        ("说明", [("请先阅读",)]), ("名单", [HEADERS, (1, "李四", "B2", None)]), ("空", [])
    )

    sheet = read_sheet(content, filename="a.xlsx", headers=COLUMNS)

    assert (sheet.sheet_name, len(sheet.rows)) == ("名单", 1)


def test_blank_rows_keep_the_numbers_of_the_others_and_trailing_ones_vanish(
    make_xlsx: Callable[..., bytes],
) -> None:
    content = make_xlsx(
        ("a", [HEADERS, (1, "甲", "A1", None), (None, "　 ", None, None), (3, "丙", "C3", None),
               (4, None, None, None), (None, " ", None, None)]),
    )  # fmt: skip

    sheet = read_sheet(content, filename="a.xlsx", headers=COLUMNS)

    assert [row.number for row in sheet.rows] == [2, 4]


def test_typed_cells_keep_their_types(make_xlsx: Callable[..., bytes]) -> None:
    content = make_xlsx(
        ("a", [HEADERS, (1, "甲", 140213197405132992, datetime(1974, 5, 13)), (2.5, "乙", "00", 1)])
    )

    first, second = read_sheet(content, filename="a.xlsx", headers=COLUMNS).rows

    assert first.cells["出生日期"] == datetime(1974, 5, 13)
    assert isinstance(first.cells["证件号码"], int)
    assert dict(second.cells) == {"序号": 2.5, "姓名": "乙", "证件号码": "00", "出生日期": 1}


def test_a_formula_comes_back_as_its_text_and_not_as_its_cached_value(
    make_xlsx: Callable[..., bytes], repack: Callable[..., bytes]
) -> None:
    plain = make_xlsx(("说明", [("x",)]), ("名单", [HEADERS, (1, "甲", "A1", None)]))
    sheet_xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c>'
        '<c t="inlineStr"><is><t>证件号码</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>A3&amp;"三"</f><v>张三</v></c>'
        '<c t="str"><f t="shared" si="0"/><v>A1</v></c></row></sheetData></worksheet>'
    )
    content = repack(plain, {"xl/worksheets/sheet2.xml": sheet_xml.encode()})

    (row,) = read_sheet(content, filename="a.xlsx", headers=COLUMNS).rows

    assert dict(row.cells) == {"姓名": '=A3&"三"', "证件号码": "="}


def test_a_missing_required_column_is_named(make_xlsx: Callable[..., bytes]) -> None:
    message = refusal(make_xlsx(("名单", [("序号", "姓名", "出生日期"), (1, "甲", None)])))

    assert message == "工作表“名单”的第1行表头缺少必需的列：证件号码，请对照模板补齐后再上传"


def test_a_file_without_headers_is_refused(make_xlsx: Callable[..., bytes]) -> None:
    assert "找不到表头" in refusal(make_xlsx(("a", [("姓名",), ("甲",)])))
    below_the_tenth_row = [("x",)] * 10 + [HEADERS]
    assert "找不到表头" in refusal(make_xlsx(("a", below_the_tenth_row)))


def test_a_header_that_stands_twice_is_refused(make_xlsx: Callable[..., bytes]) -> None:
    message = refusal(make_xlsx(("a", [("姓名", "证件号码", "医师姓名"), ("甲", "A1", "乙")])))

    assert message == "表头“姓名”出现了两次，请只保留一列后再上传"


def test_the_row_limit_counts_rows_with_content(make_xlsx: Callable[..., bytes]) -> None:
    content = make_xlsx(("a", [HEADERS, *[(i, "甲", "A1", None) for i in range(3)]]))

    assert len(
        read_sheet(
            content, filename="a.xlsx", headers=COLUMNS, limits=ReadLimits(max_rows=3)
        ).rows
    ) == 3  # fmt: skip
    assert "数据超过2行" in refusal(content, limits=ReadLimits(max_rows=2))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_of_chinese_offices(encoding: str) -> None:
    content = '序号,姓名,证件号码\r\n1,张䶮,00123\r\n,,\r\n\r\n4,"王\n五",X\r\n'.encode(encoding)

    sheet = read_sheet(content, filename="名单.CSV", headers=COLUMNS)

    assert [(row.number, row.cells["姓名"], row.cells["证件号码"]) for row in sheet.rows] == [
        (2, "张䶮", "00123"),
        (5, "王\n五", "X"),
    ]


def test_xls_of_excel_97_is_read(
    make_xls: Callable[..., bytes],
) -> None:
    content = make_xls([["医师名单"], list(HEADERS), [1.0, "张三", "14021319660913086X", 36956.0]])

    sheet = read_sheet(content, filename="名单.xls", headers=COLUMNS)

    assert (sheet.sheet_name, sheet.header_row) == ("名单", 2)
    assert [(row.number, dict(row.cells)) for row in sheet.rows] == [
        (3, {"序号": 1, "姓名": "张三", "证件号码": "14021319660913086X", "出生日期": 36956})
    ]


def test_merged_cells_above_the_table_do_no_harm() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("医师名单",), HEADERS, (1, "甲", "A1", None)):
        sheet.append(list(row))
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A3:A4")
    buffer = io.BytesIO()
    book.save(buffer)

    found = read_sheet(buffer.getvalue(), filename="m.xlsx", headers=COLUMNS)

    assert [row.cells["姓名"] for row in found.rows] == ["甲"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\王\\名单.xlsx", "名单.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\u202excod\x00.xlsx", "axcod.xlsx"),
        ("<script>.csv", "script.csv"),
        ("..", "文件"),
        ("名" * 300 + ".xlsx", "名" * 74 + "….xlsx"),
    ],
)
def test_a_file_name_is_made_safe_to_show(given: str, shown: str) -> None:
    assert safe_display_name(given) == shown
    assert len(safe_display_name(given)) <= 80
