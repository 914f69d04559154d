"""指派: which agency assesses an institution's physicians; their rows follow it at once."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.enums import ACTIVE_BODIES, N_, AppointmentStatus, CycleStatus
from app.models import Agency, Appointment, Cycle, Institution, Participation
from app.operations import notices, trail
from app.operations.case_rows import hanging_on
from app.refusals import Refusal
from app.security.actor import Actor


class AppointmentRefused(Refusal):
    """An appointment that may not be made; ``message`` is in the user's words."""


def appoint(
    session: Session,
    *,
    institution: Institution,
    agency: Agency,
    cycle: Cycle,
    actor: Actor,
    at: datetime,
) -> Appointment:
    """Entrust the institution's physicians to the agency, in place of whoever had them before.

    A withdrawn appointment is replaced by a new row; the trail keeps what it was.
    :raises AppointmentRefused: a stopped body, another province, or a cycle that is over.
    """
    reason = _objection(institution, agency, cycle)
    if reason is not None:
        raise AppointmentRefused(reason)
    row = session.scalars(
        select(Appointment)
        .where(Appointment.institution_id == institution.id, Appointment.cycle_id == cycle.id)
        .with_for_update()
    ).one_or_none()
    if row is not None and row.status is AppointmentStatus.WITHDRAWN:
        session.delete(row)
        session.flush()  # its place is unique
        row = None
    if row is None:
        row = Appointment(
            province_id=institution.province_id,
            authority_path=institution.authority_path,
            cycle_id=cycle.id,
            institution_id=institution.id,
        )
        session.add(row)
    before, row.agency_id = row.agency_id, agency.id
    row.appointed_at = at
    session.flush()  # the entry of the trail names its id
    entrust(session, institution_id=institution.id, cycle_id=cycle.id, agency_id=agency.id)
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="appointment",
        subject_id=row.id,
        action="appoint",
        label=N_("指派考核机构"),
        comment=agency.name,
        province_id=institution.province_id,
        authority_path=institution.authority_path,
        institution_id=institution.id,
        agency_id=agency.id,
    )
    notices.follow(session, "appointment", "appoint", ids=[row.id], at=at, parameters={})
    if before not in (None, agency.id):
        notices.follow(session, "appointment", "replaced", ids=[before], at=at, parameters={})
    return row


def entrust(session: Session, *, institution_id: int, cycle_id: int, agency_id: int | None) -> None:
    """Put the agency, or nobody, on every row of the institution's physicians in the cycle."""

    own = (Participation.institution_id == institution_id) & (Participation.cycle_id == cycle_id)
    session.flush()  # what follows goes round the unit of work
    criteria = [(Participation, own), *hanging_on(select(Participation.id).where(own))]
    for model, criterion in criteria:
        session.execute(
            update(model)
            .where(criterion)
            .values(agency_id=agency_id)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()  # loaded rows still show the old agency


def _objection(institution: Institution, agency: Agency, cycle: Cycle) -> LazyString | None:
    if len({institution.province_id, agency.province_id, cycle.province_id}) > 1:
        return _l("只能指派本省的考核机构。")
    for body in (institution, agency):
        if body.status not in ACTIVE_BODIES:
            return _l("“%(name)s”已停用，不能指派。请先启用。", name=body.name)
    if cycle.status is CycleStatus.CLOSED:
        return _l("周期“%(label)s”已结束，不能再指派。", label=cycle.label)
    return None
