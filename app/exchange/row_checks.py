"""Reading rows by their table of columns: what every target does before its own judgement."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from app.exchange.columns import CellProblem, Column, Problem
from app.exchange.sheet import RawRow
from app.exchange.target import Checked

Judge = Callable[[dict[str, Any]], list[tuple[str, Any]]]


def check_cells(
    rows: Sequence[RawRow],
    columns: Sequence[Column],
    facts_type: type[Any],
    *,
    key: Callable[[Any], object],
    key_header: str,
    judge: Judge = lambda _values: [],
) -> list[Checked]:
    """Read every row; ``judge`` adds problems by attribute, a ``key`` may stand in one row only."""
    facts_of = [column for column in columns if column.attribute]
    headers = {column.attribute: column.header for column in facts_of}
    first_seen: dict[object, int] = {}
    found = []
    for row in rows:
        values, problems = _read(row, facts_of)
        if not problems:
            problems = [Problem(headers[name], message) for name, message in judge(values)]
        facts = None if problems else facts_type(**values)
        if facts is not None:
            first = first_seen.setdefault(key(facts), row.number)
            if first != row.number:
                problems.append(Problem(key_header, repeated(first)))
                facts = None
        found.append(Checked(row.number, row.cells, facts, tuple(problems)))
    return found


def repeated(first: int) -> Any:
    """Say that a row stands in the file already."""
    return _l("与本文件第%(row)s行重复，请只保留一行", row=first)


def _read(row: RawRow, columns: Sequence[Column]) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for column in columns:
        try:
            values[column.attribute] = column.read(row.cells.get(column.header))
        except CellProblem as refusal:
            problems.append(Problem(column.header, refusal.message))
    return values, problems
