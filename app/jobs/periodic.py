"""Work that comes round: each slot of time is run once, however many workers there are.

A slot is claimed by inserting its row in the transaction that does the work, so that a crash
undoes both and another worker runs it. A slot that passed while nobody was there is not caught
up: every entry is a sweep over what is due, not a tick.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.jobs import sweeps
from app.models import PeriodicRun


class Sweep(Protocol):
    """Work in the transaction of its claim."""

    def __call__(self, session: Session, *, at: datetime) -> int: ...


class Errand(Protocol):
    """Work that opens its own short sessions."""

    def __call__(self, open_session: "OpenSession", *, at: datetime) -> int: ...


OpenSession = Callable[[], AbstractContextManager[Session]]
_KEPT = 20  # slots of one entry whose rows are kept to look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """One entry. ``run`` works in the claim's transaction; ``outside`` after it, in its own.

    ``outside`` is for what calls other servers: it opens a session (committed at the end of its
    block) for each short write and holds none while it waits. A crash ends its slot half done:
    the next one goes on. Both run as the system and return how many rows they did.
    """

    name: str
    every: timedelta
    run: Sweep | None = None
    outside: Errand | None = None


PERIODIC: dict[str, Periodic] = {}
"""Every periodic task by name; modules above this layer add theirs when they are imported."""


def register_periodic(entry: Periodic) -> Periodic:
    """Make an entry known; the same name twice, or an entry without work, is a mistake of ours."""
    if (entry.run is None) == (entry.outside is None):
        raise ValueError(f"{entry.name} has not exactly one piece of work")
    if PERIODIC.get(entry.name, entry) is not entry:
        raise ValueError(f"two periodic tasks are named {entry.name}")
    PERIODIC[entry.name] = entry
    return entry


for _entry in (
    Periodic(name="initial_passwords", every=timedelta(minutes=10), run=sweeps.initial_passwords),
    Periodic(name="login_guard", every=timedelta(hours=6), run=sweeps.login_guard),
    Periodic(name="web_sessions", every=timedelta(hours=1), run=sweeps.web_sessions),
    Periodic(name="roster_uploads", every=timedelta(hours=1), run=sweeps.roster_uploads),
    Periodic(name="ended_jobs", every=timedelta(hours=1), run=sweeps.ended_jobs),
):
    register_periodic(_entry)


def slot_of(entry: Periodic, at: datetime) -> int:
    """Number the slot an instant falls into."""
    return int((at - datetime(2020, 1, 1)) / entry.every)  # noqa: DTZ001 - instants are naive UTC


def due(session: Session, *, at: datetime) -> list[Periodic]:
    """List the entries whose present slot nobody has run."""
    newest = select(PeriodicRun.name, func.max(PeriodicRun.slot)).group_by(PeriodicRun.name)
    known = {name: slot for name, slot in session.execute(newest)}  # noqa: C416 - rows, not pairs
    return [entry for entry in PERIODIC.values() if known.get(entry.name, -1) < slot_of(entry, at)]


def run_slot(open_session: OpenSession, entry: Periodic, *, at: datetime) -> int | None:
    """Run the present slot of an entry, or give None if another worker was first."""
    slot = slot_of(entry, at)
    try:
        with open_session() as session:
            claim = PeriodicRun(name=entry.name, slot=slot, at=at)
            session.add(claim)
            session.flush()  # of two workers one waits here, and is refused
            if entry.run is not None:
                claim.rows = entry.run(session, at=at)
            old = PeriodicRun.slot < slot - _KEPT
            session.execute(delete(PeriodicRun).where(PeriodicRun.name == entry.name, old))
            done = claim.rows
    except IntegrityError:
        with open_session() as session:
            if session.get(PeriodicRun, (entry.name, slot)) is None:
                raise  # the work itself collided
        return None
    if entry.outside is None:
        return done
    done = entry.outside(open_session, at=at)
    with open_session() as session:
        session.get_one(PeriodicRun, (entry.name, slot)).rows = done
    return done
