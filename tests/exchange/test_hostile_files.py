"""Files that mean harm, or are simply broken, are refused in plain words and in time."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.exchange.columns import Column, text
from app.exchange.sheet import ReadLimits, SheetRefused, read_sheet

COLUMNS = (
    Column("姓名", "name", text(max_length=20), required=True),
    Column("科室", "department", text(max_length=20), required=True),
)
ROWS = [("姓名", "科室"), ("甲", "内科")]
WORKSHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def refusal(content: bytes, name: str, **limits: float) -> str:
    with pytest.raises(SheetRefused) as refused:
        read_sheet(content, filename=name, headers=COLUMNS, limits=ReadLimits(**limits))  # type: ignore[arg-type]  # floats stand for ints
    return str(refused.value.message)


@pytest.fixture
def good(make_xlsx: Callable[..., bytes]) -> bytes:
    return make_xlsx(("a", ROWS))


def test_the_file_these_tests_spoil_is_good(good: bytes) -> None:
    assert len(read_sheet(good, filename="a.xlsx", headers=COLUMNS).rows) == 1


def test_extension_and_content_must_agree(good: bytes, make_xls: Callable[..., bytes]) -> None:
    assert "与扩展名不符" in refusal(good, "a.xls")
    assert "与扩展名不符" in refusal(good, "a.csv")
    assert "与扩展名不符" in refusal(b"%PDF-1.7 ...", "a.xlsx")
    assert "与扩展名不符" in refusal(b"<html><table></table></html>", "a.xls")
    assert "打开密码" in refusal(make_xls(ROWS), "a.xlsx")


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.xlsx.exe", "a.ods", ""])
def test_other_formats_are_refused(good: bytes, name: str) -> None:
    assert "请上传 XLSX、XLS 或 CSV 文件" in refusal(good, name)


def test_a_very_long_file_name_stays_readable_in_the_message(good: bytes) -> None:
    message = refusal(good, "../" + "长" * 300 + ".doc")

    assert len(message) < 140
    assert ".doc" in message
    assert "../" not in message


def test_empty_and_oversized_files_are_refused(good: bytes) -> None:
    assert "是空的" in refusal(b" \r\n", "a.csv")
    assert "超过1MB" in refusal(b"a" * (1 << 20) + b"b", "a.csv", max_bytes=1 << 20)


def test_a_zip_bomb_is_refused_before_it_is_opened(
    good: bytes, repack: Callable[..., bytes]
) -> None:
    bomb = repack(good, {"xl/worksheets/sheet1.xml": WORKSHEET + b" " * (40 << 20)})

    started = time.process_time()
    assert "压缩炸弹" in refusal(bomb, "a.xlsx")
    assert time.process_time() - started < 2  # of our own computing: it was not unpacked
    assert "压缩炸弹" in refusal(good, "a.xlsx", max_unpacked=1000)


def test_an_archive_of_very_many_parts_is_refused(
    good: bytes, repack: Callable[..., bytes]
) -> None:
    crowded = repack(good, {f"xl/media/{i}.png": b"" for i in range(2001)})

    assert "压缩炸弹" in refusal(crowded, "a.xlsx")


def test_a_small_file_that_claims_a_huge_table_is_stopped_by_the_limits(
    good: bytes, repack: Callable[..., bytes]
) -> None:
    """A1 and XFD1048576: 17 billion cells for a reader that fills the rectangle."""
    sheet = WORKSHEET + (
        b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )

    message = refusal(repack(good, {"xl/worksheets/sheet1.xml": sheet}), "a.xlsx")

    assert message.startswith("文件“a.xlsx”过于复杂或含有异常内容")


def test_a_reader_that_takes_too_long_is_ended(good: bytes) -> None:
    assert "过于复杂" in refusal(good, "a.xlsx", wall_seconds=0.02)


def test_macros_are_refused(
    good: bytes, repack: Callable[..., bytes], make_xls: Callable[..., bytes]
) -> None:
    assert "宏" in refusal(repack(good, {"xl/vbaProject.bin": b"x"}), "a.xlsx")
    assert "宏" in refusal(good, "a.xlsm")
    assert "宏" in refusal(make_xls(ROWS) + "_VBA_PROJECT".encode("utf-16-le"), "a.xls")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_document_types_and_entities_are_refused(
    good: bytes, repack: Callable[..., bytes], part: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        body = archive.read(part)
    body = body.removeprefix(b'<?xml version="1.0"?>')
    entity = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + body

    assert "不安全的内容" in refusal(repack(good, {part: entity}), "a.xlsx")
    wide = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a []><a/>'.encode("utf-16")
    assert "不安全的内容" in refusal(repack(good, {part: wide}), "a.xlsx")


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_truncated_workbook_is_refused(good: bytes, share: float) -> None:
    assert "已损坏" in refusal(good[: int(len(good) * share)], "a.xlsx")


def test_damage_inside_a_valid_archive_is_refused(
    good: bytes, repack: Callable[..., bytes], make_xls: Callable[..., bytes]
) -> None:
    assert "已损坏" in refusal(repack(good, {"xl/workbook.xml": b"<workbook"}), "a.xlsx")
    assert "已损坏" in refusal(make_xls(ROWS)[:700], "a.xls")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert "已损坏" in refusal(buffer.getvalue(), "a.xlsx")


def test_csv_that_is_not_text_or_not_closed_is_refused() -> None:
    assert "文字编码" in refusal("姓名,科室\n甲,乙\n".encode("utf-16"), "a.csv")
    assert "文字编码" in refusal(b"\x81\xff\xff,\x80\n", "a.csv")
    assert "引号" in refusal('姓名,科室\n"甲,乙\n'.encode(), "a.csv")


def test_a_table_with_too_much_text_is_refused() -> None:
    content = ("姓名,科室\n" + f"{'甲' * 1000},乙\n" * 3).encode()

    assert "内容过多" in refusal(content, "a.csv", max_text=2500)


def test_the_reader_imports_nothing_from_pythonpath_or_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, good: bytes
) -> None:
    (tmp_path / "pandas.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert len(read_sheet(good, filename="a.xlsx", headers=COLUMNS).rows) == 1


def resident() -> int:
    """Megabytes of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) >> 10


