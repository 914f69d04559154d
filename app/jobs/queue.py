"""Asking for a job, and calling it off: part of the request's own transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import JobStatus
from app.jobs.engine import enqueue
from app.jobs.kinds import kind_of
from app.models import Job
from app.refusals import Refusal
from app.security.actor import Actor, unscoped

KEPT_FOR = timedelta(days=7)
OPEN = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})


class JobEnded(Refusal):
    """A job that has ended cannot be called off."""


def submit(
    session: Session,
    kind: str,
    *,
    actor: Actor,
    at: datetime,
    title: str,
    arguments: Mapping[str, Any],
    total: int = 0,
) -> Job:
    """Ask for a job that runs as ``actor`` once the caller commits; a rollback leaves none.

    ``arguments`` are ids and plain values that JSON can hold; ``title`` is what the person reads.
    :raises NoSuchKind: unknown kind.
    """
    kind_of(kind)
    job = Job(
        kind=kind,
        title=title[:255],
        state=JobStatus.QUEUED,
        arguments=dict(arguments),
        actor={"role": actor.role.name, "name": actor.name, "body": actor.body},
        total=total,
        asked_at=at,
        expires_at=at + KEPT_FOR,
        account_id=actor.account_id,
        identity_id=actor.identity_id,
        province_id=actor.province_id,
        authority_path=actor.authority_path,
        institution_id=actor.institution_id,
        agency_id=actor.agency_id,
    )
    with unscoped("a job belongs to the actor that it was made from"):
        session.add(job)
        session.flush()  # its id goes to the engine
    enqueue(session, job.id)
    return job


def cancel(session: Session, job: Job, *, at: datetime) -> None:
    """Call a job off: what is done stays, no further chunk starts.

    :raises JobEnded: it was over already.
    """
    session.refresh(job, with_for_update=True)
    if job.state not in OPEN:
        raise JobEnded(_l("该任务已经结束，不能取消。"))
    job.state = JobStatus.CANCELLED
    job.ended_at = at
    job.expires_at = at + KEPT_FOR
    session.flush()  # the worker's next chunk must find it
