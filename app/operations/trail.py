"""操作日志 of writes that are not transitions; a transition's entry is written by the engine."""

from datetime import datetime
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.models import TrailEntry
from app.security.actor import Actor


def log(
    session: Session,
    *,
    actor: Actor,
    at: datetime,
    subject: str,
    subject_id: int | None,
    action: str,
    label: str | LazyString,
    comment: str | None = None,
    **scope_columns: Any,
) -> TrailEntry:
    """Add one entry; ``scope_columns`` (province_id, authority_path, …) say whose it is."""
    entry = TrailEntry(
        **columns(actor, at=at, subject=subject, action=action, label=label, comment=comment),
        subject_id=subject_id,
        **scope_columns,
    )
    session.add(entry)
    return entry


def columns(
    actor: Actor,
    *,
    at: datetime,
    subject: str,
    action: str,
    label: str | LazyString,
    comment: str | None = None,
) -> dict[str, Any]:
    """Give what entries of one action on many rows have in common, for a set-based insert."""
    return {
        "at": at,
        "subject": subject,
        "action": action,
        "action_label": msgid(label),
        "comment": comment,
        "actor_name": actor.name,
        "actor_role": actor.role,
        "actor_body": actor.body or None,
        "account_id": actor.account_id,
    }


def msgid(label: str | LazyString) -> str:
    """Give the untranslated words that are stored in the trail."""
    if isinstance(label, LazyString):
        return str(label._args[0])  # noqa: SLF001 - the only place where the msgid is kept
    return label
