"""到时自动交卷: sheets whose time has run out are handed in by the server, each exactly once.

A sweep over what is due: also after a night in which no server was up.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exams.timing import GRACE
from app.models import AnswerSheet, Paper, Sitting
from app.queries.among import among
from app.security.actor import SYSTEM
from app.workflows.bulk import fire_many
from app.workflows.paper import PAPER

AT_ONCE = 500


def hand_in(session: Session, *, at: datetime) -> int:
    """Hand in the next sheets that are due and say how many papers that ended; none: all done."""
    s = AnswerSheet
    due = session.scalars(
        select(Sitting.paper_id)
        .join(s, s.sitting_id == Sitting.id)
        .where(s.closed_at.is_(None), s.paused_at.is_(None), s.deadline < at - GRACE)
        .order_by(s.deadline)
        .limit(AT_ONCE)
    ).all()
    if not due:
        return 0
    outcome = fire_many(
        PAPER, session, among(session, Paper.id, due), "time_out", actor=SYSTEM, at=at
    )
    return len(outcome.done)
