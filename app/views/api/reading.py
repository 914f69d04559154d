"""How an operation reads: one row by its id, or the next rows of a list."""

from collections.abc import Callable, Sequence
from typing import Any

from werkzeug.exceptions import NotFound

from app.queries import api_rows
from app.views.api.table import Call

Run = Callable[[Call], Any]


def one(model: Any, *criteria: Any, options: Sequence[Any] = ()) -> Run:
    """Read the row that the path names, if the token's identity may see it."""

    def run(call: Call) -> Any:
        found = api_rows.page(
            call.session,
            model,
            model.id == call.pk,
            *criteria,
            after=0,
            limit=1,
            options=options,
        )
        if not found.rows:
            raise NotFound
        return found.rows[0]

    return run


def many(model: Any, *criteria: Any, options: Sequence[Any] = ()) -> Run:
    """Read the next rows that the filters find."""

    def run(call: Call) -> Any:
        return api_rows.page(
            call.session,
            model,
            *criteria,
            *call.criteria,
            after=call.after,
            limit=call.limit,
            options=options,
        )

    return run
