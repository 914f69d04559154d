"""合并科室: everybody goes to another department, which takes the 诊疗科目 over; the old one is stopped."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, BodyStatus
from app.models import Department, Physician
from app.operations import department_moves, departments
from app.security.actor import Actor
from app.workflows.body import DEPARTMENT


def merge(
    session: Session, source: Department, target: Department, *, actor: Actor, at: datetime
) -> int:
    """Merge one locked department into another and give how many physicians moved.

    :raises StepRefused: the old one cannot be stopped.
    """
    everybody = list(
        session.scalars(select(Physician.id).where(Physician.department_id == source.id))
    )
    department_moves.take_over_subjects(session, source, target)
    moved = department_moves.move_physicians(session, source, target, everybody, actor=actor, at=at)
    words = f"{source.name} → {target.name}"
    for row in (source, target):
        departments.log(session, row, "merge", N_("合并科室"), words, actor=actor, at=at)
    if source.status is BodyStatus.ACTIVE:
        DEPARTMENT.fire(session, source.id, "stop", actor=actor, at=at, comment=words)
    return moved
