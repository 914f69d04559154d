"""A stranger's spreadsheet becomes rows of raw cells, or is refused in plain words.

Cheap checks are made here; the file itself is opened only in a child process under limits of
memory and time (``reader``), because a file of 1,427 bytes can make a reader ask for
half a terabyte.
"""

import io
import json
import logging
import os
import re
import struct
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.exchange.columns import Column
from app.exchange.reader.table import HEADER_ROWS, normalise_header
from app.refusals import Refusal

_log = logging.getLogger(__name__)
_CHILD = "import sys; sys.path.append(sys.argv[1]); from reader.main import main; main()"
_CHILD_PLACE = str(Path(__file__).parent)  # last in its path: nothing here hides a library
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = {"xlsx": _ZIP, "xls": _OLE}
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class ReadLimits:
    """How much a file may cost. Sizes in bytes, times in seconds."""

    max_bytes: int = 10 * _MEGABYTE
    max_unpacked: int = 200 * _MEGABYTE
    max_ratio: int = 200
    max_entries: int = 2_000
    max_rows: int = 20_000
    max_text: int = 50 * _MEGABYTE
    memory: int = 1536 * _MEGABYTE
    cpu_seconds: int = 4  # of a processor: a file that needs more is refused within five
    wall_seconds: float = 15.0


DEFAULT_LIMITS = ReadLimits()


@dataclass(frozen=True)
class RawRow:
    """One row: its number as the user sees it, and its cells by canonical header."""

    number: int
    cells: Mapping[str, object]


@dataclass(frozen=True)
class Sheet:
    """The table found in a file."""

    rows: tuple[RawRow, ...]
    header_row: int
    sheet_name: str
    ignored_headers: tuple[str, ...]


class SheetRefused(Refusal):
    """The file cannot be imported; the message says what, why and what to do next."""


def read_sheet(
    content: bytes,
    *,
    filename: str,
    headers: Sequence[Column],
    limits: ReadLimits = DEFAULT_LIMITS,
) -> Sheet:
    """Read the first sheet that has the headers, from XLSX, XLS or CSV.

    :raises SheetRefused: the file is not what its name says, too large, hostile, damaged, or
        has no such table.
    """
    format_ = _format_of(content, filename, limits)
    if format_ == "xlsx":
        _check_archive(content, limits)
    answer = _run_child(_order(format_, headers, limits), content, filename, limits)
    words: list[str] = answer["columns"]
    rows = tuple(
        RawRow(
            row[0],
            {
                word: _decoded(cell) if cell.__class__ is dict else cell
                for word, cell in zip(words, row[1:], strict=True)
            },
        )
        for row in answer["rows"]
    )
    return Sheet(rows, answer["header_row"], answer["sheet"], tuple(answer["ignored"]))


def safe_display_name(filename: str) -> str:
    """A file name that may be shown and stored: no path, nothing invisible, at most 80 signs."""
    base = re.split(r"[/\\]", filename)[-1]
    kept = "".join(
        sign for sign in base if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*'
    ).strip(" .")
    if len(kept) > 80:
        stem, dot, extension = kept.rpartition(".")
        tail = f"…{dot}{extension[:10]}" if stem else "…"
        kept = f"{kept[: 80 - len(tail)]}{tail}"
    return kept or "文件"


def _format_of(content: bytes, filename: str, limits: ReadLimits) -> str:
    name = safe_display_name(filename)
    extension = filename.rpartition(".")[2].strip().lower()
    if extension in ("xlsm", "xltm", "xlsb"):
        raise SheetRefused(_l("文件“%(name)s”可能带有宏，请另存为 XLSX 后再上传", name=name))
    if extension not in ("xlsx", "xls", "csv"):
        raise SheetRefused(
            _l("不支持文件“%(name)s”的格式，请上传 XLSX、XLS 或 CSV 文件", name=name)
        )
    if not content.strip():
        raise SheetRefused(_l("文件“%(name)s”是空的，请检查后重新上传", name=name))
    if len(content) > limits.max_bytes:
        raise SheetRefused(
            _l(
                "文件“%(name)s”超过%(limit)sMB，请删除多余内容或拆分后再上传",
                name=name,
                limit=limits.max_bytes // _MEGABYTE,
            )
        )
    if extension == "xlsx" and content.startswith(_OLE):
        raise SheetRefused(
            _l(
                "文件“%(name)s”设有打开密码或不是 XLSX 格式，请取消密码并另存为 XLSX 后再上传",
                name=name,
            )
        )
    magic = _MAGIC.get(extension)
    is_binary = content.startswith((_ZIP, _OLE, b"%PDF", b"\x1f\x8b", b"\x89PNG", b"MZ"))
    if is_binary if magic is None else not content.startswith(magic):
        raise SheetRefused(
            _l("文件“%(name)s”的内容与扩展名不符，请用表格软件打开后另存为 XLSX 再上传", name=name)
        )
    if extension == "xls" and "_VBA_PROJECT".encode("utf-16-le") in content:
        raise SheetRefused(_l("文件“%(name)s”可能带有宏，请另存为 XLSX 后再上传", name=name))
    return extension


