"""转移 by an authority: a physician and the open case go to another institution below it (T35)."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import BodyStatus, Role, TransferSource
from app.models import Department, Institution, Physician
from app.operations import transfer_requests, transfers
from app.queries import accounts
from app.refusals import Refusal
from app.security.actor import Actor, unscoped


class MoveRefused(Refusal):
    """A move that is not made; ``field`` names what was typed wrong."""


def move(
    session: Session,
    person: Physician,
    *,
    institution: str,
    department: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Institution:
    """Move a physician to a department of an institution, both named in full; give where to.

    :raises MoveRefused: no such institution or department below the authority, the same one, or a
        roster that comes from the registry.
    """
    closed = transfer_requests.closed(session, province_id=person.province_id)
    if closed is not None:
        raise MoveRefused(closed)
    found = accounts.find_body(session, institution, role=Role.INSTITUTION)
    if len(found) != 1:
        raise MoveRefused(
            _l("本级及下级范围内没有该名称的医疗卫生机构，请填写全称或统一社会信用代码。"),
            field="institution",
        )
    home: Institution = found[0]
    if home.id == person.institution_id:
        raise MoveRefused(_l("该医师已在“%(name)s”。", name=home.name), field="institution")
    if home.province_id != person.province_id:
        raise MoveRefused(_l("只能转移到本省的医疗卫生机构。"), field="institution")
    units = {
        row.name: row.id
        for row in session.scalars(
            select(Department).where(
                Department.institution_id == home.id, Department.status == BodyStatus.ACTIVE
            )
        )
    }
    if department not in units:
        raise MoveRefused(
            _l("“%(name)s”没有该科室，现有科室：%(known)s。", name=home.name,
               known="、".join(units) or "—"),
            field="department",
        )  # fmt: skip
    house = person.institution
    session.flush()  # under the actor's own scope, which is lifted below
    with unscoped("both institutions were found in the actor's scope; their rows change sides"):
        transfers.carry(
            session, person, house, home=home, department_id=units[department],
            source=TransferSource.AUTHORITY, actor=actor, at=at, reason=reason,
        )  # fmt: skip
    return home
