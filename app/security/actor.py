"""Who acts: a frozen value bound to the running context. Nothing here reads a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from app.enums import Role


class NobodyActing(RuntimeError):
    """A scoped row was touched although no actor is bound: a programming error, never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One person under one hat. ``authority_path`` ends with the authority's own id and a slash."""

    role: Role
    name: str
    body: str = ""
    account_id: int | None = None
    identity_id: int | None = None
    province_id: int | None = None
    authority_path: str = "/"
    authority_id: int | None = None
    institution_id: int | None = None
    agency_id: int | None = None
    physician_id: int | None = None
    page_role_id: int | None = None  # permits what this role made in pages does, nothing else
    entrusted: frozenset[int] = frozenset()


SYSTEM = Actor(role=Role.SYSTEM, name="系统")

_actor: ContextVar[Actor | None] = ContextVar("dingkao_actor", default=None)


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Bind ``actor`` for the block; rows outside its scope do not exist inside."""
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """Lift the row scope for the block; ``reason`` must say why that harms nobody."""
    if not reason:
        raise ValueError("say why the scope may be lifted")
    token = _actor.set(SYSTEM)
    try:
        yield
    finally:
        _actor.reset(token)


def bind_actor(actor: Actor | None) -> None:
    """Set the actor of the rest of this context (a web request binds, and unbinds at its end)."""
    _actor.set(actor)


def actor_or_none() -> Actor | None:
    """Give the bound actor, or None for a visitor."""
    return _actor.get()


def current_actor() -> Actor:
    """Give the bound actor.

    :raises NobodyActing: when there is none.
    """
    actor = _actor.get()
    if actor is None:
        raise NobodyActing("no actor is bound")
    return actor
