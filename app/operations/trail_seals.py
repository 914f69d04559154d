"""操作日志 sealed in a chain: any change, gap or reordering of what was sealed is found.

A periodic task seals entries some minutes after they were written: by then every transaction that
may still bring one with a smaller number has ended. A seal is keyed by the installation's secret,
so that the database alone cannot make one; whoever keeps the head of the chain elsewhere also
finds that its end was cut off. Ownership follows a case that moves and is not sealed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.models import TrailEntry, TrailSeal

SETTLED = timedelta(minutes=10)
"""How old an entry is before it is sealed; no transaction that writes lasts nearly as long."""
MOST = 500  # entries of one seal
A_RUN = 200  # seals made in one run: the next one goes on
_PAGE = 200  # seals read at once
_CONTEXT = "trail_seal"
_START = "0" * 64
_MARK = 12  # hexadecimal digits that tell which entry of a seal was changed
_SAID = (
    "id",
    "at",
    "subject",
    "subject_id",
    "action",
    "action_label",
    "from_status",
    "to_status",
    "comment",
    "actor_name",
    "actor_role",
    "actor_body",
    "account_id",
    "participation_id",
)
"""What an entry says; province, path and bodies say whose it is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an entry, or with a seal (``entry_id`` None)."""

    kind: str
    seal_id: int
    entry_id: int | None = None


def seal(session: Session, *, at: datetime, most: int = MOST) -> int:
    """Seal settled entries that are not sealed yet; gives how many. For a periodic task."""
    done = 0
    for _number in range(A_RUN):
        entries = _unsealed(session, before=at - SETTLED, most=most)
        if not entries:
            break
        last = _last(session)
        marks = [_mark(entry) for entry in entries]
        session.add(
            TrailSeal(
                first_id=entries[0].id,
                last_id=entries[-1].id,
                number=len(entries),
                marks=" ".join(marks),
                digest=_digest(last.digest if last is not None else _START, entries),
                sealed_at=at,
            )
        )
        session.flush()
        done += len(entries)
    return done


def head(session: Session) -> tuple[int, str] | None:
    """Give the number of the last sealed entry and the digest that stands for all before it."""
    last = _last(session)
    return None if last is None else (last.last_id, last.digest)


def verify(session: Session, *, known: str | None = None) -> Iterator[Fault]:
    """Check every seal against the entries it covers; ``known`` is a head that was kept elsewhere."""
    before, reached, last_id, was_met = _START, 0, 0, known is None
    for one in _seals(session):
        if one.first_id <= reached:
            yield Fault("overlaps", one.id)
        faults = list(_compare(session, one, after=reached))
        yield from faults
        entries = _between(session, reached, one.last_id)
        if not faults and _digest(before, entries) != one.digest:
            yield Fault("chain", one.id)
        before, reached, last_id = one.digest, one.last_id, one.id
        was_met = was_met or one.digest == known
    if not was_met:
        yield Fault("cut", last_id)


def _compare(session: Session, one: TrailSeal, *, after: int) -> Iterator[Fault]:
    """Tell which entries of a seal are gone, changed or came in between."""
    sealed = dict(mark.split(":") for mark in one.marks.split())
    found = {str(entry.id): _mark(entry) for entry in _between(session, after, one.last_id)}
    for pk, digits in sealed.items():
        if pk not in found:
            yield Fault("missing", one.id, int(pk))
        elif found[pk] != f"{pk}:{digits}":
            yield Fault("changed", one.id, int(pk))
    for pk in found.keys() - sealed.keys():
        yield Fault("inserted", one.id, int(pk))


def _seals(session: Session) -> Iterator[TrailSeal]:
    """Read the chain page by page: it grows for as long as the installation lives."""
    reached = 0
    while True:
        statement = select(TrailSeal).where(TrailSeal.id > reached).order_by(TrailSeal.id)
        page = session.scalars(statement.limit(_PAGE)).all()
        yield from page
        if len(page) < _PAGE:
            return
        reached = page[-1].id


def _last(session: Session) -> TrailSeal | None:
    return session.scalars(select(TrailSeal).order_by(TrailSeal.id.desc()).limit(1)).first()


def _unsealed(session: Session, *, before: datetime, most: int) -> Sequence[TrailEntry]:
    last = _last(session)
    start = last.last_id if last is not None else 0
    fresh = select(func.min(TrailEntry.id)).where(TrailEntry.id > start, TrailEntry.at >= before)
    first_fresh = session.scalar(fresh)
    statement = select(TrailEntry).where(TrailEntry.id > start)
    if first_fresh is not None:
        statement = statement.where(TrailEntry.id < first_fresh)
    return session.scalars(statement.order_by(TrailEntry.id).limit(most)).all()


def _between(session: Session, after: int, last: int) -> Sequence[TrailEntry]:
    statement = select(TrailEntry).where(TrailEntry.id > after, TrailEntry.id <= last)
    return session.scalars(statement.order_by(TrailEntry.id)).all()


def _digest(before: str, entries: Sequence[TrailEntry]) -> str:
    hashed = sha256(before.encode())
    for entry in entries:
        hashed.update(_content(entry))
    return keyring().blind_index(hashed.hexdigest(), context=_CONTEXT)


def _mark(entry: TrailEntry) -> str:
    return f"{entry.id}:{sha256(_content(entry)).hexdigest()[:_MARK]}"


def _content(entry: TrailEntry) -> bytes:
    """Write what an entry says, each part with its length: no two entries read the same."""
    parts = [_text(getattr(entry, name)) for name in _SAID]
    return b"".join(f"{len(part)}:".encode() + part for part in parts)


def _text(value: Any) -> bytes:
    if value is None:
        return b"\x00"
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").encode()
    return str(getattr(value, "name", value)).encode()
