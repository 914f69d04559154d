"""Accounts of the demo: one known password for all, and the actors that stand for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.enums import AccountState, Role
from app.models import Account, Agency, Authority, Identity, Institution
from app.security.actor import Actor, unscoped

PASSWORD = "Dingkao-2024"  # noqa: S105 - printed on the first page of the demo


@dataclass(frozen=True)
class Clerks:
    """Opens accounts for the people of bodies; the hash is made once, for it is slow."""

    session: Session
    at: datetime
    stored_password: str

    def account(
        self, username: str, *, name: str, state: AccountState = AccountState.ACTIVE
    ) -> Account:
        """Open an account; one in the initial state has no password."""
        row = Account(
            username=username,
            email=f"{username}@account.invalid",
            first_name=name,
            last_name="",
            active=True,
            state=state,
            password=self.stored_password if state is AccountState.ACTIVE else None,
            created_on=self.at,
            changed_on=self.at,
        )
        with unscoped("the demo opens accounts for all bodies"):
            self.session.add(row)
            self.session.flush()  # identities name its id
        return row

    def identity(
        self,
        account: Account,
        role: Role,
        *,
        authority: Authority | None = None,
        institution: Institution | None = None,
        agency: Agency | None = None,
    ) -> Actor:
        """Give an account a hat and return the actor it makes."""
        host = institution or (agency.institution if agency else None)
        home = authority or institution or agency
        body = home.name if home else ""
        row = Identity(
            role=role,
            account_id=account.id,
            province_id=home.province_id if home else None,
            authority_path=_path(home),
            authority_id=authority.id if authority else None,
            institution_id=host.id if host else None,
            agency_id=agency.id if agency else None,
        )
        with unscoped("the demo gives identities at all bodies"):
            self.session.add(row)
            self.session.flush()  # the actor names its id
        return Actor(
            role=role,
            name=account.person_name,
            body=body,
            account_id=account.id,
            identity_id=row.id,
            province_id=row.province_id,
            authority_path=row.authority_path,
            authority_id=row.authority_id,
            institution_id=row.institution_id,
            agency_id=row.agency_id,
        )

    def clerk(
        self,
        username: str,
        role: Role,
        *,
        name: str,
        authority: Authority | None = None,
        institution: Institution | None = None,
        agency: Agency | None = None,
        state: AccountState = AccountState.ACTIVE,
    ) -> Actor:
        """Open an account with one identity."""
        account = self.account(username, name=name, state=state)
        return self.identity(
            account, role, authority=authority, institution=institution, agency=agency
        )


def _path(home: Authority | Institution | Agency | None) -> str:
    if home is None:
        return "/"
    return home.path if isinstance(home, Authority) else home.authority_path
