"""调入申请: an institution asks for a physician of another one; the case goes along (T35)."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, BodyStatus, RequestStatus, TransferSource
from app.models import Department, Institution, Physician, TransferRequest
from app.operations import registry_links, trail, transfers
from app.operations.physician_intake import id_index
from app.refusals import Refusal
from app.security.actor import Actor, unscoped
from app.security.id_numbers import normalise_id_number


class TransferRefused(Refusal):
    """A request that is not taken; ``field`` names what was typed wrong."""


def closed(session: Session, *, province_id: int | None) -> LazyString | None:
    """Say why nothing can be asked for here, or None: a linked province moves in the registry."""
    link = registry_links.of_province(session, province_id=province_id)
    if link is None or not link.is_linked:
        return None
    return _l("本省已与医师电子化注册系统对接，变更执业机构请在注册系统中办理，办理后会自动同步。")


def ask(
    session: Session,
    own: Institution,
    *,
    name: str,
    id_number: str,
    department: Department,
    reason: str,
    actor: Actor,
    at: datetime,
) -> TransferRequest:
    """Ask for a physician, named by name and full number, who is registered in the same province.

    Whoever does not know both is told no more than that nobody was found.

    :raises TransferRefused: nobody is found, the person is here already, or a request waits.
    """
    refusal = closed(session, province_id=own.province_id)
    if refusal is not None:
        raise TransferRefused(refusal)
    person, house = _named(session, own, name=name, id_number=id_number)
    found = TransferRequest(
        status_since=at,
        asked_at=at,
        name=person.name,
        id_masked=person.id_masked,
        reason=reason,
        province_id=own.province_id,
        authority_path=own.authority_path,
        from_path=house.authority_path,
        from_institution_id=house.id,
        from_name=house.name,
        institution_id=own.id,
        to_name=own.name,
        department_id=department.id,
        physician_id=person.id,
    )
    session.add(found)
    session.flush()  # the entry of the trail names its id
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="transfer_request",
        subject_id=found.id,
        action="ask",
        label=N_("申请调入"),
        comment=f"{found.name}：{found.from_name}→{found.to_name}",
        province_id=own.province_id,
        authority_path=own.authority_path,
        institution_id=own.id,
    )
    return found


def objection(session: Session, request: TransferRequest) -> LazyString | None:
    """Say why a request cannot be agreed to now, or None."""
    refusal = closed(session, province_id=request.province_id)
    if refusal is not None:
        return refusal
    with unscoped("both sides of a transfer are looked at, neither is shown"):
        person = session.get(Physician, request.physician_id)
        home = session.get_one(Institution, request.institution_id)
        unit = session.get_one(Department, request.department_id)
    if person is None or person.institution_id != request.from_institution_id:
        return _l("该医师已不在原机构，请驳回本申请。")
    if home.status is not BodyStatus.ACTIVE or unit.status is not BodyStatus.ACTIVE:
        return _l("申请机构或其科室已停用，请驳回本申请，由申请机构重新提出。")
    return None


def carry_out(session: Session, request: TransferRequest, *, actor: Actor, at: datetime) -> None:
    """Move the physician with everything that belongs to the open cycle."""
    session.flush()  # under the actor's own scope, which is lifted below
    with unscoped("an agreed transfer takes rows out of the scope of whoever agreed"):
        person = session.get_one(Physician, request.physician_id, populate_existing=True)
        home = session.get_one(Institution, request.institution_id)
        transfers.carry(
            session,
            person,
            session.get_one(Institution, request.from_institution_id),
            home=home,
            department_id=request.department_id,
            source=TransferSource.REQUEST,
            actor=actor,
            at=at,
        )


def _named(
    session: Session, own: Institution, *, name: str, id_number: str
) -> tuple[Physician, Institution]:
    typed = "".join(id_number.split()).upper()
    numbers = {id_index(one) for one in (typed, normalise_id_number(id_number)) if one}
    with unscoped("a person is found by name and full number together, and only then"):
        person = session.scalars(
            select(Physician).where(
                Physician.province_id == own.province_id, Physician.id_index.in_(sorted(numbers))
            )
        ).first()
        if person is None or person.name != name.strip():
            raise TransferRefused(
                _l("本省没有姓名与证件号码都相符的医师，请核对。新进医师请用新增医师。"),
                field="id_number",
            )
        house = session.get_one(Institution, person.institution_id)
        waiting = select(TransferRequest.id).where(
            TransferRequest.physician_id == person.id,
            TransferRequest.institution_id == own.id,
            TransferRequest.status == RequestStatus.AWAITING,
        )
        is_waiting = session.scalar(waiting.limit(1)) is not None
    if house.id == own.id:
        raise TransferRefused(_l("该医师已在本机构，无需申请调入。"), field="id_number")
    if is_waiting:
        raise TransferRefused(
            _l("该医师已有待审核的调入申请，请等待原机构或其隶属卫生行政部门办理。"),
            field="id_number",
        )
    return person, house
