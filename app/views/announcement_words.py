"""Announcements in lists and on home pages: their state in words, and the latest of them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import case

from app.extensions import db
from app.models import Announcement
from app.queries import announcements
from app.queries.listing import Column
from app.views import paths
from app.views.access import acting
from app.views.cells import shown

_STATES = {
    "draft": ("wait", _l("草稿")),
    "published": ("ok", _l("已发布")),
    "withdrawn": ("plain", _l("已撤回")),
}
_READ = {False: ("wait", _l("未读")), True: ("plain", _l("已读"))}


def state() -> Column:
    """Give the column of 草稿, 已发布, 已撤回."""
    a = Announcement
    expression = case(
        (a.published_at.is_(None), "draft"),
        (a.withdrawn_at.is_not(None), "withdrawn"),
        else_="published",
    )
    return Column(
        name="state",
        label=_l("状态"),
        expression=expression,
        show=lambda name: _chip(_STATES[name]),
        plain=lambda name: str(_STATES[name][1]),
    )


def reading(is_read: Any) -> Column:
    """Give the column of 未读, 已读."""
    return Column(
        name="state",
        label=_l("状态"),
        expression=is_read,
        show=lambda done: _chip(_READ[bool(done)]),
        plain=lambda done: str(_READ[bool(done)][1]),
    )


def panel() -> dict[str, Any]:
    """Give what a home page draws of the latest announcements; nothing for roles without any."""
    actor = acting()
    if actor.role not in announcements.READERS:
        return {}
    found = announcements.latest(
        db.session(),
        account_id=actor.account_id,
        authority_path=actor.authority_path,
        authority_id=actor.authority_id,
    )
    rows = [
        {
            "title": row.title,
            "url": paths.to("AnnouncementView.show", pk=row.id),
            "day": shown(row.published_at)[:10],
            "is_read": is_read,
            "must_read": row.must_read,
        }
        for row, is_read in found
    ]
    return {"announcements": rows, "announcements_url": paths.to("AnnouncementView.list")}


def _chip(word: tuple[str, Any]) -> Markup:
    return Markup('<span class="chip {}">{}</span>').format(f"tone-{word[0]}", word[1])
