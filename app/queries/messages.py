"""Messages in the reader's language, and how somebody wants them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from app.enums import MessageKind
from app.models import Identity, MailAddress, MessagePreference

REQUIRED = frozenset({MessageKind.RETURNED, MessageKind.ACCOUNT})
"""Kinds that stay in the inbox whatever somebody prefers."""


def words(said: Sequence[Any] | None) -> str:
    """Write a stored text ``[msgid, parameters]``; a parameter ``{"msgid": …}`` is a word of ours."""
    if not said or not said[0]:
        return ""
    values = {name: _value(value) for name, value in said[1].items()}
    text = _(said[0])
    return text % values if values else text


def _value(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    (word,) = value.values()
    return _(word)


def wearers(*criteria: Any) -> Select[Any]:
    """Select the accounts of the active identities that fit: whom something may be told to.

    Whoever holds a hat for a term, or a part of its work, is told nothing by itself.
    """
    whole = (Identity.is_active, Identity.page_role_id.is_(None), Identity.last_day.is_(None))
    return select(Identity.account_id).where(and_(*whole, *criteria))


def preferences(session: Session, *, account_id: int) -> dict[MessageKind, tuple[bool, bool]]:
    """Give for every kind whether somebody wants it in the inbox and by e-mail."""
    rows = session.scalars(
        select(MessagePreference).where(MessagePreference.account_id == account_id)
    )
    known = {row.kind: (row.in_app, row.by_mail) for row in rows}
    return {kind: known.get(kind, (True, False)) for kind in MessageKind}


def address(session: Session, *, account_id: int) -> MailAddress | None:
    """Give where somebody wants mails, or None."""
    return session.get(MailAddress, account_id)
