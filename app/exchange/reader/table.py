"""Finding the table in a grid of cells: the header row, its columns and the rows below."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

HEADER_ROWS = 10
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_DECORATION = re.compile(rf"[*:：{INVISIBLE}]|\((?:必填|选填)\)")

Grid = Sequence[Sequence[Any]]


class Unreadable(Exception):
    """The file is refused; the argument is the key of the reason, the rest its details."""


def normalise_header(cell: object) -> str:
    """A header without spaces, full-width forms, invisible signs and the marks of a required column."""
    folded = unicodedata.normalize("NFKC", cell if isinstance(cell, str) else "")
    return _DECORATION.sub("", "".join(folded.split())).casefold()


def find_table(sheets: Iterable[tuple[str, Grid]], order: dict[str, Any]) -> dict[str, Any]:
    """The rows of the first sheet that has all required headers.

    :raises Unreadable: no sheet has them, a header stands twice, or there are too many rows.
    """
    best: dict[str, Any] | None = None
    for name, grid in sheets:
        found = header_row(grid, order["headers"])
        if found is None:
            continue
        index, columns, ignored = found
        missing = [word for word in order["required"] if word not in columns.values()]
        if not missing:
            words = list(columns.values())
            if repeated := [word for word in words if words.count(word) > 1]:
                raise Unreadable("repeated_header", {"header": repeated[0]})
            rows = _data_rows(grid, index + 1, columns, order)
            return {"sheet": name, "header_row": index + 1, "columns": words, "ignored": ignored,
                    "rows": rows}  # fmt: skip
        if best is None or len(missing) < len(best["missing"]):
            best = {"missing": missing, "sheet": name, "row": index + 1}
    if best is None:
        raise Unreadable("no_header", {})
    raise Unreadable("missing_column", best)


def header_row(grid: Grid, headers: dict[str, str]) -> tuple[int, dict[int, str], list[str]] | None:
    """Where the headers stand, the known word of each column, and the words not known."""
    best, most = None, 1  # a single known word is a title, not a header row
    for index, row in enumerate(grid[:HEADER_ROWS]):
        columns: dict[int, str] = {}
        ignored: list[str] = []
        for position, cell in enumerate(row):
            word = normalise_header(cell)
            if word in headers:
                columns[position] = headers[word]
            elif word:
                ignored.append(str(cell).strip()[:60])
        if len(set(columns.values())) > most:
            best, most = (index, columns, ignored[:50]), len(set(columns.values()))
    return best


def _data_rows(
    grid: Grid, start: int, columns: dict[int, str], order: dict[str, Any]
) -> list[list[Any]]:
    """Rows as [number in the file, cells…]; a row that holds only its running number is blank."""
    counting = set(order["counting"])
    facts = [position for position, word in columns.items() if word in counting]
    rows: list[list[Any]] = []
    size = 0
    for number, row in enumerate(grid[start:], start + 1):
        if all(_blank(row[position]) for position in facts if position < len(row)):
            continue
        if len(rows) == order["max_rows"]:
            raise Unreadable("too_many_rows", {"limit": order["max_rows"]})
        cells = [row[position] if position < len(row) else None for position in columns]
        size += sum(len(cell) for cell in cells if isinstance(cell, str))
        if size > order["max_text"]:
            raise Unreadable("too_much_text", {})
        rows.append([number, *cells])
    return rows


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip().strip(INVISIBLE))
