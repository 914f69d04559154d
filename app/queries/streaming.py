"""All rows that a list's filter finds, for a file or for paper: in batches, in constant memory.

Rows come from the connection, without the work a session does for each row; the scope is on the
statement all the same.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, String, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from app.enums import Vocabulary
from app.queries.listing import Column, Listing, Wanted, filtered, ordered
from app.security.scope_session import scoped

FIRST = 1_000  # rows that come at once, so that a download begins at once
BATCH = 4_000


def counted(session: Session, listing: Listing, wanted: Wanted) -> int:
    """Count all rows that the asked tab and filter find."""
    rows = listing.source(select(literal(1)).select_from(listing.anchor))
    rows = rows.where(*filtered(listing, wanted))
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def batches(
    session: Session,
    listing: Listing,
    wanted: Wanted,
    *,
    columns: Sequence[Column],
    full: bool = False,
    limit: int | None = None,
) -> Iterator[Sequence[Row[Any]]]:
    """Read the columns' values in the list's order, a batch at a time.

    Words come as their stored names (``vocabulary_of``). ``full`` reads numbers that are masked
    on the screen in full: only for those who may, and who said why.
    """
    statement = _statement(listing, wanted, columns, full=full).limit(limit)
    options = {"stream_results": True, "max_row_buffer": BATCH}
    with session.connection().execute(scoped(statement), execution_options=options) as rows:
        size = FIRST
        while batch := rows.fetchmany(size):
            yield batch
            size = BATCH


def vocabulary_of(column: Column) -> type[Vocabulary] | None:
    """Give the vocabulary whose stored names are read for a column, if any are."""
    if column.plain is not None:
        return None
    kind = getattr(getattr(column.expression, "type", None), "enum_class", None)
    return kind if kind is not None and issubclass(kind, Vocabulary) else None


def _statement(
    listing: Listing, wanted: Wanted, columns: Sequence[Column], *, full: bool
) -> Select[Any]:
    expressions = [_read(column, full=full).label(column.name) for column in columns]
    wide = select(*expressions).select_from(listing.anchor)
    wide = (listing.details or listing.source)(wide).where(*filtered(listing, wanted))
    return wide.order_by(*ordered(listing, wanted))


def _read(column: Column, *, full: bool) -> Any:
    if full and column.full is not None:
        return column.full
    if vocabulary_of(column) is not None:
        # A stored name is turned into its word once a vocabulary, not once a cell.
        return type_coerce(column.expression, String)
    return column.expression
