"""The list engine's SQL: a statement for a page and one for the totals of its tabs; page 1 is one.

A page is chosen on ids alone and joined to its details afterwards, so that a deep page reads an
index instead of skipping wide rows; the last page is read backwards. Totals stop counting at a
cap. Row scoping is not here: every statement runs through the session that adds it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, func, literal, select
from sqlalchemy.orm import Session

from app.security.scope_session import KEPT

CAP = 10_000
MAX_PER_PAGE = 200
_TOTAL = "total_"
Narrow = Callable[[Select[Any]], Select[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One shown column. ``sort`` marks an expression that may order the list."""

    name: str
    label: Any
    expression: Any
    sort: bool = False
    css: str = ""
    shown: bool = True  # False: fetched for the row's actions, never drawn nor exported
    show: Callable[[Any], Any] | None = None
    plain: Callable[[Any], Any] | None = None
    full: Any = None  # of a masked number: the expression of the whole one, for a plain export


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A named part of the list."""

    name: str
    label: Any
    criterion: ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list reads: its anchor, columns, joins and order.

    ``source`` adds the joins that filters and order need. ``details`` adds those of the shown
    columns, and of the order; without it ``source`` does for both. Details are joined OUTER: then
    the database starts from the ten rows of the page, whatever it thinks of the scope's criteria.
    A listing that outlives a request keeps its statements, built once, in ``kept``.
    """

    anchor: Any
    columns: tuple[Column, ...]
    source: Narrow = lambda statement: statement
    details: Narrow | None = None
    tabs: tuple[Tab, ...] = ()
    order: tuple[Any, ...] = ()
    criteria: tuple[ColumnElement[bool], ...] = ()
    kept: dict[Any, Select[Any]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns that are drawn and exported."""
        return tuple(column for column in self.columns if column.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the reader asked for. ``page`` counts from 1, 0 is the last page."""

    criteria: tuple[ColumnElement[bool], ...] = ()
    tab: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    per_page: int = 10
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """A count; ``is_capped`` when there are more than ``value``."""

    value: int
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page and where it lies; ``first`` is the 序号 of its first row."""

    rows: Sequence[Row[Any]]
    page: int
    pages: int | None
    first: int
    total: Total
    totals: Mapping[str, Total] = field(default_factory=dict)
    has_next: bool = False


def _tab(listing: Listing, name: str) -> Tab | None:
    return next((tab for tab in listing.tabs if tab.name == name), None) or next(
        iter(listing.tabs), None
    )


def filtered(listing: Listing, wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    """Give all criteria of the asked tab and filter."""
    tab = _tab(listing, wanted.tab)
    extra = (tab.criterion,) if tab is not None else ()
    return (*listing.criteria, *extra, *wanted.criteria)


def matching_ids(listing: Listing, wanted: Wanted) -> Select[Any]:
    """Select the anchor ids that the filter finds, unordered (for bulk steps)."""
    return listing.source(select(listing.anchor.id)).where(*filtered(listing, wanted))


def count(session: Session, listing: Listing, wanted: Wanted, *, limit: int | None = None) -> int:
    """Count what the filter finds, going no further than ``limit`` rows."""
    ids = matching_ids(listing, wanted).limit(limit).subquery()
    return session.scalars(select(func.count()).select_from(ids)).one()


def ordered(listing: Listing, wanted: Wanted) -> tuple[Any, ...]:
    """Give the asked order, or the list's own."""
    chosen = next((c for c in listing.columns if c.sort and c.name == wanted.sort), None)
    if chosen is None:
        return listing.order or (listing.anchor.id,)
    first = chosen.expression.desc() if wanted.descending else chosen.expression.asc()
    return (first, listing.anchor.id)


def _reversed(order: tuple[Any, ...]) -> tuple[Any, ...]:
    flipped = []
    for part in order:
        modifier = getattr(getattr(part, "modifier", None), "__name__", "")
        if modifier == "desc_op":
            flipped.append(part.element.asc())
        elif modifier == "asc_op":
            flipped.append(part.element.desc())
        else:
            flipped.append(part.desc())
    return tuple(flipped)


def _kept(
    listing: Listing, wanted: Wanted, key: tuple[Any, ...], build: Callable[[], Select[Any]]
) -> Select[Any]:
    """Give a statement that no filter changes from the listing, where it is built once."""
    if wanted.criteria:
        return build()
    known = listing.kept.get(key)
    if known is None:
        known = listing.kept[key] = build().execution_options(**KEPT)
    return known


def _counts(listing: Listing, wanted: Wanted) -> list[Any]:
    tabs = listing.tabs or (None,)
    active = _tab(listing, wanted.tab)
    counted = []
    for tab in tabs:
        rows = listing.source(select(literal(1)).select_from(listing.anchor)).where(
            *listing.criteria, *((tab.criterion,) if tab else ()), *wanted.criteria
        )
        if not (wanted.exact and tab is active):
            rows = rows.limit(CAP + 1)
        counted.append(select(func.count()).select_from(rows.subquery()).scalar_subquery())
    return counted


def _totals(listing: Listing, wanted: Wanted) -> Select[Any]:
    return select(*_counts(listing, wanted))


def totals(session: Session, listing: Listing, wanted: Wanted) -> dict[str, Total]:
    """Count each tab under the filter, capped, in one statement; "" when there are no tabs."""
    active = _tab(listing, wanted.tab)
    key = ("totals", wanted.exact and active.name if active else wanted.exact)
    statement = _kept(listing, wanted, key, lambda: _totals(listing, wanted))
    return _named(listing, wanted, session.execute(statement).one())


def _named(listing: Listing, wanted: Wanted, found: Sequence[int]) -> dict[str, Total]:
    active, result = _tab(listing, wanted.tab), {}
    for tab, value in zip(listing.tabs or (None,), found, strict=True):
        capped = value > CAP and not (wanted.exact and tab is active)
        result[tab.name if tab else ""] = Total(min(value, CAP) if capped else value, capped)
    return result


def _read(
    session: Session, listing: Listing, wanted: Wanted, *, backwards: bool, offset: int, limit: int
) -> Sequence[Row[Any]]:
    def build() -> Select[Any]:
        order = ordered(listing, wanted)
        return _statement(listing, wanted, _reversed(order) if backwards else order)

    key = ("page", wanted.tab, wanted.sort, wanted.descending, backwards)
    statement = _kept(listing, wanted, key, build)
    rows = session.execute(statement, {"offset": offset, "limit": limit}).all()
    return rows[::-1] if backwards else rows


def _statement(listing: Listing, wanted: Wanted, order: tuple[Any, ...]) -> Select[Any]:
    ids = (
        listing.source(select(listing.anchor.id.label("id")))
        .where(*filtered(listing, wanted))
        .order_by(*order)
        .offset(bindparam("offset", type_=Integer))
        .limit(bindparam("limit", type_=Integer))
        .subquery()
    )
    expressions = [column.expression.label(column.name) for column in listing.columns]
    wide = select(listing.anchor.id.label("pk"), *expressions).select_from(listing.anchor)
    wide = wide.join(ids, ids.c.id == listing.anchor.id)
    return (listing.details or listing.source)(wide).order_by(*order)


def page(session: Session, listing: Listing, wanted: Wanted) -> Page:
    """Read one page and the totals: one statement for the first page, two for any other."""
    if wanted.page == 1:
        first = _first_page(session, listing, wanted)
        if first is not None:
            return first
    counts = totals(session, listing, wanted)
    tab = _tab(listing, wanted.tab)
    total = counts[tab.name if tab else ""]
    size, pages = _size(wanted), _pages(wanted, total)
    number = wanted.page
    if pages is not None:
        number = pages if number == 0 else min(number, pages)
    if pages is not None and number > pages // 2 + 1:
        return _from_the_end(session, listing, wanted, number, pages, size, total, counts)
    if number == 0:
        rows = _read(session, listing, wanted, backwards=True, offset=0, limit=size)
        return Page(rows, 0, None, 0, total, counts)
    offset = (number - 1) * size
    found = _read(session, listing, wanted, backwards=False, offset=offset, limit=size + 1)
    return Page(found[:size], number, pages, offset + 1, total, counts, has_next=len(found) > size)


def _first_page(session: Session, listing: Listing, wanted: Wanted) -> Page | None:
    """Read the first rows and, beside each of them, the totals; None where there is no row."""

    def build() -> Select[Any]:
        counts = _counts(listing, wanted)
        named = [count.label(f"{_TOTAL}{number}") for number, count in enumerate(counts)]
        return _statement(listing, wanted, ordered(listing, wanted)).add_columns(*named)

    size = _size(wanted)
    key = ("first", wanted.tab, wanted.sort, wanted.descending, wanted.exact)
    statement = _kept(listing, wanted, key, build)
    rows = session.execute(statement, {"offset": 0, "limit": size + 1}).all()
    if not rows:
        return None
    width = max(len(listing.tabs), 1)
    counts = _named(listing, wanted, rows[0][-width:])
    tab = _tab(listing, wanted.tab)
    total = counts[tab.name if tab else ""]
    has_next = len(rows) > size
    return Page(rows[:size], 1, _pages(wanted, total), 1, total, counts, has_next=has_next)


def _size(wanted: Wanted) -> int:
    return min(max(wanted.per_page, 1), MAX_PER_PAGE)


def _pages(wanted: Wanted, total: Total) -> int | None:
    return None if total.is_capped else max(1, -(-total.value // _size(wanted)))


def _from_the_end(
    session: Session,
    listing: Listing,
    wanted: Wanted,
    number: int,
    pages: int,
    size: int,
    total: Total,
    counts: Mapping[str, Total],
) -> Page:
    first = (number - 1) * size
    last = min(first + size, total.value)
    rows = _read(
        session,
        listing,
        wanted,
        backwards=True,
        offset=total.value - last,
        limit=last - first,
    )
    return Page(rows, number, pages, first + 1, total, counts, has_next=number < pages)
