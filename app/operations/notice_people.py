"""Whom a step concerns, as a SELECT of accounts: the rows' physicians, clerks and superiors."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.enums import Role
from app.models import AgencyApplication, Cycle, Identity, Institution
from app.queries.among import among
from app.queries.messages import wearers

To = Callable[[Session, Sequence[int]], Select[Any]]


def physicians_of(model: Any) -> To:
    def to(session: Session, ids: Sequence[int]) -> Select[Any]:
        people = select(model.physician_id).where(among(session, model.id, ids))
        return wearers(Identity.physician_id.in_(people), Identity.role == Role.PHYSICIAN)

    return to


def clerks_of(model: Any, role: Role, column: str) -> To:
    def to(session: Session, ids: Sequence[int]) -> Select[Any]:
        bodies = select(getattr(model, column)).where(among(session, model.id, ids))
        return wearers(getattr(Identity, column).in_(bodies), Identity.role == role)

    return to


def superiors_of_applicants(session: Session, ids: Sequence[int]) -> Select[Any]:
    offices = (
        select(Institution.authority_id)
        .join(AgencyApplication, AgencyApplication.institution_id == Institution.id)
        .where(among(session, AgencyApplication.id, ids))
    )
    return wearers(Identity.authority_id.in_(offices), Identity.role == Role.AUTHORITY)


def clerks_of_province(session: Session, ids: Sequence[int]) -> Select[Any]:
    provinces = select(Cycle.province_id).where(among(session, Cycle.id, ids))
    roles = (Role.INSTITUTION, Role.AGENCY, Role.AUTHORITY)
    return wearers(Identity.province_id.in_(provinces), Identity.role.in_(roles))


def clerks_of_agencies(_session: Session, ids: Sequence[int]) -> Select[Any]:
    return wearers(Identity.agency_id.in_(ids), Identity.role == Role.AGENCY)
