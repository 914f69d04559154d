"""列设置: which columns of a list are shown, in which order; a plain form, kept per account."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.operations import layouts as kept
from app.queries import layouts
from app.queries.layouts import Layout
from app.queries.listing import Listing
from app.views import words
from app.views.access import acting, page
from app.views.paths import own_path
from app.views.sessions import visitor


@dataclass(frozen=True, slots=True)
class Line:
    """One column in the form."""

    name: str
    label: str
    is_shown: bool


def layout_of(view: Any) -> Layout:
    """Give what the person chose for a list; it came with the session."""
    account = visitor().account
    preferences = account.preferences if account is not None else None
    lists = (preferences or {}).get(kept.COLUMNS, {})
    return Layout.from_document(lists.get(type(view).__name__))


def answer(view: Any) -> Any:
    """Draw the form, move a column in it, or keep what was chosen."""
    listing, layout = view.listing(), layout_of(view)
    here = url_for(f"{view.endpoint}.list")
    back = own_path(request.values.get("next"), here)
    if request.method == "GET":
        return _form(view, listing, layout, back)
    typed = layouts.chosen(
        listing,
        layout,
        order=_moved(request.form.getlist("order"), request.form.get("move", "")),
        shown=set(request.form.getlist("shown")),
    )
    if "move" in request.form:
        return _form(view, listing, typed, back)
    if request.form.get("act") == "reset":
        return _kept(view, None, back)
    if not request.form.getlist("shown"):
        return _form(view, listing, typed, back, problem=_("请至少选择一列。"))
    return _kept(view, typed, back)


def _kept(view: Any, layout: Layout | None, back: str) -> Any:
    account_id = acting().account_id
    assert account_id is not None  # a person in a browser has an account
    kept.keep_layout(
        db.session(),
        account_id=account_id,
        list_name=type(view).__name__,
        layout=layout.document() if layout else None,
    )
    db.session.commit()
    flash(_("列设置已保存。") if layout else _("已恢复默认的列。"), "success")
    return redirect(back)


def _moved(order: list[str], move: str) -> list[str]:
    """Give the order with one column a place up or down."""
    direction, _colon, name = move.partition(":")
    if name not in order:
        return order
    place = order.index(name)
    target = place - 1 if direction == "up" else place + 1
    if 0 <= target < len(order):
        order[place], order[target] = order[target], order[place]
    return order


def _form(
    view: Any, listing: Listing, layout: Layout, back: str, *, problem: str | None = None
) -> Any:
    lines = [
        Line(column.name, words.said(column.label), column.name not in layout.hidden)
        for column in layouts.arranged(listing.columns, layout)
    ]
    title = _("列设置")
    drawn = {
        "lines": lines,
        "back_url": back,
        "url": url_for(f"{view.endpoint}.columns", tab=request.args.get("tab")),
        "problem": problem,
    }
    return page("list/columns.html", title=title, crumbs=view.crumbs(), page=drawn)
