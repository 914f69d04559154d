"""What happened to accounts, in the trail; never a password, a code or a document number."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AccountState, Role
from app.models import Account, Identity
from app.operations import trail
from app.security.actor import SYSTEM, Actor, unscoped

SUBJECT = "account"
_SCOPE = ("province_id", "institution_id", "agency_id", "physician_id")


def note(
    session: Session,
    account: Account,
    *,
    action: str,
    label: str,
    actor: Actor,
    at: datetime,
    identity: Identity | None = None,
    before: AccountState | None = None,
    comment: str | None = None,
) -> None:
    """Add an entry that belongs to the bodies of the account's identity.

    ``label`` is the untranslated word of the manual, ``before`` the state that was left.
    """
    identity = identity or main_identity(session, account.id)
    with unscoped("the trail of accounts is also written while nobody is signed in"):
        entry = trail.log(
            session,
            actor=actor,
            at=at,
            subject=SUBJECT,
            subject_id=account.id,
            action=action,
            label=label,
            comment=comment,
            authority_path=identity.authority_path if identity else "/",
            **{name: getattr(identity, name, None) for name in _SCOPE},
        )
        if before is not None:
            entry.from_status, entry.to_status = before.name, account.state.name
        session.flush()  # inside the block: a later flush would be checked against the actor


def main_identity(session: Session, account_id: int) -> Identity | None:
    """Give the first active identity of an account."""
    statement = (
        select(Identity)
        .where(Identity.account_id == account_id, Identity.is_active)
        .order_by(Identity.id)
        .limit(1)
    )
    with unscoped("an account's own identity decides where its trail belongs"):
        return session.scalars(statement).one_or_none()


def person(account: Account, identity: Identity | None) -> Actor:
    """Make the actor that signs what a person did to the own account."""
    if identity is None:
        return Actor(role=Role.SYSTEM, name=account.first_name, account_id=account.id)
    return Actor(
        role=identity.role,
        name=account.first_name,
        account_id=account.id,
        identity_id=identity.id,
    )


def nobody(account: Account) -> Actor:
    """Make the actor of a failed login: the account is named, a person is not."""
    return Actor(role=Role.SYSTEM, name=SYSTEM.name, account_id=account.id)
