"""打开: the institution has looked at a submission, so that it can no longer be taken back (T6)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, Role
from app.models import Assessment
from app.security.actor import Actor


def is_first_look(case: Assessment, *, actor: Actor) -> bool:
    """Say whether the institution looks at this submission for the first time."""
    waits = case.status is AssessmentStatus.AWAITING_INSTITUTION
    return actor.role is Role.INSTITUTION and waits and case.opened_at is None


def note(session: Session, case_id: int, *, at: datetime) -> None:
    """Note the first look at a submission, if nobody has and it still waits.

    No new version: what the reviewer types meanwhile is not overtaken by looking.
    """
    session.execute(
        update(Assessment)
        .where(
            Assessment.id == case_id,
            Assessment.status == AssessmentStatus.AWAITING_INSTITUTION,
            Assessment.opened_at.is_(None),
        )
        .values(opened_at=at)
        .execution_options(synchronize_session=False)
    )
