"""待匹配 in the actor's scope: tabs, counts, and what was decided."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.enums import ConflictStatus
from app.models import RegistryConflict, TrailEntry


def is_pending() -> ColumnElement[bool]:
    """Choose what waits."""
    return RegistryConflict.status == ConflictStatus.PENDING


def is_decided() -> ColumnElement[bool]:
    """Choose what was decided, or made void by a newer change."""
    return RegistryConflict.status != ConflictStatus.PENDING


def waiting(session: Session, *, province_id: int) -> int:
    """Count what waits in a province, as far as the actor sees it."""
    statement = select(func.count(RegistryConflict.id)).where(
        RegistryConflict.province_id == province_id, is_pending()
    )
    return session.scalar(statement) or 0


def decision(session: Session, conflict_id: int) -> TrailEntry | None:
    """Give the entry that closed a conflict."""
    statement = (
        select(TrailEntry)
        .where(TrailEntry.subject == "registry_conflict", TrailEntry.subject_id == conflict_id)
        .order_by(TrailEntry.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()
