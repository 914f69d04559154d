"""What frames the rows of a list: tabs, buttons, headings, pager. It is made only when it is drawn.

Without a filter the frame is kept (see fragments.py): for one person it changes with the totals.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.queries import listing as engine
from app.views import drawing, paths, words
from app.views.actions import Action, link
from app.views.filters import FilterBar

if TYPE_CHECKING:
    from app.views.listpages import Reader, RowView

PER_PAGE = (10, 20, 50, 100, 200)
TEMPLATE = "template"  # the columns of the import's template instead of the list's


class ListPage:
    """One page of a list as list.html draws it."""

    def __init__(
        self, view: Any, reader: "Reader", found: engine.Page, rows: "list[RowView]"
    ) -> None:
        self.view, self.reader, self.found, self.rows = view, reader, found, rows
        self.title: Any = view.name
        self.filter_action = paths.to(f"{view.endpoint}.list")
        self.bulk: list[Action] = view.bulk()
        self.toolbar: list[Action] = view.toolbar()
        self.selectable = bool(self.bulk)
        self.operable = any(row.actions for row in rows)

    @property
    def filters(self) -> FilterBar:
        """The filter bar."""
        return self.reader.bar

    @property
    def depends(self) -> tuple[Any, ...]:
        """Everything that the frame hangs on, or nothing where it is not worth keeping."""
        reader, found = self.reader, self.found
        if not reader.bar.is_empty or found.page != 1:
            return ()
        asked = (reader.tab, reader.sort, reader.descending, reader.per_page, reader.exact)
        counted = (found.pages, found.total, *found.totals.items(), found.has_next)
        drawn = (bool(self.rows), self.operable, *(c.name for c in reader.listing.shown))
        return (self.view.endpoint, *asked, *counted, *drawn, repr(self.bulk), repr(self.toolbar))

    @property
    def body(self) -> Markup:
        """The rows of the table."""
        heads = [(column.css, words.said(column.label)) for column in self.reader.listing.shown]
        return drawing.rows(self.rows, heads, pickable=self.selectable, operable=self.operable)

    @property
    def hidden(self) -> dict[str, str]:
        """What the filter form sends along."""
        return {"tab": self.reader.tab} if len(self.reader.listing.tabs) > 1 else {}

    @property
    def reset_url(self) -> str:
        """Where 重置 leads."""
        tab = self.reader.tab
        return f"{self.filter_action}?{urlencode({'tab': tab})}" if tab else self.filter_action

    @property
    def tabs(self) -> list[tuple[Any, ...]]:
        """The tabs with their counts."""
        return _tabs(self.reader, self.found)

    @property
    def exports(self) -> list[tuple[Any, str]]:
        """What 导出 offers."""
        return _exports(self.reader) if self.view.may("export") else []

    @property
    def tools(self) -> list[Action]:
        """列设置 and 打印."""
        return _tools(self.reader)

    @property
    def hidden_filter(self) -> dict[str, Any]:
        """What a bulk step on all rows sends along."""
        return {**self.reader.filter_parameters, "tab": self.reader.tab}

    @property
    def select_all_count(self) -> int:
        """How many rows the filter finds, as far as they were counted."""
        return self.found.total.value

    @property
    def columns(self) -> list[tuple[Any, ...]]:
        """The headings."""
        return [_heading(self.reader, column) for column in self.reader.listing.shown]

    @cached_property
    def pager(self) -> dict[str, Any]:
        """The pager."""
        return _pager(self.reader, self.found)

    @property
    def empty_text(self) -> str | None:
        """What stands in the place of rows."""
        return _emptiness(self.reader)


def _emptiness(reader: "Reader") -> str | None:
    if not reader.bar.is_valid:
        return reader.bar.problem()
    return _("没有符合查询条件的记录。") if reader.filter_parameters else None


def _heading(reader: "Reader", column: engine.Column) -> tuple[Any, ...]:
    if not column.sort:
        return (column.name, words.said(column.label), None, None, column.css)
    active = reader.sort == column.name
    direction = ("desc" if reader.descending else "asc") if active else None
    turned = f"-{column.name}" if active and not reader.descending else column.name
    return (column.name, words.said(column.label), reader.url(sort=turned), direction, column.css)


def _tabs(reader: "Reader", found: engine.Page) -> list[tuple[Any, ...]]:
    if len(reader.listing.tabs) < 2:
        return []
    return [
        (
            tab.label,
            reader.url(tab=tab.name, exact=None),
            count_text(found.totals[tab.name]),
            tab.name == reader.tab,
        )
        for tab in reader.listing.tabs
    ]


def count_text(total: engine.Total) -> str:
    """Write a count; a capped one ends with a plus."""
    return f"{total.value}+" if total.is_capped else str(total.value)


def _exports(reader: "Reader") -> list[tuple[Any, str]]:
    parameters = urlencode(reader.parameters(per_page=None, exact=None))
    base = f"{reader.view.endpoint}.export"
    asked = f"?{parameters}" if parameters else ""  # a filter may be called kind as well
    found = [
        (_("导出CSV"), url_for(base, kind="csv") + asked),
        (_("导出Excel"), url_for(base, kind="xlsx") + asked),
    ]
    if "plain_export" in reader.view.abilities and reader.view.may("plain_export"):
        url = url_for(f"{reader.view.endpoint}.plain_export")
        found.append((_("导出完整号码"), url + asked))
        if reader.view.template_columns():
            as_template = urlencode(reader.parameters(per_page=None, exact=None, layout=TEMPLATE))
            found.append((_("按导入模板导出"), f"{url}?{as_template}"))
    return found


def _tools(reader: "Reader") -> list[Action]:
    here = reader.url()
    tab = reader.tab if len(reader.listing.tabs) > 1 else None
    columns = url_for(f"{reader.view.endpoint}.columns", tab=tab, next=here)
    return [
        link("columns", _("列设置"), columns),
        link("print", _("打印"), reader.url(print="1", per_page=None, exact=None)),
    ]


def _pager(reader: "Reader", found: engine.Page) -> dict[str, Any]:
    number, pages = found.page, found.pages
    is_last = number == 0
    links: list[tuple[Any, str | None, bool]] = []
    if is_last:
        links = [("1", reader.url(), False), ("…", None, False), (_("末页"), None, True)]
    else:
        links = _numbers(reader, number, pages, has_next=found.has_next)
    return {
        "total_text": _("共%(n)s条记录", n=count_text(found.total)),
        "exact_url": reader.url(exact="1") if found.total.is_capped else None,
        "page": number,
        "pages": pages,
        "prev_url": reader.url(page=number - 1) if number > 1 else None,
        "next_url": reader.url(page=number + 1) if found.has_next and not is_last else None,
        "links": links,
        "per_page": reader.per_page,
        "per_page_urls": [(n, reader.url(per_page=n)) for n in PER_PAGE],
        "jump_action": paths.to(f"{reader.view.endpoint}.list"),
        "jump_hidden": reader.parameters(),
    }


def _numbers(
    reader: "Reader", number: int, pages: int | None, *, has_next: bool
) -> list[tuple[Any, str | None, bool]]:
    last = pages if pages is not None else number + (1 if has_next else 0)
    wanted = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})
    links: list[tuple[Any, str | None, bool]] = []
    before = 0
    for entry in wanted:
        if entry - before > 1:
            links.append(("…", None, False))
        links.append((str(entry), reader.url(page=entry), entry == number))
        before = entry
    if pages is None and has_next:
        links += [("…", None, False), (_("末页"), reader.url(page="last"), False)]
    return links