def _check_archive(content: bytes, limits: ReadLimits) -> None:
    """Judge the archive by its directory alone, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        raise SheetRefused(_refusal("damaged", {}, "")) from None
    names = {entry.filename.lower() for entry in entries}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise SheetRefused(_l("文件带有宏，为安全起见不能导入，请另存为不带宏的 XLSX 后再上传"))
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > limits.max_entries
        or unpacked > limits.max_unpacked
        or unpacked > limits.max_ratio * max(1, len(content))
    ):
        raise SheetRefused(
            _l("文件解压后过大，像是压缩炸弹，不能导入，请将数据复制到新建的表格后再上传")
        )
    if "[content_types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise SheetRefused(_refusal("damaged", {}, ""))


def _order(format_: str, headers: Sequence[Column], limits: ReadLimits) -> dict[str, Any]:
    """What the child is told: it knows words, not columns."""
    spellings = {
        normalise_header(word): column.header
        for column in headers
        for word in (*column.aliases, column.header)
    }
    return {
        "format": format_,
        "headers": spellings,
        "required": [column.header for column in headers if column.required],
        "counting": [column.header for column in headers if column.attribute],
        "max_rows": limits.max_rows,
        "max_text": limits.max_text,
        "memory": limits.memory,
        "cpu_seconds": limits.cpu_seconds,
    }


def _run_child(
    order: dict[str, Any], content: bytes, filename: str, limits: ReadLimits
) -> dict[str, Any]:
    # Nothing of the server's environment goes along: it holds keys.
    environment = {"OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    environment |= {key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-B", "-c", _CHILD, _CHILD_PLACE],
            input=json.dumps(order).encode() + b"\n" + content,
            capture_output=True,
            timeout=limits.wall_seconds,
            env=environment,
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SheetRefused(_refusal("too_slow", {}, filename)) from None
    if done.returncode != 0:  # killed by a limit, or the reader gave up: both are the file's fault
        trace = done.stderr[-2000:].decode(errors="replace")
        _log.warning("reader ended with %s: %s", done.returncode, trace)
        raise SheetRefused(_refusal("too_much_memory", {}, filename))
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise SheetRefused(_refusal(answer["refused"], answer["details"], filename))
    return answer


def _refusal(key: str, details: Mapping[str, Any], filename: str) -> LazyString:
    """The child's key in the clerk's words."""
    match key:
        case "no_header":
            return _l(
                "在前%(rows)s行中找不到表头，请使用下载的模板，不要修改表头", rows=HEADER_ROWS
            )
        case "missing_column":
            return _l(
                "工作表“%(sheet)s”的第%(row)s行表头缺少必需的列：%(columns)s，请对照模板补齐后再上传",
                sheet=details["sheet"],
                row=details["row"],
                columns="、".join(details["missing"]),
            )
        case "repeated_header":
            return _l("表头“%(header)s”出现了两次，请只保留一列后再上传", header=details["header"])
        case "too_many_rows":
            return _l("数据超过%(limit)s行，请拆分成几个文件后分别上传", limit=details["limit"])
        case "too_much_text":
            return _l("表格内容过多，请拆分成几个文件后分别上传")
        case "not_text":
            return _l("CSV 文件的文字编码无法识别，请另存为 UTF-8 编码的 CSV 或 XLSX 后再上传")
        case "bad_csv":
            return _l("CSV 文件的引号或分隔不完整，请用表格软件打开后另存为 XLSX 再上传")
        case "password":
            return _l("文件设有打开密码，请取消密码后再上传")
        case "hostile":
            return _l("文件含有不安全的内容，不能导入，请将数据复制到新建的表格后再上传")
        case "too_slow" | "too_much_memory":
            return _l(
                "文件“%(name)s”过于复杂或含有异常内容，无法读取，请将数据复制到新建的表格后再上传",
                name=safe_display_name(filename),
            )
        case _:
            return _l("文件已损坏或不是有效的表格，请用表格软件打开后另存为 XLSX 再上传")


def _decoded(cell: Any) -> datetime:
    return datetime.fromisoformat(cell["date"])
