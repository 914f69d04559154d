"""考核进度汇总: the cases of the current cycle counted by what they have in common, set-based."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, Verdict
from app.models import Assessment, Department, Institution, Physician
from app.queries import assessments


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of one group stand in one status with one result."""

    group: Any
    status: AssessmentStatus
    result: Verdict | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What cases are grouped by; ``by`` is a column, ``join`` reaches it from the case."""

    name: str
    label: Any
    by: Any
    join: Callable[[Any], Any] = lambda statement: statement
    is_over_institutions: bool = False


def _with_physician(statement: Any) -> Any:
    return statement.join(Physician, Physician.id == Assessment.physician_id)


def _with_department(statement: Any) -> Any:
    with_physician = _with_physician(statement)
    return with_physician.join(Department, Department.id == Physician.department_id)


def _with_institution(statement: Any) -> Any:
    return statement.join(Institution, Institution.id == Assessment.institution_id)


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(
        name="institution",
        label=_l("医疗卫生机构"),
        by=Institution.name,
        join=_with_institution,
        is_over_institutions=True,
    ),
    Dimension(name="department", label=_l("科室"), by=Department.name, join=_with_department),
    Dimension(name="category", label=_l("执业类别"), by=Physician.category, join=_with_physician),
    Dimension(name="procedure", label=_l("考核程序"), by=Assessment.procedure),
)


def tallies(session: Session, dimension: Dimension, *, province_id: int | None) -> Sequence[Tally]:
    """Count the current cycle's cases in the actor's scope: one statement.

    Departments of the same name in several institutions count together.
    """
    statement = (
        dimension.join(select(dimension.by, Assessment.status, Assessment.result, func.count()))
        .where(
            assessments.in_current_cycle(province_id=province_id),
            assessments.in_states(assessments.TAKING_PART),
        )
        .group_by(dimension.by, Assessment.status, Assessment.result)
        .order_by(dimension.by)
    )
    return [Tally(*row) for row in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class DepartmentProgress:
    """How far the cases of one department have come, in numbers of physicians."""

    department_id: int
    name: str
    whole: int
    reported: int
    reviewed: int
    completed: int


def by_department(session: Session, *, cycle_id: int) -> list[DepartmentProgress]:
    """Count a cycle's cases in the actor's scope by department: one statement."""

    def number(states: frozenset[AssessmentStatus]) -> Any:
        return func.count(case((assessments.in_states(states), Assessment.id)))

    statement = (
        _with_department(
            select(
                Department.id,
                Department.name,
                number(assessments.TAKING_PART),
                number(assessments.REPORTED),
                number(assessments.REVIEWED),
                number(assessments.COMPLETED),
            ).select_from(Assessment)
        )
        .where(Assessment.cycle_id == cycle_id)
        .group_by(Department.id, Department.name)
        .order_by(Department.id)
    )
    return [DepartmentProgress(*row) for row in session.execute(statement)]
