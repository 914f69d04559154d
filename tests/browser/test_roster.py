"""The messy roster through the page: told row by row, corrected in its error workbook, imported."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitors, fact, field_of, follow, menu, press, tell
from tests.support.rosters import DATA, MESSY

EXPECTED = json.loads((DATA / "roster_pingcheng_messy.expected.json").read_text())
REFUSED = [number for number, key in EXPECTED if key != "ok"]
WORDS = {
    44: "校验码不对",
    45: "末尾几位已丢失",
    46: "与本文件第4行的证件号码重复",
    47: "未填写姓名",
    48: "未填写证件号码",
    49: "2019-02-30",
    50: "早于执业证取得时间",
    51: "兽医",
    52: "填反了",
    53: "与证件号码不一致",
    54: "与证件号码中的 1991-02-11 不一致",
    55: "晚于今天",
    56: "是公式",
    57: "可能是他人的证书",
}
CORRECTIONS = {
    47: {"姓名": "乔安民"},
    49: {"执业证取得时间": "2019-02-28", "首次注册时间": "2019-04-01"},
    51: {"执业类别": "临床"},
    50: {"首次注册时间": "2020-08-01"},
}

Fetch = Callable[..., Path]


@pytest.fixture(scope="module")
def report(people: Visitors) -> Page:
    """The clerk of 平城区医院 before the report on the messy roster."""
    page = people.at("hospital", "/physicians/list/")
    upload(page, DATA / MESSY)
    return page


def upload(page: Page, roster: Path) -> None:
    """Hand a roster in for the dry run."""
    menu(page, "医师管理", "医师列表")
    follow(page, "批量导入医师")
    field_of(page, "医师名单").set_input_files(roster)
    press(page, "上传并预检")
    expect(page.get_by_role("heading", name="预检结果")).to_be_visible()


def corrected(errors: Path, target: Path) -> Path:
    """Repair some rows of the error workbook and drop the others, as a clerk would."""
    book = openpyxl.load_workbook(errors)
    sheet = book.active
    rows = list(sheet.iter_rows())
    (heads,) = (row for row in rows if any(str(c.value).rstrip("*") == "证件号码" for c in row))
    columns = {str(cell.value).rstrip("*"): cell.column for cell in heads}
    below = [row[0].row for row in rows if row[0].row > heads[0].row]
    for number, line in reversed(list(zip(REFUSED, below, strict=True))):
        if number not in CORRECTIONS:
            sheet.delete_rows(line)
            continue
        for header, value in CORRECTIONS[number].items():
            sheet.cell(line, columns[header], value)
    book.save(target)
    return target


def test_the_report_counts_what_is_good_known_and_wrong(report: Page) -> None:
    assert len(REFUSED) == len(WORDS)
    expect(fact(report, "可导入")).to_have_text(f"{len(EXPECTED) - len(REFUSED)}行")
    expect(fact(report, "有误")).to_have_text(f"{len(REFUSED)}行")
    expect(fact(report, "已存在")).to_contain_text("0行")


@pytest.mark.parametrize("number", REFUSED)
def test_every_refused_row_tells_its_reason(report: Page, number: int) -> None:
    cell = report.locator("td.serial").get_by_text(str(number), exact=True)
    lines = report.locator("tbody tr").filter(has=cell)
    expect(lines.filter(has_text=WORDS[number]).first).to_be_visible()


def test_the_good_rows_are_imported_and_the_corrected_ones_after_them(
    people: Visitors, report: Page, download: Fetch, tmp_path: Path
) -> None:
    errors = download(report, report.get_by_role("link", name="下载错误表"))
    expect(report.get_by_label("只导入正确的行")).to_be_checked()
    press(report, "确认导入")
    tell(report, f"导入完成：新增医师{len(EXPECTED) - len(REFUSED)}名")
    tell(report, f"未导入{len(REFUSED)}行")

    upload(report, corrected(errors, tmp_path / "更正.xlsx"))
    expect(fact(report, "可导入")).to_have_text(f"{len(CORRECTIONS)}行")
    expect(fact(report, "有误")).to_have_text("0行")
    press(report, "确认导入")
    tell(report, f"导入完成：新增医师{len(CORRECTIONS)}名")

    menu(report, "医师管理", "医师列表")
    field_of(report, "姓名").fill("乔安民")
    press(report, "查询")
    expect(report.get_by_text(re.compile("共1条记录"))).to_be_visible()


def test_the_same_file_again_changes_nothing(people: Visitors, report: Page) -> None:
    upload(report, DATA / MESSY)
    expect(fact(report, "可导入")).to_have_text("0行")
    tell(report, "内容相同的文件曾于")


@pytest.mark.parametrize("name", ["坏.xlsx", "空.csv"])
def test_a_file_that_is_no_roster_is_refused_beside_the_field(
    people: Visitors, tmp_path: Path, name: str
) -> None:
    broken = tmp_path / name
    broken.write_bytes(b"PK\x03\x04 nothing" if name.endswith("xlsx") else b"")
    page = people.at("hospital", "/roster-import/")
    field_of(page, "医师名单").set_input_files(broken)
    press(page, "上传并预检")
    expect(page.locator("#file-error")).not_to_be_empty()
