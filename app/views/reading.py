"""Drawing a page with personal data on it, and writing down who read it."""

from collections.abc import Callable
from typing import Any

from app.extensions import db
from app.operations import readings
from app.views.base import acting
from app.views.clock import now


def drawn(row: Any, subject: str, physician_id: int, draw: Callable[[], Any]) -> Any:
    """Draw, then note the look in a transaction of its own: that of a page begins for reading only."""
    look = readings.Look(subject, row.id, physician_id)
    answer = draw()
    session, actor = db.session(), acting()
    if not readings.is_known(session, look, actor=actor, at=now()):
        session.rollback()
        readings.note(session, look, actor=actor, at=now())
        session.commit()
    return answer
