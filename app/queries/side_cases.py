"""免考 and 延考 as lists read them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.models import (
    Assessment,
    Cycle,
    Deferral,
    Department,
    Exemption,
    Institution,
    Paper,
    Physician,
    Sitting,
)
from app.queries import assessments

Model = type[Exemption] | type[Deferral] | type[Paper] | type[Sitting]


def details(model: Model) -> Callable[[Select[Any]], Select[Any]]:
    """Join what the columns of cases show."""

    def join(statement: Select[Any]) -> Select[Any]:
        return (
            statement.outerjoin(Assessment, Assessment.id == model.assessment_id)
            .outerjoin(Physician, Physician.id == Assessment.physician_id)
            .outerjoin(Department, Department.id == Physician.department_id)
            .outerjoin(Institution, Institution.id == Assessment.institution_id)
        )

    return join


def of_cases(model: Model, criterion: ColumnElement[bool]) -> ColumnElement[bool]:
    """Match the requests of the cases that a criterion finds."""
    return model.assessment_id.in_(select(Assessment.id).where(criterion))


def in_current_cycle(model: Model, *, province_id: int | None) -> ColumnElement[bool]:
    """Match the requests of the province's open cycle."""
    return of_cases(model, assessments.in_current_cycle(province_id=province_id))


def find(session: Session, model: Model, request_id: int) -> Any:
    """Give a request with its case, physician and evidence, or None."""
    statement = (
        select(model)
        .join(model.assessment)
        .join(Assessment.physician)
        .where(model.id == request_id)
        .options(
            contains_eager(model.assessment).options(
                contains_eager(Assessment.physician).joinedload(Physician.department),
                joinedload(Assessment.institution),
                joinedload(Assessment.cycle).selectinload(Cycle.windows),
            ),
        )
    )
    return session.scalars(statement).unique().one_or_none()


def next_waiting(
    session: Session, model: Model, queue: tuple[ColumnElement[bool], ...], *, after: int
) -> int | None:
    """Give the request that waits behind one, else the first other one, or None."""

    def first(*extra: ColumnElement[bool]) -> Any:
        found = select(model.id).where(*queue, *extra).order_by(model.id).limit(1)
        return found.scalar_subquery()

    row = session.execute(
        select(first(model.id > after).label("later"), first(model.id != after).label("other"))
    ).one()
    found: int | None = row.later if row.later is not None else row.other
    return found
