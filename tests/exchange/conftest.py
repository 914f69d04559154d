"""Files as clerks and strangers make them, built in memory."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    return DATA


@pytest.fixture
def make_xlsx() -> Callable[..., bytes]:
    """An XLSX of the given sheets: pairs of name and rows."""

    def build(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets:
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    return build


@pytest.fixture
def repack() -> Callable[..., bytes]:
    """The same archive with parts replaced or added."""

    def build(content: bytes, parts: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                if entry.filename not in parts:
                    new.writestr(entry.filename, old.read(entry))
            for name, body in parts.items():
                new.writestr(name, body)
        return buffer.getvalue()

    return build


@pytest.fixture
def make_xls() -> Callable[[Sequence[Sequence[str | float]]], bytes]:
    """A BIFF8 workbook of one sheet, as Excel 97 wrote it (OLE container, one FAT sector)."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def cell(row: int, column: int, value: str | float) -> bytes:
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, str):
            label = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
            return record(0x0204, place + label)
        return record(0x0203, place + struct.pack("<d", value))

    def build(rows: Sequence[Sequence[str | float]]) -> bytes:
        name = "名单"
        bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
        sheet_bof = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)
        tail = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
        start = len(bof) + 4 + 4 + 6 + len(tail) + 4
        head = record(0x0809, bof)
        head += record(0x0085, struct.pack("<IBB", start, 0, 0) + tail) + record(0x000A, b"")
        body = record(0x0809, sheet_bof)
        body += b"".join(
            cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row)
        )
        stream = head + body + record(0x000A, b"")
        stream += b"\0" * (max(4096, -(-len(stream) // 512) * 512) - len(stream))
        return container(stream)

    def container(stream: bytes) -> bytes:
        sectors = len(stream) // 512
        end, free, is_fat = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
        chain = [is_fat, end, *range(3, sectors + 2), end]
        fat = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
        header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
        header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
        header += struct.pack("<109I", 0, *[free] * 108)
        directory = entry("Root Entry", 5, end, 0, child=1) + entry("Workbook", 2, 2, len(stream))
        return header + fat + directory.ljust(512, b"\0") + stream

    def entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        coded = name.encode("utf-16-le") + b"\0\0"
        none = 0xFFFFFFFF
        fields = struct.pack("<HBBIII", len(coded), kind, 1, none, none, child)
        return coded.ljust(64, b"\0") + fields + b"\0" * 36 + struct.pack("<IQ", start, size)

    return build
