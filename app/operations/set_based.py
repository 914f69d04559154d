"""Different new values for many rows in one statement: UPDATE … FROM (VALUES …)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import LargeBinary, cast, column, literal, update, values
from sqlalchemy.orm import Session

from app.crypto import EncryptedText


def update_each(
    session: Session, model: Any, rows: Sequence[Mapping[str, Any]], *, is_versioned: bool
) -> None:
    """Store ``rows``, all with the same keys, ``id`` among them; loaded rows are not refreshed.

    A row takes as many bound parameters as it has keys; SQLite allows 32,766 altogether.
    """
    if not rows:
        return
    names = list(rows[0])
    types = {name: getattr(model, name).type for name in names}
    given: Any = (
        values(*(column(name, types[name]) for name in names), name="given")
        .data([tuple(literal(row[name], types[name]) for name in names) for row in rows])
        .cte("given")
    )
    changes: dict[str, Any] = {
        name: _typed(given.c[name], types[name]) for name in names if name != "id"
    }
    if is_versioned:
        changes["version"] = model.version + 1
    session.execute(
        update(model)
        .where(model.id == given.c.id)
        .values(changes)
        .execution_options(synchronize_session=False)
    )


def _typed(expression: Any, kind: Any) -> Any:
    # A column of nothing but NULLs would be text to PostgreSQL.
    return cast(expression, LargeBinary) if isinstance(kind, EncryptedText) else expression
