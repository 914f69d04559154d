"""线下成绩 as a file: a table of the papers that wait, to be filled in and read again by their numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.exchange.columns import CellProblem, Column, Problem, shown, text
from app.exchange.sheet import ReadLimits, read_sheet
from app.exchange.workbook import filled_workbook
from app.operations.papers import in_tenths

MOST = 1000
TITLE = "线下成绩"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line as it was typed; ``number`` is the row in the file, ``tenths`` None: left blank."""

    number: int
    paper_id: int
    name: str
    tenths: int | None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a line cannot be taken."""

    number: int
    problem: Problem


def _paper_number(cell: object) -> int:
    typed = shown(cell)
    if not (typed.isascii() and typed.isdigit() and len(typed) < 17):
        raise CellProblem(_l("应为导出名单中的试卷编号，请不要修改此列"))
    return int(typed)


def _score(cell: object) -> int:
    found = in_tenths(shown(cell))
    if found is None:
        raise CellProblem(_l("成绩应为0至100，最多一位小数。"))
    return found


COLUMNS: tuple[Column, ...] = (
    Column("试卷编号", "paper_id", _paper_number, required=True, note=_l("请不要修改")),
    Column("医疗卫生机构", "", text(max_length=255), width=24),
    Column("姓名", "name", text(max_length=64), required=True, note=_l("用于核对，请不要修改")),
    Column("证件号码", "", text(max_length=64), width=16),
    Column("试卷名称", "", text(max_length=64)),
    Column("场次", "", text(max_length=64)),
    Column("成绩", "tenths", _score, note=_l("百分制，最多一位小数；留空的不录入"), example="85.5"),
)


def template(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Write the papers that wait as a workbook to fill in; ``rows`` are cells by header."""
    return filled_workbook(COLUMNS, title=TITLE, rows=rows)


def read(content: bytes, *, filename: str) -> tuple[list[ScoreRow], list[RowProblem]]:
    """Read a filled-in table; lines without a score are left out.

    :raises SheetRefused: the file is none that can be read, or has too many rows.
    """
    limits = ReadLimits(max_rows=MOST)
    sheet = read_sheet(content, filename=filename, headers=COLUMNS, limits=limits)
    found: list[ScoreRow] = []
    wrong: list[RowProblem] = []
    for row in sheet.rows:
        values, problems = _values(row.cells)
        if problems:
            wrong += [RowProblem(row.number, one) for one in problems]
        elif values["tenths"] is not None:
            found.append(ScoreRow(row.number, values["paper_id"], values["name"], values["tenths"]))
    return found, [*wrong, *_twice(found)]


def _values(cells: Mapping[str, object]) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for column in COLUMNS:
        if not column.attribute:
            continue
        try:
            values[column.attribute] = column.read(cells.get(column.header))
        except CellProblem as problem:
            problems.append(Problem(column.header, problem.message))
    return values, problems


def _twice(rows: Sequence[ScoreRow]) -> list[RowProblem]:
    first: dict[int, int] = {}
    found = []
    for row in rows:
        if row.paper_id in first:
            message = _l("与第%(n)s行是同一份试卷", n=first[row.paper_id])
            found.append(RowProblem(row.number, Problem("试卷编号", message)))
        first.setdefault(row.paper_id, row.number)
    return found
