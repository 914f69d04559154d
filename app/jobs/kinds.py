"""The kinds of jobs: what each does with a chunk of rows. The worker does the rest.

Everything a kind does to the database happens in the session it is given, inside the one
transaction that also stores the progress; it never commits, and never touches ``db.session``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.models import Job
from app.refusals import Refusal
from app.security.actor import Actor

CHUNK = 500  # rows a step; a step holds the embedded database's only write lock

Text = str | LazyString


class JobRefused(Refusal):
    """A kind stops its job for good; ``message`` is shown to the person who asked."""


class NoSuchKind(LookupError):
    """A job of a kind that this program does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A job as its kind sees it. ``actor`` was read anew for this step, ``at`` is its instant."""

    job_id: int
    kind: str
    arguments: Mapping[str, Any]
    actor: Actor
    at: datetime
    total: int = 0
    prepared: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of job; every function gets ``(session, task, …)`` with the person acting.

    ``plan`` checks the arguments and returns the total of rows. ``step`` does the next rows from
    ``offset`` and returns how many it did, at least one. ``finish`` stores files and the summary
    (see ``results``). ``prepare`` does what takes long without writing (reading, rendering, a call
    to another server) before ``step``'s transaction; its result is ``task.prepared``, and after a
    crash it is done again. ``cancel`` clears up after a job that was called off or failed.
    """

    name: str
    label: Text
    plan: Callable[[Session, Task], int]
    step: Callable[[Session, Task, int], int]
    finish: Callable[[Session, Task], None] | None = None
    prepare: Callable[[Session, Task, int], Any] | None = None
    cancel: Callable[[Session, Task], None] | None = None


KINDS: dict[str, Kind] = {}
"""Every kind by name; modules above this layer add theirs with :func:`register` when imported."""


def register(kind: Kind) -> Kind:
    """Make a kind known; the same name twice is a programming error."""
    if KINDS.get(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of jobs are named {kind.name}")
    KINDS[kind.name] = kind
    return kind


Listener = Callable[[Session, Job, datetime], None]
LISTENERS: list[Listener] = []
"""Called, as the system, in the transaction in which a job becomes done or failed."""


def kind_of(name: str) -> Kind:
    """Give the kind of that name.

    :raises NoSuchKind: the program does not know it.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise NoSuchKind(name) from None
