"""Exports: all rows of a list as CSV or Excel, streamed, formula-safe, masked as on the screen."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from flask import Response
from werkzeug.exceptions import BadRequest, NotFound

from app.extensions import db
from app.queries import listing as engine
from app.queries import streaming
from app.security.actor import Actor, acting_as, current_actor
from app.views import cells, provenance
from app.views.clock import now
from app.views.provenance import KINDS, Taken

Watch = Callable[[Iterator[Any]], Iterator[Any]]

_AS_THEY_ARE = frozenset({str, int, date})


def check(kind: str, reader: Any) -> None:
    """Refuse what cannot be exported.

    :raises NotFound: an unknown kind of file.
    :raises BadRequest: the filter cannot be read.
    """
    if kind not in KINDS:
        raise NotFound
    if not reader.bar.is_valid:
        raise BadRequest


def taken_from(
    view: Any, reader: Any, *, reason: str | None = None, at: datetime | None = None
) -> Taken:
    """Tell what a list's address asks for, and who asks; ``at`` is now where it is not given."""
    return Taken(
        name=str(view.name),
        subject=reader.listing.anchor.__tablename__,
        words=reader.told(),
        actor=current_actor(),
        at=at or now(),
        reason=reason,
    )


def total_of(taken: Taken, reader: Any) -> int | None:
    """Count the rows where the trail tells how many numbers left in full."""
    if taken.reason is None:
        return None
    return streaming.counted(db.session(), reader.listing, reader.wanted())


def send(view: Any, kind: str, reader: Any, *, reason: str | None = None) -> Response:
    """Answer with a file of one of KINDS; with a ``reason`` the numbers in it are in full."""
    check(kind, reader)
    taken = taken_from(view, reader, reason=reason)
    provenance.write_down(taken, total=total_of(taken, reader))
    return provenance.send(taken, kind, chunks_of(taken, kind, reader))


def chunks_of(taken: Taken, kind: str, reader: Any, *, watch: Watch = iter) -> Iterator[bytes]:
    """Make the file; the rows are read while the chunks are taken, and pass through ``watch``."""
    listing = reader.listing
    headers = [str(column.label) for column in listing.shown]
    rows = _rows(listing, reader.wanted(), actor=taken.actor, full=taken.reason is not None)
    return provenance.chunks(taken, kind, headers=headers, rows=watch(rows))


def writer(column: engine.Column) -> Callable[[Any], Any] | None:
    """Give the function that writes a column's value, or None where it is written as it is."""
    if column.plain is not None:
        return column.plain
    vocabulary = streaming.vocabulary_of(column)
    if vocabulary is not None:
        return {member.name: str(member.label) for member in vocabulary}.get
    kind = getattr(column.expression, "type", None)
    python_type = getattr(kind, "python_type", None) if kind is not None else None
    return None if python_type in _AS_THEY_ARE else cells.plain


def _rows(
    listing: engine.Listing, wanted: engine.Wanted, *, actor: Actor, full: bool
) -> Iterator[tuple[Any, ...]]:
    columns = listing.shown
    writers = [None if full and column.full is not None else writer(column) for column in columns]
    with acting_as(actor):
        # A long download reads a snapshot; on the embedded database it must hold up no writer.
        db.session.rollback()
        db.session.connection(execution_options={"read_only": True})
        batches = streaming.batches(db.session(), listing, wanted, columns=columns, full=full)
        for batch in batches:
            # By columns, not by cells: what needs no writing is not touched.
            read = zip(*batch, strict=True)
            written = [
                map(write, values) if write else values
                for write, values in zip(writers, read, strict=True)
            ]
            yield from zip(*written, strict=True)
