"""The outbox: mails are claimed, sent outside any transaction, and marked one by one.

At least once: a process that dies between sending and marking sends that one mail again, under
the same Message-ID. A mail that fails waits longer each time and is given up after ten tries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import MailOutbox
from app.queries.messages import words
from app.security.actor import unscoped

TRIES = 10
LEASE = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)

log = structlog.get_logger(__name__)


class MailNotSent(RuntimeError):
    """A transport could not hand a mail over; the message says why, without the address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in words; it says that there is news, never what of whom."""

    id: int
    address: str
    subject: str
    body: str


class Transport(Protocol):
    """What hands a mail over."""

    def send(self, mail: Mail) -> None:
        """Hand it over.

        :raises MailNotSent: it was not taken.
        """


def deliver(
    session: Session,
    *,
    at: datetime,
    transport: Transport,
    limit: int = 100,
    settle: Callable[[], None],
    address: str = "",
) -> int:
    """Send what waits and return how many were taken by the transport; for a periodic task.

    :param settle: makes lasting what was written so far, the caller's ``session.commit``: no
        transaction is open while a server is spoken to, and every mail is marked at once.
    :param address: the site's address, said at the end of each mail.
    """
    with unscoped("the outbox belongs to nobody"):
        mails = [_written(row, address) for row in _claimed(session, at=at, limit=limit)]
        settle()
        sent = 0
        for mail in mails:
            try:
                transport.send(mail)
            except MailNotSent as failure:
                log.warning("mail not sent", mail=mail.id, problem=str(failure))
                _postpone(session, mail.id, str(failure), at=at)
            else:
                _mark(session, mail.id, sent_at=at, next_try_at=None, problem=None)
                sent += 1
            settle()
    return sent


def _claimed(session: Session, *, at: datetime, limit: int) -> Sequence[MailOutbox]:
    """Take mails for a quarter of an hour: another process leaves them alone."""
    rows = session.scalars(
        select(MailOutbox)
        .where(MailOutbox.next_try_at <= at)
        .order_by(MailOutbox.next_try_at, MailOutbox.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.attempts += 1
        row.next_try_at = at + LEASE
    session.flush()  # the claim is the caller's to make lasting
    return rows


def _written(row: MailOutbox, address: str) -> Mail:
    with force_locale(row.language):
        lines = [
            words(row.subject),
            _("请登录“医师定期考核信息登记管理系统”，在“消息”中查看详情。"),
            address,
            _("本邮件由系统发送，请勿回复。如不再需要，可在“消息设置”中关闭。"),
        ]
        subject = _("【医师定期考核】%(title)s", title=words(row.subject))
    return Mail(row.id, row.address, subject, "\n\n".join(text for text in lines if text) + "\n")


def _postpone(session: Session, pk: int, problem: str, *, at: datetime) -> None:
    row = session.get_one(MailOutbox, pk, populate_existing=True)
    wait: timedelta = min(FIRST_WAIT * 2 ** (row.attempts - 1), LONGEST_WAIT)
    following = at + wait if row.attempts < TRIES else None
    _mark(session, pk, sent_at=None, next_try_at=following, problem=problem[:255])


def _mark(session: Session, pk: int, **values: Any) -> None:
    session.execute(
        update(MailOutbox)
        .where(MailOutbox.id == pk)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
