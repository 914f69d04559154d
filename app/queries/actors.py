"""Who an account is under one of its hats, in a request and in a job."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.enums import ACTIVE_BODIES, AccountState, AppointmentStatus, Role
from app.models import Account, Appointment, Identity
from app.security.actor import Actor, unscoped


def actor_from(
    session: Session,
    account: Account | None,
    identity: Identity | None,
    *,
    today: date,
    body: str | None = None,
) -> Actor | None:
    """Give the actor that an account is under an identity, or None if it may not act.

    ``body`` is the name of the identity's body where it was read already.
    """
    if account is None or identity is None or account.state is not AccountState.ACTIVE:
        return None
    if not is_current(identity, today=today):
        return None
    agency_id = identity.agency_id
    if agency_id is None and identity.role is Role.AGENCY:
        return None
    return Actor(
        role=identity.role,
        name=_signature(account, identity),
        body=_body_name(identity) if body is None else body,
        account_id=account.id,
        identity_id=identity.id,
        province_id=identity.province_id,
        authority_path=identity.authority_path,
        authority_id=identity.authority_id,
        institution_id=identity.institution_id,
        agency_id=agency_id,
        physician_id=identity.physician_id,
        page_role_id=identity.page_role_id,
        entrusted=_entrusted(session, agency_id),
    )


def is_current(identity: Identity, *, today: date) -> bool:
    """Say whether the term of an identity has begun and not ended; a deputy's lies in its principal's."""
    starts, ends, principal = identity.starts_on, identity.last_day, identity.principal
    if principal is not None and not (principal.is_active and is_current(principal, today=today)):
        return False
    return (starts is None or starts <= today) and (ends is None or today <= ends)


def current_actor_of(session: Session, identity_id: int, *, today: date) -> Actor | None:
    """Read anew who an identity is: None once it, its account or its body may not act any more."""
    statement = (
        select(Identity)
        .where(Identity.id == identity_id, Identity.is_active)
        .options(
            joinedload(Identity.account),
            joinedload(Identity.authority),
            joinedload(Identity.institution),
            joinedload(Identity.agency),
        )
        .execution_options(populate_existing=True)
    )
    with unscoped("who acts must be known before anybody can"):
        identity = session.scalars(statement).one_or_none()
        if identity is None or not identity.account.active or not body_is_active(identity):
            return None
        return actor_from(session, identity.account, identity, today=today)


def body_is_active(identity: Identity | None) -> bool:
    """Say whether every body of an identity is in operation."""
    if identity is None:
        return False
    bodies = (identity.institution, identity.agency, identity.authority)
    return all(body is None or body.status in ACTIVE_BODIES for body in bodies)


def _signature(account: Account, identity: Identity) -> str:
    """Give the name under which acts stand in the trail: a deputy's names the principal."""
    if identity.principal is None:
        return str(account.first_name)
    return f"{account.first_name}（代{identity.principal.account.first_name}）"


def _body_name(identity: Identity) -> str:
    body = identity.agency or identity.institution or identity.authority
    return body.name if body else ""


def _entrusted(session: Session, agency_id: int | None) -> frozenset[int]:
    if agency_id is None:
        return frozenset()
    statement = select(Appointment.institution_id).where(
        Appointment.agency_id == agency_id, Appointment.status == AppointmentStatus.ACTIVE
    )
    with unscoped("the scope of an agency is what it is appointed to"):
        return frozenset(session.scalars(statement))
