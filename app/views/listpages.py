"""Lists as pages: from URL parameters to the list engine and on to what list.html draws."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import false
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.extensions import db
from app.queries import listing as engine
from app.queries.among import among
from app.queries.layouts import laid_out
from app.views import cells, drawing, paths, words
from app.views.actions import Action
from app.views.columnpage import layout_of
from app.views.filters import FilterBar
from app.views.listframe import PER_PAGE, TEMPLATE, ListPage
from app.views.rownumbers import row_number


@dataclass(frozen=True, slots=True)
class RowView:
    """One drawn row."""

    pk: int
    number: int
    cells: list[Any]
    actions: list[Action] | Markup


class Reader:
    """What the URL asks of a list: tab, filter, order, page. Nothing malformed gets through."""

    def __init__(self, view: Any, args: "MultiDict[str, str]") -> None:
        self.view = view
        self.args = args
        self.template = args.get("layout") == TEMPLATE and bool(view.template_columns())
        self.listing: engine.Listing = self._laid_out()
        self.bar = FilterBar(view.filters(), args)
        tabs = [tab.name for tab in self.listing.tabs]
        asked = args.get("tab", "")
        self.tab = asked if asked in tabs else (tabs[0] if tabs else "")
        sortable = {c.name for c in self.listing.columns if c.sort}
        sort = args.get("sort", "")
        self.descending = sort.startswith("-")
        self.sort = sort.removeprefix("-") if sort.removeprefix("-") in sortable else ""
        self.per_page = _whole(args.get("per_page"), view.page_size, low=1, high=PER_PAGE[-1])
        self.page = 0 if args.get("page") == "last" else _whole(args.get("page"), 1, low=1)
        self.exact = args.get("exact") == "1"

    def _laid_out(self) -> engine.Listing:
        listing: engine.Listing = self.view.listing()
        if self.template:
            asked = tuple(self.view.template_columns())
            names = {column.name for column in asked}
            others = (c for c in listing.columns if c.name not in names)
            columns = (*asked, *(replace(column, shown=False) for column in others))
            return replace(listing, columns=columns, kept={})
        return laid_out(listing, layout_of(self.view))

    def wanted(self) -> engine.Wanted:
        """Give it to the engine. An invalid filter finds nothing rather than everything."""
        criteria = self.bar.criteria() if self.bar.is_valid else (false(),)
        return engine.Wanted(
            criteria=criteria,
            tab=self.tab,
            sort=self.sort,
            descending=self.descending,
            page=self.page,
            per_page=self.per_page,
            exact=self.exact,
        )

    @cached_property
    def filter_parameters(self) -> dict[str, Any]:
        """The filled-in filter parameters."""
        if self.bar.is_empty:
            return {}
        return {name: self.args[name] for name in self.bar.names if self.args.get(name)}

    def told(self) -> list[tuple[str, str]]:
        """Tell tab, filter and order in words."""
        found = []
        label = next((tab.label for tab in self.listing.tabs if tab.name == self.tab), None)
        if label is not None and len(self.listing.tabs) > 1:
            found.append((_("分类"), words.said(label)))
        found += self.bar.words()
        sorted_by = next((c.label for c in self.listing.columns if c.name == self.sort), None)
        if self.sort and sorted_by is not None:
            way = _("降序") if self.descending else _("升序")
            found.append((_("排序"), f"{words.said(sorted_by)} {way}"))
        return found

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Give the list's parameters with changes; None drops one."""
        known = {**self._asked, **changes}
        return {key: str(value) for key, value in known.items() if value is not None}

    @cached_property
    def _asked(self) -> dict[str, Any]:
        known: dict[str, Any] = {**self.filter_parameters}
        if self.tab and len(self.listing.tabs) > 1:
            known["tab"] = self.tab
        if self.sort:
            known["sort"] = f"-{self.sort}" if self.descending else self.sort
        if self.per_page != self.view.page_size:
            known["per_page"] = self.per_page
        if self.exact:
            known["exact"] = "1"
        if self.template:
            known["layout"] = TEMPLATE
        return known

    def url(self, **changes: Any) -> str:
        """Give the URL of this list with changes."""
        parameters = self.parameters(**changes)
        path = paths.to(f"{self.view.endpoint}.list")
        return f"{path}?{urlencode(parameters)}" if parameters else path


def _whole(text: str | None, default: int, *, low: int, high: int = 10_000_000) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return default
    return min(max(int(text), low), high)


def draw(view: Any, args: "MultiDict[str, str]") -> ListPage:
    """Read one page of a view's list and give what list.html draws."""
    reader = Reader(view, args)
    found = engine.page(db.session(), reader.listing, reader.wanted())
    shown = reader.listing.shown
    acts = drawing.RowActions(view)
    rows = [
        RowView(
            row.pk,
            found.first + index,
            [cells.drawn(column, getattr(row, column.name)) for column in shown],
            acts(row),
        )
        for index, row in enumerate(found.rows)
    ]
    return ListPage(view, reader, found, rows)


def selected(view: Any, model: Any) -> Any:
    """Give the criterion of the rows a bulk form chose: ticked ids, or all that the filter finds.

    :raises BadRequest: nothing or too much was ticked, or the filter cannot be read.
    """
    listing = view.listing()
    if listing.anchor is not model:
        raise BadRequest
    if request.form.get("scope") == "filter":
        reader = Reader(view, request.form)
        if not reader.bar.is_valid:
            raise BadRequest
        return model.id.in_(engine.matching_ids(listing, reader.wanted()))
    ids = [n for text in request.form.getlist("ids") if (n := row_number(text)) is not None]
    if not ids or len(ids) > engine.MAX_PER_PAGE:
        raise BadRequest
    return among(db.session(), model.id, ids)
