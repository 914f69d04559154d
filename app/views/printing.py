"""打印: a list's filtered rows on one page without chrome, up to a limit that the page tells."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.queries import listing as engine
from app.queries import streaming
from app.views import cells, listpages, words
from app.views.access import acting, page
from app.views.clock import now
from app.views.provenance import stamp

LIMIT = 2_000


def draw(view: Any, args: "MultiDict[str, str]") -> str:
    """Draw all rows that the filter finds, or the first of them and where the rest is."""
    reader = listpages.Reader(view, args)
    columns = reader.listing.shown
    found = streaming.batches(
        db.session(), reader.listing, reader.wanted(), columns=columns, limit=LIMIT + 1
    )
    writers = [_writer(column) for column in columns]
    rows = [
        [write(value) for write, value in zip(writers, row, strict=True)]
        for batch in found
        for row in batch
    ]
    is_cut = len(rows) > LIMIT
    return table(
        title=view.name,
        headers=[words.said(column.label) for column in columns],
        rows=rows[:LIMIT],
        told=reader.told() if reader.bar.is_valid else [(_("查询条件"), reader.bar.problem())],
        back_url=reader.url(),
        note=_("只打印前%(n)s条，全部记录请导出Excel。", n=LIMIT) if is_cut else None,
    )


def table(
    *,
    title: Any,
    headers: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    told: Sequence[tuple[str, str]],
    back_url: str,
    note: str | None = None,
) -> str:
    """Draw a table for paper, with who printed it and when."""
    drawn = {
        "headers": headers,
        "rows": rows,
        "facts": facts(told, len(rows)),
        "note": note,
        "back_url": back_url,
    }
    return page("print/list.html", title=title, page=drawn)


def facts(told: Sequence[tuple[str, str]] = (), total: int | None = None) -> list[tuple[str, str]]:
    """Give what stands below a printed title."""
    actor = acting()
    count = [] if total is None else [(_("记录数"), str(total))]
    return [
        *told,
        *count,
        (_("打印单位"), actor.body),
        (_("打印人"), actor.name),
        (_("打印时间"), stamp(now())),
    ]


def _writer(column: engine.Column) -> Any:
    """Words instead of chips: paper has no colours, and a stored name needs no entity."""
    vocabulary = streaming.vocabulary_of(column)
    if vocabulary is not None:
        return {member.name: str(member.label) for member in vocabulary}.get
    return column.plain or column.show or cells.shown
