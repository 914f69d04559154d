"""滞后医师: whose cases stand still although it is the physician's turn."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, HoldUp, Role
from app.models import Account, Assessment, Identity, Registration

NEARLY_FULL = 80
"""Per cent from which a draft is thought to be forgotten rather than begun."""
PATIENCE = timedelta(days=7)

_REJECTED = (AssessmentStatus.INSTITUTION_REJECTED, AssessmentStatus.AGENCY_REJECTED)


def criterion(kind: HoldUp, *, at: datetime) -> ColumnElement[bool]:
    """Match the cases that stand still for one reason."""
    if kind is HoldUp.REJECTED:
        return Assessment.status.in_(_REJECTED) & (Assessment.status_since <= at - PATIENCE)
    waits = Assessment.status == AssessmentStatus.AWAITING_FORM
    if kind is HoldUp.NEVER_IN:
        never = (
            select(Identity.physician_id)
            .join(Account, Account.id == Identity.account_id)
            .where(Identity.role == Role.PHYSICIAN, Account.last_login.is_(None))
        )
        return waits & Assessment.physician_id.in_(never)
    drafts = select(Registration.participation_id).where(Registration.completeness >= NEARLY_FULL)
    return waits & Assessment.participation_id.in_(drafts)


def counts(session: Session, *, cycle_id: int, at: datetime) -> Mapping[HoldUp, int]:
    """Count the cases of a cycle that stand still, by reason: one statement."""

    def number(kind: HoldUp) -> Any:
        return (
            select(func.count(Assessment.id))
            .where(Assessment.cycle_id == cycle_id, criterion(kind, at=at))
            .scalar_subquery()
            .label(kind.name)
        )

    row = session.execute(select(*(number(kind) for kind in HoldUp))).mappings().one()
    return {kind: row[kind.name] for kind in HoldUp}
