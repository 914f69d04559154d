"""The sweeps of periodic tasks: each clears up what is due by now, as the system, and counts it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app.enums import AccountState, JobStatus
from app.models import Account, Job, JobFile, JobFilePart, RosterUpload, WebSession
from app.operations import login_guard as guard

CODES_KEPT = timedelta(days=7)  # so that a code that came too late is told from a wrong one
_FINAL = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)
_AT_ONCE = 200  # jobs a slot; their files may be large


def initial_passwords(session: Session, *, at: datetime) -> int:
    """Forget the one-time codes of initial states that ended; they opened nothing any more."""
    over = (
        Account.state == AccountState.INITIAL,
        Account.initial_code.is_not(None),
        Account.initial_until < at - CODES_KEPT,
    )
    changed = session.scalars(
        update(Account).where(*over).values(initial_code=None).returning(Account.id)
    )
    return len(changed.all())


def login_guard(session: Session, *, at: datetime) -> int:
    """Forget failed logins that close nothing any more."""
    return guard.forget_stale(session, at=at)


def web_sessions(session: Session, *, at: datetime) -> int:
    """Delete sessions that have ended."""
    return _deleted(session, WebSession, WebSession.expires_at < at)


def roster_uploads(session: Session, *, at: datetime) -> int:
    """Delete uploaded rosters that nobody can import any more."""
    return _deleted(session, RosterUpload, RosterUpload.expires_at <= at)


def ended_jobs(session: Session, *, at: datetime) -> int:
    """Delete jobs past their days, with their files."""
    over = select(Job.id).where(Job.expires_at <= at, Job.state.in_(_FINAL)).order_by(Job.id)
    jobs = session.scalars(over.limit(_AT_ONCE)).all()
    files = select(JobFile.id).where(JobFile.job_id.in_(jobs))
    _deleted(session, JobFilePart, JobFilePart.file_id.in_(files))
    _deleted(session, JobFile, JobFile.job_id.in_(jobs))
    return _deleted(session, Job, Job.id.in_(jobs))


def _deleted(session: Session, model: Any, criterion: ColumnElement[bool]) -> int:
    gone = session.scalars(delete(model).where(criterion).returning(model.id))
    return len(gone.all())
