"""The current cycle of the acting person's province, read once a request."""

from flask import g

from app.extensions import db
from app.models import Cycle
from app.operations import current_cycle
from app.views import sessions
from app.views.access import acting


def cycle() -> Cycle | None:
    """Give it as it is kept in the process: it belongs to no session and is for reading."""
    if "current_cycle" not in g:
        version = sessions.visitor().cycle_version
        g.current_cycle = current_cycle.kept(db.session(), actor=acting(), version=version)
    found: Cycle | None = g.current_cycle
    return found
