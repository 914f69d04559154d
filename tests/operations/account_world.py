"""A small province with two hospitals, for the tests of accounts."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pysqlite3
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.crypto import bind_keyring, keyring, keyring_from_text
from app.enums import AccountState, AuthorityLevel, Category, PhysicianLevel, Role, Sex
from app.extensions import db, tune_sqlite
from app.models import (
    Account,
    Agency,
    Authority,
    Department,
    Identity,
    Institution,
    Physician,
    TrailEntry,
    WebSession,
)
from app.operations import accounts
from app.operations.identities import Body
from app.security import scope_session
from app.security.actor import Actor, unscoped
from app.security.id_numbers import mask_id_number
from app.security.passwords import hash_password
from config import KNOWN_KEYS

AT = datetime(2024, 5, 6, 1, 0)
ID_NUMBER = "14021319850728105X"
LEGACY_NUMBER = "140213850728105"  # the same person's number before 1999
LICENCE = "110140000012345"
PASSWORD = "Qingfeng#2024xia"
HASHED = hash_password(PASSWORD)
SYSTEM_ADMIN = Actor(role=Role.SYSTEM_ADMIN, name="管理员", account_id=9001)


class ScopedSession(Session):
    """As in the application: every statement is scoped."""


scope_session.install(ScopedSession)


class World:
    """The session and the bodies; accounts are opened as they are needed."""

    def __init__(self, folder: Path) -> None:
        bind_keyring(keyring_from_text(KNOWN_KEYS))
        self.url = f"sqlite+pysqlite:///{folder / 'accounts.sqlite3'}"
        self.engine = create_engine(self.url, module=pysqlite3)
        tune_sqlite(self.engine)
        db.metadata.create_all(self.engine)
        self.session = ScopedSession(self.engine)
        with unscoped("the test's own province"):
            self._fill()
            self.session.commit()

    def _fill(self) -> None:
        add = self.session.add_all
        self.province = Authority(
            id=1, code="140000", name="山西省卫健委", level=AuthorityLevel.PROVINCE,
            path="/1/", province_id=1,
        )  # fmt: skip
        self.city = Authority(
            id=2, code="140400", name="长治市卫健委", level=AuthorityLevel.CITY,
            path="/1/2/", province_id=1, parent_id=1,
        )  # fmt: skip
        self.neighbour = Authority(
            id=3, code="140200", name="大同市卫健委", level=AuthorityLevel.CITY,
            path="/1/3/", province_id=1, parent_id=1,
        )  # fmt: skip
        add([self.province, self.city, self.neighbour])
        self.session.flush()
        home = {"province_id": 1, "authority_path": "/1/2/", "authority_id": 2}
        self.hospital = Institution(id=11, uscc="12140400111111111A", name="长治市医院", **home)
        self.other = Institution(id=12, uscc="12140400222222222B", name="潞州区医院", **home)
        self.agency = Agency(id=21, name="长治市考核办", **home)
        add([self.hospital, self.other, self.agency])
        self.session.flush()
        self.physician = self._physician(31, ID_NUMBER, "张丽华", self.hospital)
        self.stranger = self._physician(32, "140213198507281036", "王建国", self.other)

    def _physician(self, pk: int, number: str, name: str, at: Institution) -> Physician:
        place = {"province_id": 1, "authority_path": "/1/2/", "institution_id": at.id}
        department = Department(name="儿科", **place)
        self.session.add(department)
        self.session.flush()
        found = Physician(
            id=pk, name=name, id_number=number, id_masked=mask_id_number(number),
            id_index=keyring().blind_index(number, context="physician.id_number"),
            sex=Sex.FEMALE, birth_date=date(1985, 7, 28), level=PhysicianLevel.PHYSICIAN,
            category=Category.CLINICAL, licence_code=LICENCE, licensed_on=date(2010, 1, 1),
            created_at=AT, department_id=department.id, **place,
        )  # fmt: skip
        self.session.add(found)
        return found

    def open(
        self, username: str, role: Role, body: Body | None, *, mode: str = "manual"
    ) -> accounts.Created:
        """Open an account as the system administrator does."""
        created = accounts.create_account(
            self.session, username=username, name="李明", role=role, body=body,
            actor=SYSTEM_ADMIN, at=AT, mode=mode,
        )  # fmt: skip
        self.session.commit()
        return created

    def active(self, username: str, role: Role, body: Body | None) -> Account:
        """Open an account that already has the password of the tests."""
        account = self.open(username, role, body).account
        with unscoped("the test sets the password"):
            account.password, account.state = HASHED, AccountState.ACTIVE
            account.initial_until = None
            self.session.commit()
        return account

    def identity(self, account: Account) -> Identity:
        """Give an account's first identity."""
        with unscoped("the test looks"):
            return self.session.scalars(
                select(Identity).where(Identity.account_id == account.id).order_by(Identity.id)
            ).all()[0]

    def actor(self, account: Account) -> Actor:
        """Give who acts under an account's first identity."""
        hat = self.identity(account)
        return Actor(
            role=hat.role, name="李明", account_id=account.id, identity_id=hat.id,
            province_id=hat.province_id, authority_path=hat.authority_path,
            authority_id=hat.authority_id, institution_id=hat.institution_id,
            agency_id=hat.agency_id, physician_id=hat.physician_id,
        )  # fmt: skip

    def sign_in_somewhere(self, account: Account, *tokens: str) -> None:
        """Let browsers be signed in."""
        for token in tokens:
            self.session.add(
                WebSession(
                    id=token,
                    created_at=AT,
                    seen_at=AT,
                    expires_at=AT + timedelta(hours=8),
                    account_id=account.id,
                )
            )
        self.session.commit()

    def trail(self, account: Account) -> list[TrailEntry]:
        """Give what the trail says of an account, oldest first."""
        with unscoped("the test looks"):
            return list(
                self.session.scalars(
                    select(TrailEntry)
                    .where(TrailEntry.subject == "account", TrailEntry.subject_id == account.id)
                    .order_by(TrailEntry.id)
                )
            )

    def close(self) -> None:
        """Let go of the database."""
        self.session.close()
        self.engine.dispose()
