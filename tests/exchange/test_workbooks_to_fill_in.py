"""The template and the error report, opened as a clerk opens them and uploaded again."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from flask_babel import lazy_gettext as _l
from openpyxl.workbook import Workbook

from app.exchange.columns import Problem
from app.exchange.physician_columns import PHYSICIAN_COLUMNS, Report, check_rows
from app.exchange.sheet import Sheet, SheetRefused, read_sheet
from app.exchange.workbook import error_workbook, template_workbook

TODAY = date(2024, 6, 1)
DATA = Path(__file__).parents[1] / "data"


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def messages(report: Report) -> list[list[tuple[str, str]]]:
    return [[(p.header, str(p.message)) for p in row.problems] for row in report.refused]


@pytest.fixture(scope="module")
def template() -> bytes:
    return template_workbook(PHYSICIAN_COLUMNS, title="医师名单", sheet_name="医师名单")


@pytest.fixture(scope="module")
def messy() -> tuple[Sheet, Report]:
    content = (DATA / "roster_pingcheng_messy.xlsx").read_bytes()
    sheet = read_sheet(content, filename="a.xlsx", headers=PHYSICIAN_COLUMNS)
    return sheet, check_rows(sheet.rows, today=TODAY)


@pytest.fixture(scope="module")
def errors(messy: tuple[Sheet, Report]) -> bytes:
    sheet, report = messy
    rows = [
        (raw.cells, judged.problems)
        for raw, judged in zip(sheet.rows, report.rows, strict=True)
        if judged.problems
    ]
    return error_workbook(PHYSICIAN_COLUMNS, title="医师名单", rows=rows)


def test_the_template_has_title_instructions_headers_and_a_frozen_head(template: bytes) -> None:
    sheet = opened(template)["医师名单"]

    assert sheet["A1"].value == "医师名单"
    assert "证件号码：请用文本格式" in sheet["A2"].value
    assert [cell.value for cell in sheet[3]] == [
        column.header + "*" * column.required for column in PHYSICIAN_COLUMNS
    ]
    assert sheet.freeze_panes == "A4"


def test_the_template_keeps_numbers_as_text_and_days_as_days(template: bytes) -> None:
    sheet = opened(template)["医师名单"]
    formats = {
        column.header: sheet.column_dimensions[openpyxl.utils.get_column_letter(i)].number_format
        for i, column in enumerate(PHYSICIAN_COLUMNS, 1)
    }

    assert {formats[h] for h in ("证件号码", "手机号码", "医师资格证书编码")} == {"@"}
    assert {formats[h] for h in ("出生日期", "执业证取得时间")} == {"yyyy-mm-dd"}


def test_every_closed_choice_of_the_template_drops_down(template: bytes) -> None:
    book = opened(template)
    rules = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in book["医师名单"].data_validations.dataValidation
    }

    assert rules["D4"] == '"男,女"'
    assert rules["K4"] == '"执业医师,执业助理医师"'
    assert rules["H4"] == "选项!$A$1:$A$58"  # too long for a rule of its own
    assert book["选项"]["A1"].value == "汉族"
    assert book["选项"].sheet_state == "hidden"
    assert len(rules) == sum(bool(column.choices) for column in PHYSICIAN_COLUMNS)


def test_an_empty_template_reads_as_no_rows(template: bytes) -> None:
    sheet = read_sheet(template, filename="模板.xlsx", headers=PHYSICIAN_COLUMNS)

    assert (sheet.rows, sheet.header_row, sheet.ignored_headers) == ((), 3, ())


def test_a_filled_template_is_read(template: bytes) -> None:
    book = opened(template)
    values = ["1", "内科", "张三", "女", None, "11010519491231002X", None, "汉族", None, None,
              "执业医师", "临床", None, None, None, None, date(1998, 1, 1), None]  # fmt: skip
    for position, value in enumerate(values, 1):
        book["医师名单"].cell(4, position, value)
    buffer = io.BytesIO()
    book.save(buffer)

    sheet = read_sheet(buffer.getvalue(), filename="a.xlsx", headers=PHYSICIAN_COLUMNS)
    (row,) = check_rows(sheet.rows, today=TODAY).rows

    assert row.facts is not None, row.problems
    assert (row.number, row.facts.name, row.facts.birth_date) == (4, "张三", date(1949, 12, 31))


def test_an_error_report_uploaded_unchanged_is_refused_for_the_same_reasons(
    errors: bytes, messy: tuple[Sheet, Report]
) -> None:
    sheet = read_sheet(errors, filename="错误.xlsx", headers=PHYSICIAN_COLUMNS)
    again = messages(check_rows(sheet.rows, today=TODAY))
    before = messages(messy[1])
    for found in before:  # its first occurrence, row 4, was good and is not in the report
        found[:] = [entry for entry in found if "与本文件第4行" not in entry[1]]

    assert sheet.ignored_headers == ("错误原因",)
    assert again == before


def test_a_corrected_error_report_is_accepted(errors: bytes) -> None:
    book = opened(errors)
    sheet = book["Sheet1"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=4)}
    rows[46][2].value = "改正"  # the missing name
    rows[48][16].value = date(1999, 3, 1)  # 2019-02-30
    rows[50][11].value = "临床"  # 兽医
    buffer = io.BytesIO()
    book.save(buffer)

    again = read_sheet(buffer.getvalue(), filename="a.xlsx", headers=PHYSICIAN_COLUMNS)
    report = check_rows(again.rows, today=TODAY)

    accepted = [row.facts for row in report.rows if row.facts is not None]
    assert [facts.name for facts in accepted] == ["改正", "闫雪春", "钟轩"]
    assert len(report.refused) == 11


def test_bad_cells_are_tinted_commented_and_explained(errors: bytes) -> None:
    sheet = opened(errors)["Sheet1"]
    row = next(row for row in sheet.iter_rows(min_row=4) if row[0].value == 50)

    assert row[11].fill.start_color.rgb == "FFFFD6D6"
    assert "“兽医”不在可选范围内" in row[11].comment.text
    assert row[10].fill.fill_type is None
    assert row[10].comment is None
    assert row[18].value.startswith("执业类别：“兽医”")
    assert sheet.cell(3, 19).value == "错误原因"


def test_what_was_typed_as_a_formula_is_text_in_the_report(errors: bytes) -> None:
    sheet = opened(errors)["Sheet1"]
    cell = next(row[2] for row in sheet.iter_rows(min_row=4) if row[0].value == 55)

    assert cell.value.startswith("=HYPERLINK")
    with zipfile.ZipFile(io.BytesIO(errors)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_an_empty_error_report_still_has_the_layout() -> None:
    content = error_workbook(
        PHYSICIAN_COLUMNS, title="=1+1", rows=[({}, [Problem("姓名", _l("原因"))])]
    )

    assert read_sheet(content, filename="a.xlsx", headers=PHYSICIAN_COLUMNS).rows == ()
    with pytest.raises(SheetRefused):
        read_sheet(content, filename="a.csv", headers=PHYSICIAN_COLUMNS)
