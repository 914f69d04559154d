"""Authorities, institutions and agencies: how they come into being; stopping is a workflow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import (
    N_,
    AgencyKind,
    AuthorityLevel,
    BodyStatus,
    InstitutionGrade,
    InstitutionKind,
    Ownership,
)
from app.models import Agency, Authority, Institution
from app.operations import trail
from app.refusals import Refusal
from app.security.actor import Actor, unscoped
from app.security.id_numbers import uscc_problem


class BodyRefused(Refusal):
    """A body that may not be created; ``message`` is in the user's words."""


@dataclass(frozen=True, kw_only=True)
class InstitutionFacts:
    """What is known of an institution besides its name and code (domain 2.2 本机构信息)."""

    licence_number: str | None = None
    kind: InstitutionKind = InstitutionKind.HOSPITAL
    grade: InstitutionGrade = InstitutionGrade.UNGRADED
    ownership: Ownership = Ownership.NON_PROFIT
    beds: int | None = None
    physician_count: int | None = None
    head: str | None = None
    contact_person: str | None = None
    contact_phone: str | None = None
    address: str | None = None
    postcode: str | None = None
    may_apply_as_agency: bool = False


NOTHING_KNOWN = InstitutionFacts()
_BELOW = {
    None: AuthorityLevel.NATION,
    AuthorityLevel.NATION: AuthorityLevel.PROVINCE,
    AuthorityLevel.PROVINCE: AuthorityLevel.CITY,
    AuthorityLevel.CITY: AuthorityLevel.COUNTY,
}


def create_authority(
    session: Session,
    *,
    code: str,
    name: str,
    level: AuthorityLevel,
    parent: Authority | None,
    actor: Actor,
    at: datetime,
    contact_person: str | None = None,
    contact_phone: str | None = None,
) -> Authority:
    """Add a node to the tree of authorities, one level below its parent.

    :raises BodyRefused: the code is taken, the level does not fit, or the parent is stopped.
    """
    if _BELOW.get(parent.level if parent else None) is not level:
        raise BodyRefused(_l("该级别的行政机构不能设在所选的上级机构之下，请核对级别。"))
    if parent is not None and parent.status is not BodyStatus.ACTIVE:
        raise BodyRefused(_l("上级行政机构“%(name)s”已停用，请先启用。", name=parent.name))
    if session.scalar(select(Authority.id).where(Authority.code == code)) is not None:
        raise BodyRefused(_l("行政区划代码“%(code)s”已被使用，请核对。", code=code))
    row = Authority(
        code=code,
        name=name,
        level=level,
        parent_id=parent.id if parent else None,
        province_id=parent.province_id if parent else None,
        path=parent.path if parent else "/",
        contact_person=contact_person,
        contact_phone=contact_phone,
    )
    session.add(row)
    session.flush()  # the path ends with its own id
    row.path = f"{row.path}{row.id}/"
    if level is AuthorityLevel.PROVINCE:
        row.province_id = row.id
    session.flush()  # what is created below reads the path
    _log_creation(session, row, actor=actor, at=at, authority_path=row.path)
    return row


def create_institution(
    session: Session,
    *,
    authority: Authority,
    uscc: str,
    name: str,
    actor: Actor,
    at: datetime,
    facts: InstitutionFacts = NOTHING_KNOWN,
) -> Institution:
    """Add an institution under its superior authority.

    :raises BodyRefused: a wrong code, one that the province knows already, or no province.
    """
    province_id = _province_of(authority)
    problem = uscc_problem(uscc)
    if problem is not None:
        raise BodyRefused(problem)
    with unscoped("the code must be unique in the province, also under other authorities"):
        known = session.scalar(
            select(Institution.id).where(
                Institution.province_id == province_id, Institution.uscc == uscc
            )
        )
    if known is not None:
        raise BodyRefused(_l("统一社会信用代码“%(code)s”在本省已登记，请核对。", code=uscc))
    row = Institution(
        uscc=uscc,
        name=name,
        province_id=province_id,
        authority_path=authority.path,
        authority_id=authority.id,
        **vars(facts),
    )
    session.add(row)
    session.flush()  # the entry of the trail names its id
    _log_creation(
        session, row, actor=actor, at=at, authority_path=authority.path, institution_id=row.id
    )
    return row


def create_agency(
    session: Session,
    *,
    authority: Authority,
    name: str,
    kind: AgencyKind,
    actor: Actor,
    at: datetime,
    institution: Institution | None = None,
    contact_person: str | None = None,
    contact_phone: str | None = None,
) -> Agency:
    """Add an assessment agency, perhaps the office of an institution (art. 7).

    :raises BodyRefused: the province knows the name, no province, or an institution elsewhere.
    """
    province_id = _province_of(authority)
    if institution is not None and institution.province_id != province_id:
        raise BodyRefused(_l("考核机构所依托的医疗卫生机构须在同一省内。"))
    with unscoped("the name must be unique in the province, also under other authorities"):
        known = session.scalar(
            select(Agency.id).where(Agency.province_id == province_id, Agency.name == name)
        )
    if known is not None:
        raise BodyRefused(_l("考核机构“%(name)s”在本省已登记，请核对。", name=name))
    row = Agency(
        name=name,
        kind=kind,
        contact_person=contact_person,
        contact_phone=contact_phone,
        province_id=province_id,
        authority_path=authority.path,
        authority_id=authority.id,
        institution_id=institution.id if institution else None,
    )
    session.add(row)
    session.flush()  # the entry of the trail names its id
    _log_creation(session, row, actor=actor, at=at, authority_path=authority.path, agency_id=row.id)
    return row


def _province_of(authority: Authority) -> int:
    if authority.province_id is None:
        raise BodyRefused(_l("机构须隶属省、市或县级卫生行政部门。"))
    if authority.status is not BodyStatus.ACTIVE:
        raise BodyRefused(_l("上级行政机构“%(name)s”已停用，请先启用。", name=authority.name))
    return authority.province_id


def _log_creation(
    session: Session,
    row: Authority | Institution | Agency,
    *,
    actor: Actor,
    at: datetime,
    **scope_columns: Any,
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject=type(row).__tablename__,
        subject_id=row.id,
        action="create",
        label=N_("新增机构"),
        comment=row.name,
        province_id=row.province_id,
        **scope_columns,
    )
