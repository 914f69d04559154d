"""Accounts as they are listed: one row per identity, with its person and its body."""

from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import Session

from app.enums import AgencyStatus, BodyStatus, Role
from app.models import Account, Agency, Authority, Identity, Institution, Physician

body_name = func.coalesce(Agency.name, Institution.name, Authority.name)
username = case((Identity.physician_id.is_not(None), Physician.id_masked), else_=Account.username)
"""What is typed as 账号; of a physician the masked number, where the reader may see physicians."""

_BODIES = {Role.INSTITUTION: Institution, Role.AGENCY: Agency, Role.PROCTOR: Agency}
_IN_FORCE = {
    Role.INSTITUTION: BodyStatus.ACTIVE,
    Role.AGENCY: AgencyStatus.ACTIVE,
    Role.PROCTOR: AgencyStatus.ACTIVE,
}


def with_person(statement: Select[Any]) -> Select[Any]:
    """Join identities to persons and bodies."""
    return (
        statement.join(Account, Account.id == Identity.account_id)
        .outerjoin(Agency, Agency.id == Identity.agency_id)
        .outerjoin(Institution, Institution.id == Identity.institution_id)
        .outerjoin(Authority, Authority.id == Identity.authority_id)
        .outerjoin(Physician, Physician.id == Identity.physician_id)
    )


def found(session: Session, identity_id: int) -> Row[Any]:
    """Read one listed row.

    :raises NoResultFound: no such identity in the actor's scope.
    """
    statement = select(
        Identity.id.label("pk"),
        Identity.account_id,
        Identity.role,
        Identity.is_active,
        Identity.authority_id,
        username.label("username"),
        Account.first_name.label("name"),
        Account.state.label("state"),
        Account.last_login.label("last_login"),
        Account.initial_until.label("initial_until"),
        body_name.label("body"),
    ).select_from(Identity)
    return session.execute(with_person(statement).where(Identity.id == identity_id)).one()


def first_clerk(session: Session, *, body: Institution | Agency) -> Identity:
    """Give the first active identity of a body's own role.

    :raises NoResultFound: nobody has an account there, or it is out of the actor's scope.
    """
    statement = select(Identity).where(
        Identity.is_active, Identity.page_role_id.is_(None), Identity.principal_id.is_(None)
    )
    if isinstance(body, Agency):
        statement = statement.where(Identity.role == Role.AGENCY, Identity.agency_id == body.id)
    else:
        statement = statement.where(
            Identity.role == Role.INSTITUTION, Identity.institution_id == body.id
        )
    return session.scalars(statement.order_by(Identity.id).limit(1)).one()


def find_body(session: Session, text: str, *, role: Role) -> list[Any]:
    """Find active institutions or agencies by full name or 统一社会信用代码, at most two."""
    model: Any = _BODIES[role]
    named = model.name == text
    if model is Institution:
        named = named | (Institution.uscc == text.upper())
    statement = select(model).where(model.status == _IN_FORCE[role], named)
    return list(session.scalars(statement.limit(2)))
