"""联系方式: whom to call, the agency of the cycle and the superior authority (manual 1.8)."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AppointmentStatus, Role
from app.models import Agency, Appointment, Authority, Cycle, Institution
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call."""

    kind: str
    body: str
    person: str | None
    phone: str | None


def contacts(
    session: Session, actor: Actor, cycle: Cycle | None, own: Institution | None
) -> tuple[Contact, ...]:
    """Give the contacts of the acting body; ``own`` is its institution, read with its authority."""
    found = []
    agency = _agency(session, actor, cycle)
    if agency is not None:
        found.append(
            Contact(_("考核机构"), agency.name, agency.contact_person, agency.contact_phone)
        )
    authority = own.authority if own is not None else _superior(session, actor)
    if authority is not None:
        found.append(
            Contact(
                _("行政机构"), authority.name, authority.contact_person, authority.contact_phone
            )
        )
    return tuple(found)


def _agency(session: Session, actor: Actor, cycle: Cycle | None) -> Agency | None:
    if actor.institution_id is None or cycle is None:
        return None
    statement = (
        select(Agency)
        .join(Appointment, Appointment.agency_id == Agency.id)
        .where(
            Appointment.institution_id == actor.institution_id,
            Appointment.cycle_id == cycle.id,
            Appointment.status == AppointmentStatus.ACTIVE,
        )
    )
    return session.scalars(statement).first()


def _superior(session: Session, actor: Actor) -> Authority | None:
    ids = [int(part) for part in actor.authority_path.split("/") if part]
    if actor.role is Role.AUTHORITY:
        ids = ids[:-1]
    return session.get(Authority, ids[-1]) if ids else None
