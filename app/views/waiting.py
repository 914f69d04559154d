"""What waits for the acting person, read once a request: the menu and the home page show it."""

from collections.abc import Mapping

from flask import g

from app.dashboards import todo
from app.extensions import db
from app.security.actor import actor_or_none


def waiting() -> Mapping[str, int]:
    """Give the counts of ``todo``; nothing for a visitor."""
    if "waiting" not in g:
        actor = actor_or_none()
        g.waiting = todo.counts(db.session(), actor=actor) if actor is not None else {}
    found: Mapping[str, int] = g.waiting
    return found
