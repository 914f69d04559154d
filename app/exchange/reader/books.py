"""XLSX and XLS: cells as they were typed, a formula as its text; markup that means harm is refused."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from .table import Grid, Unreadable

_MARKUP_BANNED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA_TAG = re.compile(rb"<(?:[A-Za-z0-9]+:)?f[\s/>]")
_CHUNK = 1 << 20

_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, RuntimeError),
    *(KeyError, ValueError, OverflowError),
)


def workbook_sheets(content: bytes, format_: str) -> Iterator[tuple[str, Grid]]:
    """The sheets of a workbook in their order.

    :raises Unreadable: it is damaged, has a password or means harm.
    """
    formulas: dict[str, dict[tuple[int, int], str]] = {}
    if format_ == "xlsx":
        formulas = _formulas(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
    except PasswordError as error:
        raise Unreadable("password", {}) from error
    except (CalamineError, *_DAMAGE) as error:
        raise Unreadable("damaged", {}) from error
    for name in names:
        try:
            found = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (CalamineError, *_DAMAGE) as error:
            raise Unreadable("damaged", {}) from error
        grid = [[_whole(cell) for cell in row] for row in found]
        for (row, column), text in formulas.get(name, {}).items():
            if row < len(grid) and column < len(grid[row]):
                grid[row][column] = text
        yield name, grid


def _whole(cell: Any) -> Any:
    """A number as it was typed: workbooks keep 3 as 3.0."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _formulas(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet name, the cells that hold a formula; refuses markup that declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            markup = [n for n in archive.namelist() if n.endswith((".xml", ".rels", ".vml"))]
            suspects = {name for name in markup if _scan(archive, name)}
            parts = [pair for pair in _sheet_parts(archive) if pair[1] in suspects]
            return {sheet: _formula_cells(archive, part) for sheet, part in parts}
    except _DAMAGE as error:
        raise Unreadable("damaged", {}) from error


def _scan(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a part may hold formulas: one pass in pieces, before anything parses it.

    :raises Unreadable: it declares a document type or entities, or is not written in UTF-8.
    """
    has_formula, tail = False, b""
    with archive.open(name) as part:
        while piece := part.read(_CHUNK):
            if not tail and piece[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
                raise Unreadable("hostile", {})
            window = tail + piece
            if _MARKUP_BANNED.search(window):
                raise Unreadable("hostile", {})
            has_formula = has_formula or bool(_FORMULA_TAG.search(window))
            tail = window[-64:]
    return has_formula


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Sheet names and the archive parts that hold them."""
    sheets: list[tuple[str, ...]] = []
    targets: dict[str, str] = {}

    def workbook(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("sheet"):
            # r:id, in the namespace of either variant of the standard
            keys = [value for word, value in attributes.items() if word.endswith("|id")]
            sheets.append((attributes.get("name", ""), *keys))

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("Relationship"):
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _walk(archive, "xl/workbook.xml", workbook)
    _walk(archive, "xl/_rels/workbook.xml.rels", relation)
    found = [(name, posixpath.join("/xl", targets[key])) for name, key in sheets]
    return [(name, posixpath.normpath(part).lstrip("/")) for name, part in found]


def _formula_cells(archive: zipfile.ZipFile, part: str) -> dict[tuple[int, int], str]:
    cells: dict[tuple[int, int], str] = {}
    place: list[Any] = [0, -1, None]  # row (from 1), column (from 0), formula text or None

    def start(tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition("|")[2]
        if kind == "row":
            place[0] = int(attributes.get("r", place[0] + 1))
            place[1] = -1
        elif kind == "c":
            place[1] = _column_index(attributes["r"]) if "r" in attributes else place[1] + 1
        elif kind == "f":
            place[2] = ""

    def end(tag: str) -> None:
        if tag.rpartition("|")[2] == "f":
            cells[place[0] - 1, place[1]] = f"={place[2]}"
            place[2] = None

    def characters(data: str) -> None:
        if place[2] is not None and len(place[2]) < 200:
            place[2] += data

    _walk(archive, part, start, end, characters)
    return cells


def _column_index(reference: str) -> int:
    index = 0
    for letter in reference.rstrip("0123456789"):
        index = index * 26 + ord(letter) - 64
    return index - 1


def _walk(
    archive: zipfile.ZipFile, part: str, start: Any, end: Any = None, text: Any = None
) -> None:
    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    with archive.open(part) as stream:
        parser.ParseFile(stream)
