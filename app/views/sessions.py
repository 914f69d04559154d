"""Server-side sessions: the cookie holds a random token, the database a row that can be ended.

One statement a request reads the session, its account, the identity with its bodies, the number
of identities and the version of the roles; nothing else is asked about who acts.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, Request, Response, current_app, g, request, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Row, Select, bindparam, delete, func, select
from sqlalchemy.orm import Session, aliased
from werkzeug.datastructures import CallbackDict

from app.enums import ACTIVE_BODIES, AccountState
from app.extensions import db
from app.models import (
    Account,
    Agency,
    Authority,
    Identity,
    Institution,
    Message,
    Setting,
    WebSession,
)
from app.operations import current_cycle
from app.queries.actors import actor_from
from app.security.actor import Actor, bind_actor, unscoped
from app.views.clock import now, today
from app.views.paths import is_api

SEEN_EVERY = timedelta(minutes=5)  # how often a merely reading visitor is written down
ROLE_VERSION = "role_version"
CYCLE_VERSION = current_cycle.VERSION
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MUST_READ = "must_read"
MOST_UNREAD = 100  # shown as 99+


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """A dictionary that knows its row; ``token`` is None until it must be stored."""

    def __init__(self, initial: dict[str, Any] | None = None, token: str | None = None) -> None:
        def changed(_self: Any) -> None:
            self.modified = True

        super().__init__(initial or {}, changed)
        self.token = token
        self.modified = False
        self.account_id: int | None = None
        self.identity_id: int | None = None
        self.seen_at: datetime | None = None
        self.replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """What one statement told of who is there."""

    account: Account | None = None
    identity: Identity | None = None
    identities: int = 0
    role_version: str = "0"
    province: str = ""
    unread: int = 0
    body: str | None = None  # None: not read, ask the identity
    cycle_version: str | None = None  # None: not read, nothing is kept under it


def end_reading(response: Response) -> Response:
    """End the transaction of a page that only read with COMMIT.

    There is nothing to commit; but at a ROLLBACK, which is how an unfinished transaction ends,
    the driver forgets the statements that PostgreSQL has prepared.
    """
    held = db.session()
    is_clean = not (held.new or held.dirty or held.deleted)
    if request.method in SAFE and response.status_code < 400 and is_clean:
        held.commit()
    return response


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


class DatabaseSessions(SessionInterface):
    """Flask's session on the ``web_session`` table."""

    serializer = TaggedJSONSerializer()

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        bind_actor(None)
        g.visitor = Visitor()
        if request.method in SAFE:
            db.session.connection(execution_options={"read_only": True})
        token = None if is_api() else request.cookies.get(self.get_cookie_name(app))
        found = _load(token) if token and len(token) < 100 else None
        if found is None:
            return ServerSession()
        row, g.visitor = found
        opened = ServerSession(self.serializer.loads(row.data), token)
        opened.account_id = row.account_id if g.visitor.account is not None else None
        opened.identity_id = row.identity_id
        opened.seen_at = row.seen_at
        bind_actor(actor_of(g.visitor))
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ServerSession)
        if is_api():
            return
        response.headers.add("Vary", "Cookie")
        at = now()
        is_stale = session.seen_at is not None and at - session.seen_at > SEEN_EVERY
        if not (session.modified or is_stale or session.replaces):
            return
        if session.token is None:
            if not session:
                return
            session.token = secrets.token_urlsafe(32)
        db.session.rollback()  # what the request did not commit is not stored, nor locks the row
        _store(session, data=self.serializer.dumps(dict(session)), at=at)
        response.set_cookie(
            self.get_cookie_name(app),
            session.token,
            httponly=True,
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
            path="/",
        )


def _who() -> Select[Any]:
    hat, province, changed = aliased(Identity), aliased(Authority), aliased(Setting)
    hats = (
        select(func.count(hat.id))
        .where(hat.account_id == WebSession.account_id, hat.is_active)
        .correlate(WebSession)
        .scalar_subquery()
    )
    waiting = (
        select(Message.id)
        .where(Message.account_id == WebSession.account_id, Message.read_at.is_(None))
        .limit(MOST_UNREAD)
        .correlate(WebSession)
        .subquery()
    )
    unread = select(func.count()).select_from(waiting).scalar_subquery()
    # Of the bodies only what is needed: whole rows of three tables are most of this statement's cost.
    bodies = (Agency.name, Agency.status, Institution.name, Institution.status)
    versions = (Setting.value, changed.value)
    facts = (*versions, hats, province.name, unread, *bodies, Authority.name, Authority.status)
    opened = (WebSession.data, WebSession.account_id, WebSession.identity_id, WebSession.seen_at)
    return (
        select(*opened, Account, Identity, *facts)
        .select_from(WebSession)
        .outerjoin(Account, (Account.id == WebSession.account_id) & Account.active)
        .outerjoin(Identity, (Identity.id == WebSession.identity_id) & Identity.is_active)
        .outerjoin(Setting, Setting.key == ROLE_VERSION)
        .outerjoin(changed, changed.key == CYCLE_VERSION)
        .outerjoin(province, province.id == Identity.province_id)
        .outerjoin(Agency, Agency.id == Identity.agency_id)
        .outerjoin(Institution, Institution.id == Identity.institution_id)
        .outerjoin(Authority, Authority.id == Identity.authority_id)
        .where(WebSession.id == bindparam("digest"), WebSession.expires_at > bindparam("at"))
    )


