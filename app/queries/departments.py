"""Departments and their 诊疗科目."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.enums import BodyStatus
from app.models import Department, DepartmentSubject, Physician, Registration, Subject
from app.security.scope_session import KEPT


def subject_names() -> Any:
    """Give the names of a row's 诊疗科目 in the order of their codes, as one expression."""
    names = func.aggregate_strings(Subject.name, "、").aggregate_order_by(Subject.code)
    return (
        select(names)
        .select_from(DepartmentSubject)
        .join(Subject, Subject.id == DepartmentSubject.subject_id)
        .where(
            DepartmentSubject.province_id == Department.province_id,
            DepartmentSubject.department_id == Department.id,
        )
        .correlate(Department)
        .scalar_subquery()
    )


_NAMES = select(Department.id, Department.name).order_by(Department.name, Department.id)
_CHOICES = {
    False: _NAMES.execution_options(**KEPT),
    True: _NAMES.where(Department.status == BodyStatus.ACTIVE).execution_options(**KEPT),
}


def choices(session: Session, *, only_active: bool) -> list[tuple[str, str]]:
    """Give id and name of the departments in the actor's scope, by name."""
    return [(str(pk), name) for pk, name in session.execute(_CHOICES[only_active])]


def physicians(session: Session, *, department_id: int) -> Sequence[Row[int, str, str]]:
    """Give id, name and masked number of a department's physicians, by name."""
    statement = (
        select(Physician.id, Physician.name, Physician.id_masked)
        .where(Physician.department_id == department_id)
        .order_by(Physician.name, Physician.id)
    )
    return session.execute(statement).all()


def physician_count(session: Session, department_id: int) -> int:
    """Count the physicians of a department."""
    statement = select(func.count(Physician.id)).where(Physician.department_id == department_id)
    return session.scalar(statement) or 0


def registration_count(session: Session, department_id: int) -> int:
    """Count the 报名信息 that name a department."""
    statement = select(func.count(Registration.id)).where(
        Registration.department_id == department_id
    )
    return session.scalar(statement) or 0
