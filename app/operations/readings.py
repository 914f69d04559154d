"""查阅 of personal data: who opened whose page, written down once a day for each reader."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_
from app.models import TrailEntry
from app.operations import trail
from app.periods import CHINA, local_day
from app.queries.trail import READ
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a row with personal data on it."""

    subject: str
    subject_id: int
    physician_id: int


def is_known(session: Session, look: Look, *, actor: Actor, at: datetime) -> bool:
    """Say whether nothing need be written: one's own page, or the second look of a day in China."""
    if actor.physician_id == look.physician_id:
        return True
    today = datetime.combine(local_day(at), time()) - CHINA
    known = select(TrailEntry.id).where(
        TrailEntry.physician_id == look.physician_id,
        TrailEntry.account_id == actor.account_id,
        TrailEntry.actor_role == actor.role,
        TrailEntry.subject == look.subject,
        TrailEntry.action == READ,
        TrailEntry.at >= today,
    )
    return session.scalar(known.limit(1)) is not None


def note(session: Session, look: Look, *, actor: Actor, at: datetime) -> None:
    """Write a look down; the caller commits.

    It belongs to the body of the reader: whoever answers for the reader sees it, and nobody
    below learns who above has looked.
    """
    trail.log(
        session,
        actor=actor,
        at=at,
        subject=look.subject,
        subject_id=look.subject_id,
        action=READ,
        label=N_("查阅"),
        physician_id=look.physician_id,
        province_id=actor.province_id,
        authority_path=actor.authority_path,
        institution_id=actor.institution_id,
        agency_id=actor.agency_id,
    )
