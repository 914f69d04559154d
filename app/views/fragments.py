"""Pieces of pages that are drawn once and kept: the frame round a page changes rarely.

A piece is kept for one identity, language and version of the roles, so that nothing of one
person's page can show up on another's. What differs between requests fills slots::

    {% call(slot) kept("header", shell.name, csrf=csrf_token()) %}… {{ slot.csrf }} …{% endcall %}

The arguments after the name are everything else that the piece depends on.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request
from flask_babel import get_locale
from markupsafe import Markup, escape

from app.views import sessions

_MOST = 4000  # pieces of some kilobytes each
_kept: "OrderedDict[tuple[Any, ...], str]" = OrderedDict()


def kept(
    name: str, *depends: Any, caller: Callable[[Mapping[str, Markup]], str], **slots: Any
) -> Markup:
    """Give the piece that ``caller`` draws, drawing it only when it is not known."""
    marks = {slot: f"\ue000{slot}\ue001" for slot in slots}

    def build() -> str:
        return str(caller({slot: Markup(mark) for slot, mark in marks.items()}))  # noqa: S704 - our own marks

    html = remembered(name, *depends, build=build)
    for slot, mark in marks.items():
        html = html.replace(mark, str(escape(slots[slot])))
    return Markup(html)  # noqa: S704 - drawn by a template, slots escaped


def remembered(name: str, *depends: Any, build: Callable[[], str]) -> str:
    """Give what was built before for this person, language and roles, else build it."""
    seen = sessions.visitor()
    who = (seen.identity and seen.identity.id, seen.account and seen.account.id, seen.role_version)
    key = (name, str(get_locale()), *who, request.script_root, *depends)
    html = _kept.get(key)
    if html is None:
        html = _kept[key] = build()
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return html


def install(app: Flask) -> None:
    """Give templates ``kept``."""
    _kept.clear()
    app.jinja_env.globals.update(kept=kept)
