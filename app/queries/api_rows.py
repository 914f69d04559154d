"""Rows for programs: one keyset page by id. Row scoping is the session's, as everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows in id order; ``last`` is the id to go on after, None at the end."""

    rows: Sequence[Any]
    last: int | None


def page(
    session: Session,
    model: Any,
    *criteria: ColumnElement[bool],
    after: int,
    limit: int,
    options: Sequence[Any] = (),
) -> Slice:
    """Read the next rows after an id: one statement, one row more than asked to know the end."""
    statement = (
        select(model)
        .where(model.id > after, *criteria)
        .order_by(model.id)
        .limit(limit + 1)
        .options(*options)
    )
    rows = session.scalars(statement).unique().all()
    if len(rows) <= limit:
        return Slice(rows, None)
    kept = rows[:limit]
    return Slice(kept, kept[-1].id)
