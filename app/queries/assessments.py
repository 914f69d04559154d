"""Cases: what the lists select from, a case with what a page shows of it, its place in a queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload

from app.enums import AssessmentStatus, CycleStatus, Procedure
from app.models import (
    Assessment,
    Cycle,
    Department,
    Institution,
    Participation,
    Physician,
    Registration,
    TrailEntry,
)
from app.queries.trail import READ

TAKING_PART = frozenset(AssessmentStatus) - {AssessmentStatus.HALTED}
REPORTED = TAKING_PART - {AssessmentStatus.AWAITING_FORM}
REVIEWED = frozenset(
    {
        AssessmentStatus.AWAITING_AGENCY,
        AssessmentStatus.AWAITING_EXAM,
        AssessmentStatus.DEFERRED,
        AssessmentStatus.AWAITING_MAKEUP,
        AssessmentStatus.AWAITING_VERDICT,
        AssessmentStatus.COMPLETED,
    }
)
COMPLETED = frozenset({AssessmentStatus.COMPLETED})
PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in its queue, first come first; ``number`` is None once it has left."""

    number: int | None
    total: int
    before: int | None
    after: int | None
    first: int | None


def in_current_cycle(*, province_id: int | None) -> ColumnElement[bool]:
    """Match cases of the province's open cycle, or of every open one for the nation."""
    open_ones = select(Cycle.id).where(Cycle.status == CycleStatus.OPEN)
    if province_id is None:
        return Assessment.cycle_id.in_(open_ones)
    latest = (
        open_ones.where(Cycle.province_id == province_id)
        .order_by(Cycle.starts_on.desc(), Cycle.id.desc())
        .limit(1)
    )
    return Assessment.cycle_id == latest.scalar_subquery()


def waiting(
    status: AssessmentStatus, procedure: Procedure, *, province_id: int | None
) -> tuple[ColumnElement[bool], ...]:
    """Match the queue of one procedure in one state of the current cycle."""
    return (
        in_current_cycle(province_id=province_id),
        Assessment.status == status,
        Assessment.procedure == procedure,
    )


def in_states(states: frozenset[AssessmentStatus]) -> ColumnElement[bool]:
    """Match cases in any of the states; all of them is no condition."""
    if states == frozenset(AssessmentStatus):
        return true()
    return Assessment.status.in_(sorted(states, key=list(AssessmentStatus).index))


def of_physicians(criterion: ColumnElement[bool]) -> ColumnElement[bool]:
    """Match cases of the physicians that a criterion finds."""
    return Assessment.physician_id.in_(select(Physician.id).where(criterion))


def of_departments(criterion: ColumnElement[bool]) -> ColumnElement[bool]:
    """Match cases of the physicians of the departments that a criterion finds."""
    return of_physicians(Physician.department_id.in_(select(Department.id).where(criterion)))


def of_institutions(criterion: ColumnElement[bool]) -> ColumnElement[bool]:
    """Match cases of the institutions that a criterion finds."""
    return Assessment.institution_id.in_(select(Institution.id).where(criterion))


def in_area(model: Any, path: str) -> ColumnElement[bool]:
    """Match rows of the bodies under an authority, itself included."""
    found: ColumnElement[bool] = model.authority_path.startswith(path, autoescape=True)
    return found


def departments(session: Session) -> list[tuple[int, str]]:
    """Give id and name of the departments in the actor's scope, for a choice."""
    rows = session.execute(select(Department.id, Department.name).order_by(Department.id))
    return [(row.id, row.name) for row in rows]


_DEPARTMENT = contains_eager(Assessment.physician).joinedload(Physician.department)
_REGISTRATION = joinedload(Assessment.participation).joinedload(Participation.registration)
_HEAD = (
    _DEPARTMENT,
    contains_eager(Assessment.physician).options(
        defer(Physician.id_number),
        defer(Physician.qualification_code),
        defer(Physician.licence_code),
    ),
    joinedload(Assessment.institution),
    joinedload(Assessment.cycle).selectinload(Cycle.windows),
    _REGISTRATION.joinedload(Registration.department),
    _REGISTRATION.joinedload(Registration.specialty),
)
_PRACTICE = (_REGISTRATION.selectinload(Registration.experiences),)
_WORK = (
    _REGISTRATION.selectinload(Registration.work_years),
    _REGISTRATION.selectinload(Registration.ethics_answers),
    joinedload(Assessment.participation).selectinload(Participation.attachments),
    selectinload(Assessment.opinions),
    selectinload(Assessment.conduct_records),
    selectinload(Assessment.outside_opinions),
    contains_eager(Assessment.physician).selectinload(Physician.penalties),
)


def find(session: Session, case_id: int, *, step: str) -> Assessment | None:
    """Give a case with what one step of its page shows ("info", "work" or "log"), or None.

    PAPER stands for all steps at once.

    The numbers that identify the physician are not read.
    """
    work = (*_WORK, joinedload(Assessment.disqualifying_acts))
    parts = {"info": _PRACTICE, "work": work, PAPER: (*_PRACTICE, *work)}.get(step, ())
    statement = (
        select(Assessment)
        .join(Assessment.physician)
        .where(Assessment.id == case_id)
        .options(*_HEAD, *parts)
    )
    return session.scalars(statement).unique().one_or_none()


def trail_of(session: Session, *, participation_id: int) -> Sequence[TrailEntry]:
    """List what happened to a case, oldest first; who merely read it is for the audit."""
    statement = (
        select(TrailEntry)
        .where(TrailEntry.participation_id == participation_id, TrailEntry.action != READ)
        .order_by(TrailEntry.id)
    )
    return session.scalars(statement).all()


def place_in(session: Session, case: Assessment, queue: tuple[ColumnElement[bool], ...]) -> Place:
    """Find a case's place among those that wait, and its neighbours, in one statement.

    A case that has left the queue gets the neighbours it would have.
    """
    at, key = case.submitted_at, case.id
    since = Assessment.submitted_at
    earlier = or_(since < at, and_(since == at, Assessment.id < key))
    later = or_(since > at, and_(since == at, Assessment.id > key))

    def count(*extra: Any) -> Any:
        return select(func.count(Assessment.id)).where(*queue, *extra).scalar_subquery()

    def nearest(*order: Any, among: tuple[Any, ...] = ()) -> Any:
        found = select(Assessment.id).where(*queue, *among).order_by(*order).limit(1)
        return found.scalar_subquery()

    total, ahead, is_in, before, after, first = session.execute(
        select(
            count(),
            count(earlier),
            count(Assessment.id == key),
            nearest(since.desc(), Assessment.id.desc(), among=(earlier,)),
            nearest(since, Assessment.id, among=(later,)),
            nearest(since, Assessment.id),
        )
    ).one()
    return Place(ahead + 1 if is_in else None, total, before, after, first)


def for_batch(
    session: Session, criterion: ColumnElement[bool], *, limit: int
) -> Sequence[Assessment]:
    """Give the cases of a queue with everything that decides whether they are routine."""
    statement = (
        select(Assessment)
        .join(Assessment.physician)
        .where(criterion)
        .order_by(Assessment.submitted_at, Assessment.id)
        .limit(limit)
        .options(*_HEAD, *_WORK, selectinload(Assessment.disqualifying_acts))
    )
    return session.scalars(statement).unique().all()
