"""站内信: telling many accounts by one statement, and what somebody does with the own inbox."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Select, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.enums import MessageKind
from app.models import Account, MailAddress, MailOutbox, Message, MessagePreference
from app.operations.trail import msgid
from app.queries.among import among
from app.queries.messages import REQUIRED
from app.refusals import Refusal
from app.security.actor import unscoped
from app.security.scope_session import SetBased

KEPT = timedelta(days=730)


class AddressInvalid(Refusal):
    """An e-mail address that cannot be one, or kinds by e-mail without an address."""

    field = "address"


def word(label: str | LazyString) -> dict[str, str]:
    """Give a parameter that is translated for the reader: a status, the name of a window."""
    return {"msgid": msgid(label)}


def tell(
    session: Session,
    account_ids: Iterable[int] | Select[Any],
    *,
    at: datetime,
    kind: MessageKind,
    title: str,
    body: str = "",
    parameters: Mapping[str, Any] | None = None,
    link: str | None = None,
    once: str | None = None,
) -> int:
    """Write one message to each account and return how many were written.

    ``title`` and ``body`` are msgids; the title, which is the subject of mails as well, gets no
    parameters and so holds nothing personal. ``account_ids`` may be a SELECT of ids, twice the
    same counts once. With ``once`` an account that was told under this key is left out. Who
    switched the kind off is left out, who wants it by e-mail gets a row in the outbox; both in
    the caller's transaction.
    """
    if parameters:
        _ = body % parameters  # a missing one must not wait for the reader
    session.flush()  # under the caller's own scope, which is lifted below
    with unscoped("a message goes to accounts that the one who causes it may not see"):
        people = _people(session, account_ids)
        head: list[Any] = [title, {}]
        _post(session, people, kind=kind, subject=head, once=once, at=at)
        values = {
            "kind": kind,
            "title": head,
            "body": [body, dict(parameters or {})],
            "link": link,
            "once": once,
            "created_at": at,
        }
        source = select(people.c.account_id, *_literals(Message, values))
        if kind not in REQUIRED:
            source = source.where(people.c.account_id.not_in(_muted(kind)))
        return _insert(session, Message, ["account_id", *values], source)


def _people(session: Session, account_ids: Iterable[int] | Select[Any]) -> Any:
    if isinstance(account_ids, Select):
        chosen = account_ids.subquery()
        return select(next(iter(chosen.c)).label("account_id")).distinct().subquery()
    ids = list(account_ids)
    return select(Account.id.label("account_id")).where(among(session, Account.id, ids)).subquery()


def _muted(kind: MessageKind) -> Any:
    return select(MessagePreference.account_id).where(
        MessagePreference.kind == kind, MessagePreference.in_app.is_(False)
    )


def _post(
    session: Session,
    people: Any,
    *,
    kind: MessageKind,
    subject: list[Any],
    once: str | None,
    at: datetime,
) -> None:
    """Put a mail into the outbox for those who want the kind by e-mail."""
    values = {"subject": subject, "created_at": at, "next_try_at": at, "attempts": 0}
    source = (
        select(MailAddress.address, MailAddress.language, *_literals(MailOutbox, values))
        .join(MessagePreference, MessagePreference.account_id == MailAddress.account_id)
        .where(
            MessagePreference.kind == kind,
            MessagePreference.by_mail,
            MailAddress.account_id.in_(select(people.c.account_id)),
        )
    )
    if once is not None:
        told = select(Message.account_id).where(Message.once == once)
        source = source.where(MailAddress.account_id.not_in(told))
    _insert(session, MailOutbox, ["address", "language", *values], source)


def _literals(model: Any, values: Mapping[str, Any]) -> list[Any]:
    return [
        literal(value, type_=getattr(model, name).type).label(name)
        for name, value in values.items()
    ]


def _insert(session: Session, model: Any, names: Sequence[str], source: Select[Any]) -> int:
    is_server = session.get_bind().dialect.name == "postgresql"
    insert: Any = postgresql.insert if is_server else sqlite.insert
    # SQLite reads ON CONFLICT as a join's ON where the SELECT has no WHERE.
    statement = insert(model).from_select(list(names), source.where(literal(1) == 1))
    statement = statement.on_conflict_do_nothing().options(SetBased())
    done: Any = session.execute(statement.execution_options(preserve_rowcount=True))
    return max(int(done.rowcount), 0)


def read(session: Session, message: Message, *, at: datetime) -> None:
    """Mark one of the own messages as read; the first time counts."""
    if message.read_at is None:
        message.read_at = at
        session.flush()  # the row is the actor's own: the scope is checked here


def read_all(session: Session, *, account_id: int, at: datetime) -> int:
    """全部标为已读: mark every unread message of the account, and say how many there were."""
    done: Any = session.execute(
        update(Message)
        .where(Message.account_id == account_id, Message.read_at.is_(None))
        .values(read_at=at)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def prefer(
    session: Session,
    *,
    account_id: int,
    in_app: Iterable[MessageKind],
    by_mail: Iterable[MessageKind],
    address: str,
    language: str,
) -> None:
    """Store how somebody wants messages; required kinds stay in the inbox, whatever is asked.

    :raises AddressInvalid: no address, or a wrong one, although something is to be mailed.
    """
    wanted, mailed = frozenset(in_app) | REQUIRED, frozenset(by_mail)
    address = address.strip()
    if mailed and not address:
        raise AddressInvalid(_l("请填写接收邮件的电子邮箱。"))
    if address and not _is_address(address):
        raise AddressInvalid(_l("电子邮箱格式不正确，请核对。"))
    _forget(session, MailAddress, account_id)
    _forget(session, MessagePreference, account_id)
    if address:
        session.add(MailAddress(account_id=account_id, address=address, language=language))
    session.add_all(
        MessagePreference(
            account_id=account_id, kind=kind, in_app=kind in wanted, by_mail=kind in mailed
        )
        for kind in MessageKind
    )
    session.flush()  # the scope is checked here


def _forget(session: Session, model: Any, account_id: int) -> None:
    session.execute(
        delete(model)
        .where(model.account_id == account_id)
        .execution_options(synchronize_session="fetch")
    )


def _is_address(text: str) -> bool:
    name, _at, domain = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not set(text) & set(" <>,;:\"'\\()[]")
    return bool(
        plain and len(text) <= 254 and name and "@" not in name and "." in domain.strip(".")
    )


def forget_old(session: Session, *, at: datetime) -> int:
    """Delete messages that were read and are older than two years, for a periodic task."""
    with unscoped("old messages of everybody are cleaned up"):
        done: Any = session.execute(
            delete(Message)
            .where(Message.read_at.is_not(None), Message.created_at < at - KEPT)
            .execution_options(synchronize_session=False)
        )
    return int(done.rowcount)