@pytest.mark.parametrize("kind", ["bomb", "giant", "entities", "macros", "cut", "twice", "slow"])
def test_no_hostile_file_takes_long_or_makes_the_server_grow(
    good: bytes, repack: Callable[..., bytes], kind: str
) -> None:
    """Five seconds of a processor, a hundred megabytes; the clock is generous on a busy machine."""
    part = "xl/worksheets/sheet1.xml"

    def noise() -> bytes:
        cells = (b'<row><c t="str"><v>%x</v></c></row>' % (n * n * 7919) for n in range(400_000))
        return WORKSHEET + b"<sheetData>" + b"".join(cells)

    makers: dict[str, Callable[[], bytes]] = {
        "bomb": lambda: repack(good, {part: WORKSHEET + b" " * (60 << 20)}),
        "giant": lambda: repack(good, {part: WORKSHEET + b'<sheetData><row r="1048576">'
                         b'<c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'}),
        "entities": lambda: repack(good, {part: b'<!DOCTYPE a [<!ENTITY x "y">]>' + WORKSHEET}),
        "macros": lambda: repack(good, {"xl/vbaProject.bin": b"x" * 1000}),
        "cut": lambda: good[: len(good) // 2],
        "twice": lambda: b"PK\x03\x04" + b"a" * (20 << 20),
        "slow": lambda: repack(good, {part: noise()}),
    }  # fmt: skip
    hostile = makers[kind]()
    before, started = resident(), time.process_time()

    assert refusal(hostile, "../" + "名" * 300 + ".xlsx")

    assert resident() - before < 100
    assert time.process_time() - started < 5  # of our own computing: the child has its own limit
