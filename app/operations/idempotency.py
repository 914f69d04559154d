"""Requests that may be sent twice: the first claims its key, equal ones get the first's answer.

The claim lives in the transaction of what it claims: a refused request leaves none, and of two
at once the second waits for the first and then meets its row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models import IdempotentAnswer

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that names a key; ``fingerprint`` is what makes two requests equal."""

    token_id: int
    key: str
    fingerprint: str

    @property
    def row_id(self) -> str:
        """The primary key of its answer."""
        return sha256(f"{self.token_id}:{self.key}".encode()).hexdigest()


class KeyReused(RuntimeError):
    """The key came with another request before."""


def fingerprint(method: str, path: str, body: bytes) -> str:
    """Fingerprint what makes two requests equal."""
    head = f"{method} {path}\n".encode()
    return sha256(head + body).hexdigest()


def find(session: Session, sent: Sent, *, at: datetime) -> IdempotentAnswer | None:
    """Give the stored answer to an equal request, or None.

    :raises KeyReused: another request had the key.
    """
    row = session.get(IdempotentAnswer, sent.row_id, populate_existing=True)
    if row is None or row.created_at < at - KEPT:
        return None
    if row.fingerprint != sent.fingerprint:
        raise KeyReused
    return row


def claim(session: Session, sent: Sent, *, at: datetime) -> IdempotentAnswer:
    """Take the key for this request; answers of the token that are older than a day are dropped.

    :raises IntegrityError: an equal request at the same time was faster.
    """
    old = (IdempotentAnswer.token_id == sent.token_id, IdempotentAnswer.created_at < at - KEPT)
    session.execute(delete(IdempotentAnswer).where(*old))
    row = IdempotentAnswer(
        id=sent.row_id, fingerprint=sent.fingerprint, created_at=at, token_id=sent.token_id
    )
    session.add(row)
    session.flush()  # whoever comes second must meet the row here
    return row
