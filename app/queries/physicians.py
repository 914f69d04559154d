"""Physicians of the actor's scope and their 参加 in a cycle."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, extract, select
from sqlalchemy.orm import Session

from app.enums import ParticipationStatus, Role
from app.models import (
    Assessment,
    Department,
    Identity,
    Institution,
    Participation,
    Physician,
    Transfer,
)


def is_unconfirmed() -> ColumnElement[bool]:
    """Choose the tab 未确认参加."""
    return Participation.status == ParticipationStatus.UNCONFIRMED


def is_confirmed() -> ColumnElement[bool]:
    """Choose the tab 已确认参加."""
    return Participation.status == ParticipationStatus.CONFIRMED


def is_away() -> ColumnElement[bool]:
    """Choose the tab 离岗: who takes no part for now."""
    return Participation.status == ParticipationStatus.AWAY


def about(anchor: Any, criterion: ColumnElement[bool]) -> ColumnElement[bool]:
    """Turn a criterion on physicians into one on the anchor of a list, without a join."""
    if anchor is Physician:
        return criterion
    found: ColumnElement[bool] = anchor.physician_id.in_(select(Physician.id).where(criterion))
    return found


def at_institutions(anchor: Any, criterion: ColumnElement[bool]) -> ColumnElement[bool]:
    """Turn a criterion on institutions into one on the anchor of a list, without a join."""
    found: ColumnElement[bool] = anchor.institution_id.in_(select(Institution.id).where(criterion))
    return found


def age(today: date) -> Any:
    """Give completed years of age in SQL, the same as ``periods.full_years``."""
    born = Physician.birth_date
    day = extract("month", born) * 100 + extract("day", born)
    years = today.year - extract("year", born)
    return cast(years - case((day > today.month * 100 + today.day, 1), else_=0), Integer)


def with_physician(statement: Select[Any]) -> Select[Any]:
    """Join the physician of a participation."""
    return statement.join(Physician, Physician.id == Participation.physician_id)


def with_case(statement: Select[Any]) -> Select[Any]:
    """Join the case of a participation, where there is one."""
    return statement.outerjoin(
        Assessment,
        (Assessment.province_id == Participation.province_id)
        & (Assessment.participation_id == Participation.id),
    )


def with_bodies(statement: Select[Any]) -> Select[Any]:
    """Join the department and the institution of a physician."""
    return statement.outerjoin(Department, Department.id == Physician.department_id).outerjoin(
        Institution, Institution.id == Physician.institution_id
    )


def identity_id(session: Session, physician_id: int) -> int:
    """Give the physician's identity in the actor's scope.

    :raises NoResultFound: there is none.
    """
    statement = select(Identity.id).where(
        Identity.physician_id == physician_id, Identity.role == Role.PHYSICIAN, Identity.is_active
    )
    return session.scalars(statement).one()


def transfers(session: Session, physician_id: int) -> list[Transfer]:
    """List where the physician came from, the latest first, as far as the actor sees it."""
    statement = select(Transfer).where(Transfer.physician_id == physician_id)
    return list(session.scalars(statement.order_by(Transfer.id.desc())))
