"""考核统计: the kept figures of a cycle summed by what physicians have in common, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.enums import (
    AssessmentStatus,
    Category,
    CycleStatus,
    ParticipationStatus,
    PhysicianLevel,
    Procedure,
    Verdict,
)
from app.models import Authority, Cycle, Figure, Institution
from app.queries.assessments import COMPLETED, REPORTED, REVIEWED, TAKING_PART


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How many physicians of one group: by seat, then of those with a case by how far it is."""

    unconfirmed: int = 0
    away: int = 0
    whole: int = 0
    reported: int = 0
    reviewed: int = 0
    completed: int = 0
    passed: int = 0
    failed: int = 0

    def plus(self, other: "Numbers") -> "Numbers":
        """Give both together."""
        return Numbers(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the figures are narrowed to; None: everything in the actor's scope."""

    area: Authority | None = None
    category: Category | None = None
    level: PhysicianLevel | None = None
    procedure: Procedure | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether only some of an area's physicians are meant."""
        return (self.category, self.level, self.procedure) != (None, None, None)

    def criteria(self) -> list[ColumnElement[bool]]:
        """Give them as criteria."""
        found = [
            getattr(Figure, name) == getattr(self, name)
            for name in ("category", "level", "procedure")
            if getattr(self, name) is not None
        ]
        if self.area is not None:
            found.append(Figure.authority_path.startswith(self.area.path, autoescape=True))
        return found


def _seat(status: ParticipationStatus) -> Any:
    # A confirmed physician is counted by the case.
    return case((Figure.seat == status, Figure.number), else_=0)


def _case(criterion: ColumnElement[bool]) -> Any:
    return case((criterion, Figure.number), else_=0)


_MEASURES = {
    "unconfirmed": _seat(ParticipationStatus.UNCONFIRMED),
    "away": _seat(ParticipationStatus.AWAY),
    "whole": _case(Figure.status.in_(sorted(TAKING_PART))),
    "reported": _case(Figure.status.in_(sorted(REPORTED))),
    "reviewed": _case(Figure.status.in_(sorted(REVIEWED))),
    "completed": _case(Figure.status.in_(sorted(COMPLETED))),
    "passed": _case(Figure.result == Verdict.PASS),
    "failed": _case(Figure.result == Verdict.FAIL),
}


def sums(session: Session, cycle_ids: Sequence[int], *, by: Any, part: Part) -> dict[Any, Numbers]:
    """Sum the figures of some cycles in the actor's scope by one column of ``Figure``."""
    statement = (
        select(by, *(func.sum(expression).label(name) for name, expression in _MEASURES.items()))
        .where(Figure.cycle_id.in_(cycle_ids), *part.criteria())
        .group_by(by)
    )
    return {
        row[0]: Numbers(
            **{name: int(value or 0) for name, value in zip(_MEASURES, row[1:], strict=True)}
        )
        for row in session.execute(statement)
    }


def by_status(
    session: Session, cycle_ids: Sequence[int], *, part: Part
) -> dict[AssessmentStatus, int]:
    """Count cases by 考核状态."""
    statement = (
        select(Figure.status, func.sum(Figure.number))
        .where(Figure.cycle_id.in_(cycle_ids), Figure.status.is_not(None), *part.criteria())
        .group_by(Figure.status)
    )
    rows = session.execute(statement)
    return {status: int(number) for status, number in rows if status is not None}


def by_kind(session: Session, cycle_ids: Sequence[int], *, part: Part) -> dict[Any, Numbers]:
    """Sum by 机构类别."""
    kinds = {row.id: row.kind for row in session.execute(select(Institution.id, Institution.kind))}
    found: dict[Any, Numbers] = {}
    for key, numbers in sums(session, cycle_ids, by=Figure.institution_id, part=part).items():
        kind = kinds.get(key)
        if kind is not None:
            found[kind] = found.get(kind, Numbers()).plus(numbers)
    return found


def areas(session: Session, *, above: Authority) -> list[Authority]:
    """List the authorities right below one, in the order of their codes."""
    statement = select(Authority).where(Authority.parent_id == above.id).order_by(Authority.code)
    return list(session.scalars(statement))


def rolled_up(
    by_path: dict[str, Numbers], children: Sequence[Authority]
) -> tuple[dict[int, Numbers], Numbers]:
    """Put paths together under the authorities they go through; and what hangs on none of them."""
    found: dict[int, Numbers] = {}
    own = Numbers()
    paths = {child.path: child.id for child in children}
    for path, numbers in by_path.items():
        key = next((pk for start, pk in paths.items() if path.startswith(start)), None)
        if key is None:
            own = own.plus(numbers)
        else:
            found[key] = found.get(key, Numbers()).plus(numbers)
    return found, own


def cycles_of(session: Session, *, province_id: int | None) -> list[Cycle]:
    """List a province's cycles that have begun, the latest first; None: the open ones of all."""
    statement = select(Cycle).order_by(Cycle.starts_on.desc(), Cycle.id.desc())
    if province_id is None:
        statement = statement.where(Cycle.status == CycleStatus.OPEN)
    else:
        statement = statement.where(
            Cycle.province_id == province_id, Cycle.status != CycleStatus.DRAFT
        )
    return list(session.scalars(statement))


def institutions(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Give the names of institutions in the actor's scope."""
    statement = select(Institution.id, Institution.name).where(Institution.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(statement)}
