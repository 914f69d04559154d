"""测评场次: those of a cycle, and the one in which somebody may sit a paper now."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import SessionRound
from app.exams import timing
from app.models import ExamSession, Paper
from app.periods import local_time


def of_cycle(session: Session, cycle_id: int) -> Sequence[ExamSession]:
    """Read the sessions of a cycle, the earliest first."""
    order = (ExamSession.starts_on, ExamSession.opens, ExamSession.id)
    statement = select(ExamSession).where(ExamSession.cycle_id == cycle_id).order_by(*order)
    return session.scalars(statement).all()


def fitting(sessions: Sequence[ExamSession], paper: Paper) -> list[ExamSession]:
    """Choose those that a paper of this name and round is sat in."""
    wanted = SessionRound.FIRST if paper.round == 1 else SessionRound.MAKEUP
    return [
        one
        for one in sessions
        if paper.name in one.papers and one.round in (SessionRound.ANY, wanted)
    ]


def is_open(one: ExamSession, *, at: datetime) -> bool:
    """Say whether somebody may begin in it at this instant."""
    return timing.is_open(
        local_time(at), starts_on=one.starts_on, last_day=one.last_day, opens=one.opens,
        closes=one.closes, late=one.late_minutes,
    )  # fmt: skip


def open_now(sessions: Sequence[ExamSession], *, at: datetime) -> ExamSession | None:
    """Give the one that is open, or None."""
    return next((one for one in sessions if is_open(one, at=at)), None)
