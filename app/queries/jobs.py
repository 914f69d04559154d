"""Long work: what a page asks of one's own jobs and their files."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, false, or_, select
from sqlalchemy.orm import Session, selectinload, undefer

from app.enums import JobStatus
from app.models import Job, JobFile

UNENDED = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})
_IN_SIGHT = 20


def in_sight(session: Session, *, known: Collection[int]) -> Sequence[Job]:
    """Read what has not ended, and the ``known`` jobs whether they have or not; newest first."""
    named = Job.id.in_(sorted(known)) if known else false()
    statement = (
        select(Job)
        .where(or_(Job.state.in_(sorted(UNENDED)), named))
        .order_by(Job.id.desc())
        .limit(_IN_SIGHT)
        .options(selectinload(Job.files))
    )
    return session.scalars(statement).all()


def with_files(session: Session, pk: int) -> Job | None:
    """Read one job with its files."""
    statement = select(Job).where(Job.id == pk).options(selectinload(Job.files))
    return session.scalars(statement).one_or_none()


def file(session: Session, pk: int, *, at: datetime) -> JobFile | None:
    """Read a file that is still kept."""
    statement = select(JobFile).join(Job).where(JobFile.id == pk, Job.expires_at > at)
    return session.scalars(statement).one_or_none()


def first_file(*, is_report: bool) -> ColumnElement[Any]:
    """Select the id of a job's first result, or of its first error report."""
    return (
        select(JobFile.id)
        .where(JobFile.job_id == Job.id, JobFile.is_report == is_report)
        .order_by(JobFile.id)
        .limit(1)
        .correlate(Job)
        .scalar_subquery()
    )


def progress() -> ColumnElement[str]:
    """Select how far a job is, "150 / 600"; nothing while the total is not known."""
    text = cast(Job.done, String) + " / " + cast(Job.total, String)
    return case((Job.total > 0, text), else_="")


def same_open(session: Session, *, kind: str, arguments: Mapping[str, Any]) -> Job | None:
    """Find one's own job that has not ended and was asked for with the same arguments, or more.

    A second click asks for it again.
    """
    statement = (
        select(Job)
        .where(Job.kind == kind, Job.state.in_(sorted(UNENDED)))
        .order_by(Job.id.desc())
        .options(undefer(Job.arguments))
    )
    return next(
        (job for job in session.scalars(statement) if job.arguments.items() >= arguments.items()),
        None,
    )
