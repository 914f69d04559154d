"""停止考核 on a physician's page: what the authority enters, and takes back."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from app.enums import Role
from app.extensions import db
from app.models import Participation
from app.queries import cycles
from app.views import actions
from app.views.actions import Action
from app.views.base import acting
from app.views.clock import now
from app.views.stepgate import may_take
from app.workflows.engine import Offer
from app.workflows.offers import startable
from app.workflows.participation import PARTICIPATION
from app.workflows.stopping import BUTTONS


def on_list(offers: Sequence[Offer]) -> list[Offer]:
    """Leave out what is entered on the physician's own page, after a look at who it is."""
    return [one for one in offers if one.action not in BUTTONS]


def steps(physician_id: int, *, back: str) -> list[Action]:
    """Give the buttons of the participation in the current cycle that are open."""
    actor, session = acting(), db.session()
    if actor.role is not Role.AUTHORITY or not may_take(PARTICIPATION.name):
        return []
    cycle = cycles.current(session, province_id=actor.province_id)
    if cycle is None:
        return []
    seat = session.scalars(
        select(Participation).where(
            Participation.physician_id == physician_id, Participation.cycle_id == cycle.id
        )
    ).first()
    if seat is None:
        return []
    offers = startable(PARTICIPATION, session, seat, actor=actor, at=now())
    return [
        replace(actions.step(PARTICIPATION.name, seat.id, one), fields={"next": back, "back": back})
        for one in offers
        if one.action in BUTTONS and one.closed_reason is None
    ]
