"""What can be imported is a target: its columns, how rows are judged, and who writes them.

intake.py carries a file through any target; targets.py lists them.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.enums import ImportKind
from app.exchange.columns import Column, Problem, is_blank, shown
from app.exchange.sheet import RawRow
from app.models import Authority, Institution
from app.operations.department_intake import ProposedDepartment
from app.security.actor import Actor
from app.security.id_numbers import mask_id_number

Owner = Institution | Authority


class RowState(StrEnum):
    """What an import makes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be imported; stored with the upload."""

    only_good_rows: bool = False
    update_existing: bool = False
    create_departments: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a row that exists: what it says and what it would say, numbers masked."""

    header: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A row judged by itself and the file: its facts, or its problems."""

    number: int
    cells: Mapping[str, object]
    facts: Any
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the report, judged against the database.

    ``row_id`` is the row that exists, ``refers`` what a new one hangs on (a department, a case, a
    superior), None where that is still to be made. ``values`` are what an update stores. A changed
    row with problems may not be changed.
    """

    number: int
    state: RowState
    cells: Mapping[str, object]
    facts: Any = None
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    values: Mapping[str, Any] | None = None
    row_id: int | None = None
    refers: int | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would do to what the owner has."""

    target: "Target"
    owner: Owner
    rows: tuple[PlannedRow, ...]
    missing: tuple[ProposedDepartment, ...]
    ignored_headers: tuple[str, ...]

    def of(self, state: RowState) -> tuple[PlannedRow, ...]:
        """The rows of one state, in the order of the file."""
        return tuple(row for row in self.rows if row.state is state)


class Target(ABC):
    """One kind of row that a spreadsheet brings."""

    kind: ClassVar[ImportKind]
    columns: ClassVar[tuple[Column, ...]]
    facts_type: ClassVar[type[Any]]
    sheet_name: ClassVar[str]
    template_title: ClassVar[LazyString]
    error_title: ClassVar[LazyString]
    empty: ClassVar[LazyString]
    name_header: ClassVar[str]
    key_header: ClassVar[str]
    personal: ClassVar[frozenset[str]] = frozenset()
    may_update: ClassVar[bool] = True
    names_departments: ClassVar[bool] = False
    trail_label: ClassVar[str]

    @abstractmethod
    def check(self, rows: Sequence[RawRow], *, today: date) -> Sequence[Checked]:
        """Judge every row by itself and against the rows above it."""

    @abstractmethod
    def place(
        self, session: Session, rows: Sequence[Checked], *, owner: Owner
    ) -> Sequence[PlannedRow]:
        """Judge rows against the database, in statements that do not grow with them."""

    @abstractmethod
    def write(
        self,
        session: Session,
        *,
        new: Sequence[PlannedRow],
        changed: Sequence[PlannedRow],
        owner: Owner,
        actor: Actor,
        at: datetime,
    ) -> tuple[ProposedDepartment, ...]:
        """Store rows that ``place`` let pass, with their trail; what departments came along."""

    def closed(self, session: Session, *, province_id: int | None) -> LazyString | None:
        """Why nothing can be imported in this province, if so."""
        return None

    def missing(
        self, session: Session, rows: Sequence[PlannedRow]
    ) -> tuple[ProposedDepartment, ...]:
        """Departments that rows name and the owner lacks."""
        return ()

    def objection(self, row: PlannedRow, choices: Choices) -> Problem | None:
        """Why a good row cannot be taken with these choices."""
        return None

    def shown_columns(self, row: PlannedRow) -> tuple[str, ...]:
        """What the report shows of a good row beside name and key; see ``shown_headers``."""
        return tuple(seen(row.cells.get(header)) for header in self.shown_headers)

    shown_headers: ClassVar[tuple[str, ...]] = ()

    def name_of(self, row: PlannedRow) -> str:
        """The name as far as it can be told."""
        return getattr(row.facts, "name", "") or seen(row.cells.get(self.name_header))

    def key_of(self, row: PlannedRow) -> str:
        """The key as lists show it: masked where it is personal."""
        return self.masked(self.key_header, seen(row.cells.get(self.key_header)))

    def masked(self, header: str, words: str) -> str:
        """Words of a column as lists show them."""
        return mask_id_number(words) if words and header in self.personal else words

    def told(self, row: PlannedRow, problem: Problem) -> tuple[str, str]:
        """What was typed where the problem is, and why it is refused; personal numbers masked."""
        typed, reason = seen(row.cells.get(problem.header)), str(problem.message)
        if typed and problem.header in self.personal:
            masked = mask_id_number(typed)
            return masked, reason.replace(typed, masked)
        return typed, reason


def seen(cell: object) -> str:
    """A cell as text, empty where nothing visible stands in it."""
    return "" if is_blank(cell) else shown(cell)
