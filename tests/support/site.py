"""The whole application on a private copy of the demo, and people signed in to it."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import select

import config as configuration
from app import create_app
from app.cli.schema import bring_up_to_date, grant_permissions, storage_app
from app.demo import load
from app.enums import AccountState, Role
from app.extensions import db
from app.models import Account, Identity, WebSession
from app.security.actor import Actor, acting_as, unscoped
from app.views.clock import now
from app.views.sessions import Visitor, actor_of
from tests.support.routing import keep_compiled_rules


class CompiledTemplates(BytecodeCache):
    """What templates were compiled to, for every application of the process: the costliest part of
    a first page. The key holds the source's checksum, so a changed template is compiled anew.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled from the same source."""
        known = self._kept.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_TEMPLATES = CompiledTemplates()
keep_compiled_rules()


def settings(url: str, data_dir: Path, **changes: str) -> dict[str, Any]:
    """Give the test profile's configuration for a database."""
    environ = {
        "DINGKAO_PROFILE": "test",
        "DATABASE_URL": url.replace("sqlite:///", "sqlite+pysqlite:///"),
        "DATA_DIR": str(data_dir),
        "DINGKAO_CAPTCHA": "off",
        **changes,
    }
    loaded = configuration.load(environ)
    loaded["RATELIMIT_ENABLED"] = False
    return loaded


@dataclass
class Site:
    """An application and its database."""

    app: Flask
    url: str

    @contextmanager
    def session(self, username: str | None = None) -> Iterator[Any]:
        """Give a database session, unscoped or acting as an account of the demo."""
        with self.app.app_context():
            if username is None:
                with unscoped("a test looks behind the curtain"):
                    yield db.session()
            else:
                with acting_as(self.actor(username)):
                    yield db.session()
            db.session.rollback()

    def actor(self, username: str, role: Role | None = None) -> Actor:
        """Give the actor of an account's first identity, or of the one with a role."""
        with self.app.app_context(), unscoped("a test signs in"):
            account, identity = _hat(username, role)
            found = actor_of(Visitor(account, identity, 1, "0"))
            db.session.rollback()
        assert found is not None, f"{username} cannot act"
        return found

    def actor_of_identity(self, identity_id: int) -> Actor:
        """Give the actor an identity makes, whatever the state of its account."""
        with self.app.app_context(), unscoped("a test acts as somebody"):
            identity = db.session.get(Identity, identity_id)
            assert identity is not None
            account = identity.account
            account.state = AccountState.ACTIVE
            found = actor_of(Visitor(account, identity, 1, "0"))
            db.session.rollback()
        assert found is not None
        return found

    def physician_client(self) -> FlaskClient:
        """Give the browser of the first physician whose account is active."""
        with self.app.app_context(), unscoped("a test looks for a physician"):
            username = db.session.scalars(
                select(Account.username)
                .join(Identity, Identity.account_id == Account.id)
                .where(Identity.role == Role.PHYSICIAN, Account.state == AccountState.ACTIVE)
                .order_by(Identity.id)
            ).first()
            db.session.rollback()
        return self.client(username)

    def client(self, username: str | None = None, role: Role | None = None) -> FlaskClient:
        """Give a browser's client, signed in as an account (by its user name) without the form."""
        client = self.app.test_client()
        if username is None:
            return client
        token = secrets.token_urlsafe(32)
        with self.app.app_context(), unscoped("a test signs in"):
            account, identity = _hat(username, role)
            db.session.add(
                WebSession(
                    id=hashlib.sha256(token.encode()).hexdigest(),
                    data="{}",
                    created_at=now(),
                    seen_at=now(),
                    expires_at=now() + timedelta(hours=1),
                    account_id=account.id,
                    identity_id=identity.id if identity else None,
                )
            )
            db.session.commit()
        client.set_cookie("dingkao", token)
        return client


def _hat(username: str, role: Role | None) -> tuple[Account, Identity | None]:
    account = db.session.scalars(select(Account).where(Account.username == username)).one()
    hats = [hat for hat in account.identities if role is None or hat.role is role]
    return account, (hats[0] if hats else None)


def build_demo(url: str, data_dir: Path) -> None:
    """Migrate an empty database and load the demo into it."""
    migrated = storage_app(settings(url, data_dir))
    with migrated.app_context():
        bring_up_to_date()
        db.engine.dispose()
    grant_permissions(settings(url, data_dir))
    with storage_app(settings(url, data_dir)).app_context():
        with unscoped("the demo is loaded by nobody"):
            load(db.session(), at=now())
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


def open_site(url: str, data_dir: Path, **changes: str) -> Site:
    """Start the application on a migrated database, without CSRF and captcha."""
    config = settings(url, data_dir, **changes)
    config["WTF_CSRF_ENABLED"] = False
    app = create_app(config)
    app.jinja_env.bytecode_cache = _TEMPLATES
    return Site(app, url)
