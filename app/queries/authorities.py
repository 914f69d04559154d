"""The tree of authorities, as far as somebody administers it."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.enums import AuthorityLevel, BodyStatus
from app.models import Authority
from app.security.actor import Actor
from app.security.scoping import writable


def administered(actor: Actor) -> ColumnElement[bool]:
    """Give the criterion of the authorities an actor administers, its own among them.

    Everybody may read the tree; who administers a node is what the table of writes says.
    """
    return writable(Authority, actor).criterion(Authority, actor)


def below(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Give the criteria of the authorities below the actor's own."""
    if actor.authority_id is None:
        return (administered(actor),)
    return (administered(actor), Authority.id != actor.authority_id)


def choices(
    session: Session, *, actor: Actor, levels: frozenset[AuthorityLevel]
) -> list[Authority]:
    """List the active administered authorities of some levels, in the order of the tree."""
    statement = (
        select(Authority)
        .where(
            administered(actor),
            Authority.status == BodyStatus.ACTIVE,
            Authority.level.in_(levels),
        )
        .order_by(Authority.path)
    )
    return list(session.scalars(statement))


def find_below(session: Session, text: str, *, actor: Actor) -> list[Any]:
    """Find active authorities below by full name or code."""
    statement = select(Authority).where(
        *below(actor),
        Authority.status == BodyStatus.ACTIVE,
        (Authority.name == text) | (Authority.code == text),
    )
    return list(session.scalars(statement.limit(2)))
