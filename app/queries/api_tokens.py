"""The token a program shows, with the account and the identity it stands for."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Account, ApiToken, Identity
from app.security.actor import unscoped


def found(session: Session, prefix: str) -> tuple[ApiToken, Account, Identity] | None:
    """Give a token by its prefix with whom it acts as, whatever their state."""
    statement = (
        select(ApiToken, Account, Identity)
        .join(Account, Account.id == ApiToken.account_id)
        .join(Identity, Identity.id == ApiToken.identity_id)
        .where(ApiToken.prefix == prefix)
        .options(
            joinedload(Identity.authority),
            joinedload(Identity.institution),
            joinedload(Identity.agency),
        )
    )
    with unscoped("who is there must be known before anybody can act"):
        row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1], row[2])
