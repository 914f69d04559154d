"""CSV as Chinese offices write it: UTF-8 with or without BOM or GB18030; comma, tab or semicolon."""

import csv
import io
import re
from itertools import islice

from .table import HEADER_ROWS, Grid, Unreadable, header_row

_GUARDED = re.compile(r"'(?='*[=+\-@\t\r\n＝＋－＠])")
_MAX_CELL = 32_767
_DELIMITERS = ",\t;"


def csv_grid(content: bytes, headers: dict[str, str]) -> Grid:
    """The cells of a CSV file; ``headers`` tell which delimiter it uses.

    :raises Unreadable: it is no text, or its quotes are not closed.
    """
    csv.field_size_limit(_MAX_CELL)
    text = _text(content)
    best = max(_DELIMITERS, key=lambda sign: _known_words(text, sign, headers))  # the first wins
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=best))
    except csv.Error:
        raise Unreadable("bad_csv", {}) from None
    # Our own export guards cells that a spreadsheet would run as formulas: undo it.
    return [[cell[1:] if _GUARDED.match(cell) else cell for cell in row] for row in rows]


def _text(content: bytes) -> str:
    if b"\0" in content:
        raise Unreadable("not_text", {})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            pass  # the next encoding is tried; when none is left, the file is refused
    raise Unreadable("not_text", {})


def _known_words(text: str, delimiter: str, headers: dict[str, str]) -> int:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        found = header_row(list(islice(lines, HEADER_ROWS)), headers)
    except csv.Error:
        return 0  # a cell without end; reading with the delimiter that is chosen will say so
    return len(found[1]) if found else 0
