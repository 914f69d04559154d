"""The periodic tasks that need the application's configuration, and the message at a job's end.

Imported once, by the assembly; the worker runs what is registered here.
"""

import time
from datetime import UTC, datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy.orm import Session

from app.enums import N_, JobStatus, MessageKind
from app.exchange import webhooks as sending
from app.exchange.registry_client import RegistryMisconfigured, client_of
from app.exchange.registry_sync import sync_due
from app.jobs.kinds import LISTENERS
from app.jobs.periodic import OpenSession, Periodic, register_periodic
from app.models import Job
from app.operations import (
    figures,
    mail,
    messages,
    progress_days,
    reminders,
    snapshots,
    trail_seals,
    uploads,
    webhooks,
)
from app.operations.mail_transport import transport_of
from app.views.clock import now
from app.workflows import deferral, participation, time_outs

log = structlog.get_logger()

_MAILS = 200  # a minute
_ENDED = {
    JobStatus.DONE: N_("您的后台任务已完成"),
    JobStatus.FAILED: N_("您的后台任务未能完成"),
}
_ABOUT = N_("“%(title)s”已结束，结果保留7天，可在任务页面查看和下载。")


def send_mails(open_session: OpenSession, *, at: datetime) -> int:
    """Send the mails that wait; without MAIL_URL none is."""
    with open_session() as session:
        config = current_app.config
        transport = transport_of(
            config["MAIL_URL"], sender=config["MAIL_FROM"], folder=config["DATA_DIR"]
        )
        if transport is None:
            return 0
        return mail.deliver(
            session,
            at=at,
            transport=transport,
            limit=_MAILS,
            settle=session.commit,
            address=config["PUBLIC_URL"],
        )


def send_notices(open_session: OpenSession, *, at: datetime) -> int:
    """Send the notices of status changes that are due, and drop those of long ago."""
    with open_session() as session:
        webhooks.forget_old(session, at=at)
        session.commit()
        ended = 0
        for sent in sending.deliver(session, at=at):
            session.commit()
            ended += sent is not None
        return ended


def hand_in_late_sheets(open_session: OpenSession, *, at: datetime) -> int:
    """Hand in the sheets whose time has run out, some hundreds in each transaction."""
    ended = 0
    while True:
        with open_session() as session:
            some = time_outs.hand_in(session, at=at)
        ended += some
        if not some:
            return ended


def synchronise(open_session: OpenSession, *, at: datetime) -> int:
    """Pull what changed in the registry into the linked provinces; each page has its own time."""
    with open_session() as session:
        if not current_app.config["REGISTRY_URL"]:
            return 0
        try:
            client = client_of(
                current_app.config, clock=lambda: datetime.now(UTC).timestamp(), sleep=time.sleep
            )
        except RegistryMisconfigured as problem:
            log.warning("registry not asked", reason=problem.reason, at=at.isoformat())
            return 0
        return sum(
            run.pages for run in sync_due(session, client=client, now=now, save=session.commit)
        )


def tell_the_person(session: Session, job: Job, at: datetime) -> None:
    """Tell who started a job how it ended; what the system started is nobody's news."""
    if job.account_id is None:
        return
    messages.tell(
        session,
        [job.account_id],
        at=at,
        kind=MessageKind.JOB,
        title=_ENDED[job.state],
        body=_ABOUT,
        parameters={"title": job.title},
        link=f"/jobs/show/{job.id}",
    )


def register() -> None:
    """Make them known; a second call changes nothing."""
    for entry in _PERIODIC:
        register_periodic(entry)
    if tell_the_person not in LISTENERS:
        LISTENERS.append(tell_the_person)


_PERIODIC = (
    Periodic(name="reminders", every=timedelta(hours=1), run=reminders.sweep),
    Periodic(name="deferred_sessions", every=timedelta(hours=1), run=deferral.begin_sessions),
    Periodic(name="time_outs", every=timedelta(seconds=10), outside=hand_in_late_sheets),
    Periodic(name="old_snapshots", every=timedelta(hours=1), run=snapshots.forget_old),
    Periodic(name="absences", every=timedelta(hours=6), run=participation.end_absences),
    Periodic(name="old_messages", every=timedelta(days=1), run=messages.forget_old),
    Periodic(name="figures", every=timedelta(hours=1), run=figures.fold),
    Periodic(name="progress_days", every=timedelta(hours=1), run=progress_days.keep),
    Periodic(name="trail_seals", every=timedelta(minutes=10), run=trail_seals.seal),
    Periodic(name="uploads", every=timedelta(days=1), run=uploads.forget_old),
    Periodic(name="mails", every=timedelta(minutes=1), outside=send_mails),
    Periodic(name="webhooks", every=timedelta(minutes=1), outside=send_notices),
    Periodic(name="registry", every=timedelta(hours=1), outside=synchronise),
)
