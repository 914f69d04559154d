"""答题卡: what the page of a sitting says to the server, and the server's acknowledgements.

Nothing is acknowledged before it is committed. Time is the server's alone.
"""

import math
import re
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, NotFound

from app.enums import SittingEventKind
from app.extensions import db
from app.models import Sitting
from app.operations import answers, sitting_events, sittings, snapshots
from app.operations.answers import Entry, Saved
from app.operations.sittings import SittingRefused
from app.operations.snapshots import SnapshotRefused
from app.periods import local_time
from app.security.actor import SYSTEM, unscoped
from app.views.base import PageView, expose, protected
from app.views.clock import now
from app.views.rownumbers import MOST_ID
from app.workflows.engine import StepOvertaken
from app.workflows.paper import PAPER

_DEVICE = re.compile(r"[A-Za-z0-9-]{8,64}")
_LETTERS = re.compile(r"[A-Z]{0,12}")
_MOST_EVENTS = 50


class SheetView(PageView):
    """The calls of one page; each belongs to a sitting of the acting physician."""

    route_base = "/sheets"
    default_view = "open"

    @expose("/<int:pk>/open", methods=["POST"])
    @protected("use")
    def open(self, pk: int) -> Any:
        """Give the page its own numbers and everything that is stored."""
        sitting = _own(pk)
        device = _body(pk).get("device")
        if not isinstance(device, str) or not _DEVICE.fullmatch(device):
            raise BadRequest
        at = now()
        try:
            found = sittings.open_sheet(db.session(), sitting, device=device, at=at)
            db.session.commit()
        except SittingRefused:
            db.session.rollback()
            return _over(pk)
        return {
            "generation": found.generation,
            "answers": found.answers,
            "left": found.seconds_left,
            "paused": found.is_paused,
            "messages": sitting_events.messages(db.session(), pk, after=0),
        }

    @expose("/<int:pk>/sync", methods=["POST"])
    @protected("use")
    def sync(self, pk: int) -> Any:
        """Store answers and events; what comes back in ``stored`` is safe on the server."""
        body = _body(pk)
        entries, events = _entries(body), _events(body)
        at = now()
        saved = answers.save(db.session(), pk, entries, at=at)
        if saved is None:
            raise NotFound
        if events and not saved.is_closed:
            sitting_events.report(db.session(), _own(pk), events, at=at)
        db.session.commit()
        if saved.is_closed:
            return _over(pk)
        return _told(saved, at) | {
            "messages": sitting_events.messages(db.session(), pk, after=_after(body))
            if "after" in body
            else []
        }

    @expose("/<int:pk>/snapshot", methods=["POST"])
    @protected("use")
    def snapshot(self, pk: int) -> Any:
        """Take up one picture; a refused one need not be sent again."""
        sitting = _own(pk)
        seq, age = request.args.get("seq", ""), request.args.get("age", "0")
        if not (seq.isascii() and seq.isdigit() and 0 < int(seq) <= MOST_ID):
            raise BadRequest
        try:
            seconds = float(age)
        except ValueError:
            raise BadRequest from None
        if not math.isfinite(seconds):
            raise BadRequest
        content = request.get_data(cache=False)
        try:
            snapshots.store(
                db.session(), sitting, seq=int(seq), content=content, age=seconds, at=now()
            )
            db.session.commit()
        except SnapshotRefused as refusal:
            db.session.rollback()
            return {"stored": False, "reason": str(refusal.message)}, 422
        return {"stored": True}


def _own(pk: int) -> Sitting:
    found = db.session.get(Sitting, pk)
    if found is None:
        raise NotFound
    return found


def _body(pk: int) -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        _own(pk)  # what is somebody else's does not exist, whatever is sent
        raise BadRequest
    return body


def _entries(body: dict[str, Any]) -> list[Entry]:
    sent = body.get("entries", [])
    if not isinstance(sent, list) or len(sent) > answers.MOST:
        raise BadRequest
    return [_entry(one) for one in sent]


def _entry(one: Any) -> Entry:
    if not (isinstance(one, list) and len(one) == 4):
        raise BadRequest
    seq, question, letters, flagged = one
    numbers = all(type(n) is int and 0 < n <= MOST_ID for n in (seq, question))
    if not numbers or not isinstance(letters, str) or not _LETTERS.fullmatch(letters):
        raise BadRequest
    return Entry(seq, question, "".join(sorted(letters)), bool(flagged))


def _events(body: dict[str, Any]) -> list[SittingEventKind]:
    sent = body.get("events", [])
    if not isinstance(sent, list) or len(sent) > _MOST_EVENTS:
        raise BadRequest
    known = SittingEventKind.__members__
    if not all(isinstance(one, str) and one in known for one in sent):
        raise BadRequest
    return [SittingEventKind[one] for one in sent]


def _after(body: dict[str, Any]) -> int:
    found = body.get("after")
    return found if type(found) is int and 0 <= found <= MOST_ID else 0


def _told(saved: Saved, at: Any) -> dict[str, Any]:
    return {
        "stored": saved.stored,
        "left": saved.seconds_left,
        "paused": saved.is_paused,
        "at": f"{local_time(at):%H:%M:%S}",
    }


def _over(pk: int) -> dict[str, Any]:
    """Say that a sitting has ended, and end it if only the clock has done so."""
    session = db.session()
    sitting = _own(pk)
    if sitting.sheet.closed_at is None:
        with unscoped("the clock ends a sitting, whoever notices it first"):
            try:
                PAPER.fire(session, sitting.paper_id, "time_out", actor=SYSTEM, at=now())
                session.commit()
            except StepOvertaken:
                session.rollback()  # somebody else was faster
    return {"closed": True, "after": url_for("SittingView.after", pk=pk), "text": _("作答已结束。")}