_WHO = _who()  # built once: it opens every request


def _load(token: str) -> tuple[Row[Any], Visitor] | None:
    with unscoped("who is there must be known before anybody can act"):
        given = {"digest": _digest(token), "at": now()}
        found = db.session.execute(_WHO, given).one_or_none()
    if found is None:
        return None
    account, identity, roles, cycles, count, name, unread, *bodies = found[4:]
    names, states = bodies[::2], bodies[1::2]
    if account is not None and account.state is AccountState.STOPPED:
        account = None
    if account is None or any(state is not None and state not in ACTIVE_BODIES for state in states):
        identity = None
    body = next((known for known in names if known), "")
    seen = Visitor(
        account, identity, count or 0, roles or "0", name or "", unread or 0, body, cycles or "0"
    )
    return found, seen


def actor_of(visitor: Visitor) -> Actor | None:
    """Give the actor a visitor is, or None for one who may only sign in or set a password."""
    with unscoped("a deputy's signature names the principal"):
        return actor_from(
            db.session(), visitor.account, visitor.identity, today=today(), body=visitor.body
        )


@contextmanager
def _own_transaction() -> Iterator[Session]:
    # A page that only reads holds a read snapshot; writing needs a transaction of its own.
    with unscoped("a session row belongs to nobody's data"), Session(db.engine) as own:
        yield own
        own.commit()


def _store(opened: ServerSession, *, data: str, at: datetime) -> None:
    hours = timedelta(hours=current_app.config["SESSION_HOURS"])
    with _own_transaction() as own:
        if opened.replaces:
            own.execute(delete(WebSession).where(WebSession.id == _digest(opened.replaces)))
            own.execute(delete(WebSession).where(WebSession.expires_at < at))
        row = own.get(WebSession, _digest(opened.token or ""))
        if row is None:
            if opened.seen_at is not None and not opened.replaces:
                return  # it was ended meanwhile: nothing brings it back
            row = WebSession(id=_digest(opened.token or ""), created_at=at)
            own.add(row)
        row.data = data
        row.account_id = opened.account_id
        row.identity_id = opened.identity_id
        row.seen_at = at
        row.expires_at = at + hours


def sign_in(account_id: int, identity_id: int | None) -> None:
    """Make this browser's session the account's, under a fresh token; nothing is carried over."""
    opened = session
    assert isinstance(opened, ServerSession)
    kept = {key: opened[key] for key in ("locale",) if key in opened}
    opened.replaces = opened.token or "-"
    opened.clear()
    opened.update(kept)
    opened[MUST_READ] = True  # asked once by the guard of forced pages
    opened.token = secrets.token_urlsafe(32)
    opened.account_id = account_id
    opened.identity_id = identity_id
    opened.seen_at = None
    opened.modified = True


def sign_out() -> None:
    """End this browser's session on the server; a copy of its cookie opens nothing any more."""
    opened = session
    assert isinstance(opened, ServerSession)
    if opened.token:
        with _own_transaction() as own:
            own.execute(delete(WebSession).where(WebSession.id == _digest(opened.token)))
    opened.clear()
    opened.token = None
    opened.account_id = opened.identity_id = None
    opened.seen_at = None  # what is told next opens a session of its own
    opened.modified = False


def end_sessions(database: Session, account_id: int, *, except_current: bool = False) -> None:
    """End an account's sessions in the caller's transaction."""
    statement = delete(WebSession).where(WebSession.account_id == account_id)
    token = getattr(session, "token", None)
    if except_current and token:
        statement = statement.where(WebSession.id != _digest(token))
    database.execute(statement)


def visitor() -> Visitor:
    """Give who is there in this request."""
    found: Visitor = g.visitor
    return found


def role_version(database: Session) -> str:
    """Give the version of the roles made in pages, where no session's statement has read it."""
    statement = select(Setting.value).where(Setting.key == ROLE_VERSION)
    return database.scalar(statement) or "0"


def dump(data: dict[str, Any]) -> str:
    """Serialise a preferences document."""
    return json.dumps(data, ensure_ascii=False)
