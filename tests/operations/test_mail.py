"""Mails: written with their message, sent at least once, tried again later and later."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import MessageKind
from app.models import MailOutbox
from app.operations import messages
from app.operations.mail import FIRST_WAIT, LEASE, TRIES, Mail, MailNotSent, deliver
from app.operations.mail_transport import (
    FileTransport,
    MailSettingInvalid,
    SmtpTransport,
    transport_of,
)
from app.views.clock import now
from tests.support.site import Site
from tests.support.smtp import post_office

AT = now()
TITLE = "报名信息被医疗卫生机构驳回"


def wanting(site: Site, username: str = "hospital", language: str = "zh") -> int:
    """Let somebody want returns by e-mail, and tell something; gives the account."""
    account_id = site.actor(username).account_id
    assert account_id is not None
    with site.session(username) as session:
        messages.prefer(
            session,
            account_id=account_id,
            in_app=MessageKind,
            by_mail=[MessageKind.RETURNED],
            address="clerk@hospital.example",
            language=language,
        )
        messages.tell(
            session,
            [account_id],
            at=AT,
            kind=MessageKind.RETURNED,
            title=TITLE,
            body="请修改后重新提交。驳回原因：%(reason)s",
            parameters={"reason": "张三的材料不全"},
        )
        session.commit()
    return account_id


def send(site: Site, transport: Any, *, at: Any = AT, limit: int = 100) -> int:
    with site.session() as session:
        return deliver(session, at=at, transport=transport, limit=limit, settle=session.commit)


def outbox(site: Site) -> list[tuple[int, Any, Any, str | None]]:
    with site.session() as session:
        rows = session.scalars(select(MailOutbox).order_by(MailOutbox.id))
        return [(row.attempts, row.next_try_at, row.sent_at, row.problem) for row in rows]


def smtp(port: int) -> SmtpTransport:
    made = transport_of(f"smtp://127.0.0.1:{port}", sender="dingkao@health.example", folder=Path())
    assert isinstance(made, SmtpTransport)
    return made


def test_a_mail_says_that_there_is_news_and_nothing_of_whom(site: Site) -> None:
    wanting(site)
    with post_office() as post:
        transport = smtp(post.port)
        assert send(site, transport) == 1
        assert send(site, transport) == 0
        transport.close()

    (raw,) = post.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"] == f"【医师定期考核】{TITLE}"
    assert "clerk@hospital.example" in post.recipients[0]
    assert "张三" not in str(mail.get_content())
    assert outbox(site) == [(1, None, AT, None)]


def test_a_refused_mail_waits_longer_each_time_and_arrives_in_the_end(site: Site) -> None:
    wanting(site)
    with post_office() as post:
        transport = smtp(post.port)
        post.is_refusing = True
        assert send(site, transport) == 0
        later = AT + FIRST_WAIT
        assert outbox(site) == [
            (1, later, None, "the mail server refused the recipient: [451]"),
        ]
        assert send(site, transport, at=later - timedelta(seconds=1)) == 0
        assert send(site, transport, at=later) == 0
        assert outbox(site)[0][:2] == (2, later + 2 * FIRST_WAIT)
        post.is_refusing = False
        assert send(site, transport, at=later + 2 * FIRST_WAIT) == 1
        transport.close()

    assert len(post.mails) == 1
    assert outbox(site)[0][2:] == (later + 2 * FIRST_WAIT, None)


class Broken:
    """A transport that never works."""

    def send(self, mail: Mail) -> None:
        raise MailNotSent("no mail server: ConnectionRefusedError")


def test_a_mail_is_given_up_after_ten_tries(site: Site) -> None:
    wanting(site)
    at = AT
    for _try in range(TRIES):
        assert send(site, Broken(), at=at) == 0
        at += timedelta(days=1)

    assert outbox(site) == [(TRIES, None, None, "no mail server: ConnectionRefusedError")]


class Killed:
    """A process that dies as soon as the server has taken the mail."""

    def send(self, mail: Mail) -> None:
        raise KeyboardInterrupt


def test_a_mail_of_a_process_that_died_is_sent_again(site: Site, tmp_path: Path) -> None:
    wanting(site)
    with pytest.raises(KeyboardInterrupt):
        send(site, Killed())
    files = FileTransport(tmp_path, "dingkao@health.example")

    assert send(site, files, at=AT + LEASE - timedelta(seconds=1)) == 0
    assert send(site, files, at=AT + LEASE) == 1
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_a_mail_speaks_the_language_that_was_asked_for(site: Site, tmp_path: Path) -> None:
    wanting(site, language="en")
    files = FileTransport(tmp_path, "dingkao@health.example")
    assert send(site, files) == 1

    (path,) = tmp_path.glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["Message-ID"].startswith("<message-")
    assert mail["Message-ID"].endswith("@health.example>")


def test_no_password_goes_over_an_open_line(site: Site) -> None:
    wanting(site)
    with post_office() as post:
        url = f"smtp://clerk:secret@127.0.0.1:{post.port}"
        transport = transport_of(url, sender="dingkao@health.example", folder=Path())
        assert send(site, transport) == 0

    assert post.mails == []
    assert outbox(site)[0][3] == "no mail server: SMTPNotSupportedError"


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_a_wrong_setting_is_refused(url: str) -> None:
    with pytest.raises(MailSettingInvalid):
        transport_of(url, sender="dingkao@health.example", folder=Path())
    assert transport_of("", sender="dingkao@health.example", folder=Path()) is None
