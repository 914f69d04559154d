"""Buttons and table rows as HTML, in one pass: a list draws hundreds of them.

Everything that is not a constant of this file is escaped here, once.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app.views import fragments
from app.views.actions import Action

_DASH = '<span class="muted" aria-hidden="true">—</span>'
_LONG = 18  # characters from which a cell may wrap


def action(a: Action, look: str = "link") -> Markup:
    """Draw a link, a POST, or a closed button that says why."""
    if a.closed_reason:
        return closed(a.label, a.closed_reason, look)
    kind = _look(a, look)
    if a.method != "post":
        return _safe(f'<a class="{kind}" href="{escape(a.url)}">{escape(a.label)}</a>')
    button = f'data-action="{escape(a.name)}"{asks(a)}>{escape(a.label)}</button>'
    if len(a.fields) > 1:
        return _safe(
            f'<form class="act-form" method="post" action="{escape(a.url)}">{tokens(a.fields)}'
            f'<button class="{kind}" type="submit" {button}</form>'
        )
    return _safe(
        f'<button class="{kind}" type="submit" form="act" formaction="{escape(a.url)}"'
        f"{_named(a.fields)} {button}"
    )


def submit(a: Action, form_id: str) -> Markup:
    """Draw a button of one form, which sends the whole form to the action's own address."""
    if a.closed_reason or a.method != "post":
        return action(a, "button")
    first = dict(list(a.fields.items())[:1])
    skips = " formnovalidate" if a.needs_reason else ""
    return _safe(
        f'<button class="{_look(a, "button")}" type="submit" form="{escape(form_id)}"'
        f' formaction="{escape(a.url)}" data-action="{escape(a.name)}"{_named(first)}{skips}'
        f"{asks(a)}>{escape(a.label)}</button>"
    )


def closed(label: Any, reason: Any, look: str = "link") -> Markup:
    """Draw a button that cannot be pressed, with the reason for eyes and ears."""
    kind = "btn" if look in ("button", "plain") else "act"
    why = escape(reason)
    return _safe(
        f'<span class="{kind} is-closed" role="link" tabindex="0" aria-disabled="true"'
        f' title="{why}" data-tip>{escape(label)}<span class="visually-hidden">（{why}）</span></span>'
    )


def asks(a: Action) -> Markup:
    """Give the attributes by which the dialog asks before a button posts."""
    if not (a.needs_reason or a.confirm):
        return Markup()
    reason = f' data-reason="{escape(a.reason_label or _("理由"))}"' if a.needs_reason else ""
    danger = " data-danger" if a.tone == "danger" else ""
    return _safe(f' data-ask="{escape(a.confirm or a.label)}"{reason}{danger}')


def tokens(fields: Mapping[str, str] | None = None, token: str | None = None) -> Markup:
    """Draw the CSRF token, or what stands for it in a kept piece, and other hidden fields."""
    given = {"csrf_token": token or generate_csrf(), **(fields or {})}
    return _safe(
        "".join(
            f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
            for key, value in given.items()
        )
    )


class RowActions:
    """The links of a list's rows: those of one shape are drawn once and kept, with slots for its values."""

    def __init__(self, view: Any) -> None:
        self.view = view
        self.known: dict[Any, str] = {}

    def __call__(self, row: Any) -> list[Action] | Markup:
        """Give a row's links, drawn where the view tells their shape."""
        shape = self.view.row_shape(row)
        if shape is None:
            found: list[Action] = self.view.row_actions(row)
            return found
        key, names = shape
        html = self.known.get(key)
        if html is None:
            html = self.known[key] = fragments.remembered(
                "row", self.view.endpoint, key, build=lambda: self._drawn(row, names)
            )
        for name in names:
            html = html.replace(f"\ue000{name}\ue001", str(escape(getattr(row, name))))
        return _safe(html)

    def _drawn(self, row: Any, names: Sequence[str]) -> str:
        marks = {name: f"\ue000{name}\ue001" for name in names}
        stand_in = SimpleNamespace(**{**row._mapping, **marks})  # noqa: SLF001 - SQLAlchemy's public name
        return "".join([action(a) for a in self.view.row_actions(stand_in)])


def rows(drawn: Iterable[Any], columns: Sequence[Any], *, pickable: bool, operable: bool) -> Markup:
    """Draw the body of a list: ``drawn`` are RowViews, ``columns`` pairs of CSS class and word."""
    heads = [(str(escape(css or "")), str(escape(word))) for css, word in columns]
    serial, operations = escape(_("序号")), escape(_("操作"))
    pick = str(escape(_("选择第 %(n)s 行", n="{n}")))
    parts: list[str] = []
    for row in drawn:
        parts.append("<tr>")
        if pickable:
            parts.append(
                '<td class="pick"><label class="pick-target"><input class="form-check-input"'
                f' type="checkbox" name="ids" value="{escape(row.pk)}" form="bulk" data-pick'
                f' aria-label="{pick.replace("{n}", str(row.number))}"></label></td>'
            )
        parts.append(f'<td class="serial" data-label="{serial}">{row.number}</td>')
        parts.extend(_cell(*head, cell) for head, cell in zip(heads, row.cells, strict=True))
        if operable:
            acts = row.actions
            if not isinstance(acts, Markup):
                acts = "".join([action(a) for a in acts])
            parts.append(
                f'<td class="ops" data-label="{operations}"><div class="acts">{acts}</div></td>'
            )
        parts.append("</tr>")
    return _safe("".join(parts))


def table_rows(drawn: Iterable[Any], headings: Sequence[Any], **look: bool) -> Markup:
    """Draw the body of a table whose headings are list.html's: name, word, …, CSS class."""
    return rows(drawn, [(heading[4], heading[1]) for heading in headings], **look)


def _cell(css: str, label: str, cell: Any) -> str:
    if cell is None or cell == "":
        return f'<td class="{css} is-blank" data-label="{label}">{_DASH}</td>'
    is_text = isinstance(cell, str) and not hasattr(cell, "__html__")
    long = " long" if is_text and len(cell) > _LONG else ""
    return f'<td class="{css}{long}" data-label="{label}"><span>{escape(cell)}</span></td>'


def _look(a: Action, look: str) -> str:
    danger = a.tone == "danger"
    if look == "button":
        return f"btn btn-{a.tone if a.tone in ('primary', 'danger') else 'plain'}"
    if look == "plain":
        return f"btn btn-{'danger' if danger else 'plain'}"
    if look == "item":
        return "dropdown-item"
    return "act act-danger" if danger else "act"


def _named(fields: Mapping[str, str]) -> str:
    return "".join(
        f' name="{escape(key)}" value="{escape(value)}"' for key, value in fields.items()
    )


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - every part was escaped above


def install(app: Flask) -> None:
    """Give templates what this file draws."""
    app.jinja_env.globals.update(
        draw_action=action,
        draw_submit=submit,
        draw_closed=closed,
        draw_asks=asks,
        draw_tokens=tokens,
        draw_rows=table_rows,
    )
