"""打开: the institution has looked at a submission, so that it can no longer be taken back (T6)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, Role
from app.models import Assessment
from app.security.actor import Actor


def note(session: Session, case: Assessment, *, actor: Actor, at: datetime) -> bool:
    """Note the first look of the institution at a submission; say whether it was the first.

    No new version: what the reviewer types meanwhile is not overtaken by looking.
    """
    waits = case.status is AssessmentStatus.AWAITING_INSTITUTION
    if actor.role is not Role.INSTITUTION or not waits or case.opened_at is not None:
        return False
    session.execute(
        update(Assessment)
        .where(
            Assessment.id == case.id,
            Assessment.status == AssessmentStatus.AWAITING_INSTITUTION,
            Assessment.opened_at.is_(None),
        )
        .values(opened_at=at)
        .execution_options(synchronize_session=False)
    )
    return True
