"""Which columns of a list somebody wants, in which order: pure, no database.

Kept are names only. A column that is new, or that this tab has and another has not, stands after
the one that it follows by declaration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.queries.listing import Column, Listing


@dataclass(frozen=True, slots=True)
class Layout:
    """What was chosen for one list: the order of its columns, and those that are not shown."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> "Layout":
        """Read what ``document`` of a layout made; nothing chosen is the list as declared."""
        kept = document or {}
        return cls(tuple(kept.get("order", ())), frozenset(kept.get("hidden", ())))

    def document(self) -> dict[str, Any]:
        """Give the values to keep."""
        return {"order": list(self.order), "hidden": sorted(self.hidden)}


def woven(order: Sequence[str], declared: Sequence[str]) -> list[str]:
    """Give ``order`` with what else is declared, each behind the one it follows there."""
    found = list(order)
    for position, name in enumerate(declared):
        if name in found:
            continue
        before = [other for other in declared[:position] if other in found]
        found.insert(found.index(before[-1]) + 1 if before else 0, name)
    return found


def arranged(columns: Sequence[Column], layout: Layout) -> list[Column]:
    """Give the drawn columns in the chosen order, hidden ones included."""
    known = {column.name: column for column in columns if column.shown}
    return [known[name] for name in woven(layout.order, list(known)) if name in known]


def laid_out(listing: Listing, layout: Layout) -> Listing:
    """Give the list with the chosen columns; what is hidden is still read for the row's actions."""
    if layout == Layout():
        return listing
    drawn = [
        replace(column, shown=column.name not in layout.hidden)
        for column in arranged(listing.columns, layout)
    ]
    if not any(column.shown for column in drawn):
        return listing  # what was left of the choice has gone from the list
    unseen = tuple(column for column in listing.columns if not column.shown)
    return replace(listing, columns=(*drawn, *unseen), kept={})


def chosen(listing: Listing, layout: Layout, *, order: Sequence[str], shown: set[str]) -> Layout:
    """Give the layout after a choice among a list's columns; others keep their places."""
    known = [column.name for column in listing.columns if column.shown]
    kept = [name for name in dict.fromkeys(order) if name in known]
    others = layout.hidden - set(known)
    hidden = {name for name in known if name not in shown}
    return Layout(tuple(woven(woven(kept, known), layout.order)), frozenset(others | hidden))
