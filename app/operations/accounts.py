"""Accounts: opened, reset, stopped. Never stores or logs a password.

Who may do that to whom is ``resettable``; a caller asks it first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.enums import N_, AccountState, Role
from app.models import Account, Identity, WebSession
from app.operations import hats, notices
from app.operations.account_trail import note
from app.operations.identities import Body, wear
from app.operations.initial_passwords import InitialMode, make_initial
from app.operations.login_names import is_index, normalise_login
from app.refusals import Refusal
from app.security.actor import Actor, acting_as, unscoped

_ADMINS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
_RESETS: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.INSTITUTION: frozenset({Role.PHYSICIAN}),
        Role.AGENCY: frozenset({Role.PROCTOR}),
        Role.AUTHORITY: frozenset({Role.INSTITUTION, Role.AGENCY, Role.PROCTOR, Role.AUTHORITY}),
        Role.SYSTEM_ADMIN: _ADMINS | {Role.AUTHORITY, Role.PHYSICIAN},
    }
)
_RANKS: Mapping[Role, int] = MappingProxyType(
    {Role.PHYSICIAN: 0, Role.PROCTOR: 1, Role.AGENCY: 2, Role.INSTITUTION: 2, Role.AUTHORITY: 3}
    | dict.fromkeys(_ADMINS, 4)
)


class AccountRefused(Refusal):
    """Something that may not be done to an account; ``message`` is in the user's words."""


class AccountExists(AccountRefused):
    """The name is taken: the person may need another identity, not another account."""

    field = "username"


@dataclass(frozen=True, slots=True)
class Created:
    """A new account, and the code to hand out where one is needed (shown once, kept nowhere)."""

    account: Account
    code: str | None


def create_account(
    session: Session,
    *,
    username: str,
    name: str,
    role: Role,
    body: Body | None,
    actor: Actor,
    at: datetime,
    mode: str,
    email: str | None = None,
) -> Created:
    """Open an account in the initial state with its first identity.

    ``username`` is what the person will type, or a physician's ``id_index``; ``body`` is None
    for administrators only.

    :raises AccountExists: the name is taken.
    """
    is_stored_form = role is Role.PHYSICIAN and is_index(username)
    account = Account(
        username=username if is_stored_form else normalise_login(username),
        first_name=name,
        last_name="",
        email=email or f"{uuid4().hex}@account.invalid",  # the framework wants a unique one
        created_on=at,
        changed_on=at,
        state=AccountState.INITIAL,
        login_count=0,
        fail_login_count=0,
    )
    with unscoped("a new account belongs to nobody until it has its identity"):
        try:
            with session.begin_nested():
                session.add(account)
        except IntegrityError:
            raise AccountExists(_l("该账号已存在，请核对后换一个账号名称。")) from None
        identity = wear(session, account, role=role, body=body)
        code = make_initial(session, account, at=at, mode=InitialMode(mode))
        session.flush()
    note(
        session, account,
        action="create", label=N_("新增账号"), actor=actor, at=at, identity=identity,
    )  # fmt: skip
    return Created(account, code)


def resettable(session: Session, identity_id: int, *, actor: Actor) -> Identity:
    """Give the identity if the actor may reset its account: the body above does, never the equal.

    An account is reset by whoever may reset all its highest hats: a hospital must get neither at
    an office through a physician who works there too, nor at another hospital's record of a person
    whom it has taken up by number. Physicians of two hospitals go to the system administrator.

    :raises NoResultFound: the identity is out of the actor's scope or of another kind.
    :raises AccountRefused: the account has a higher hat.
    """
    allowed = _RESETS.get(actor.role, frozenset())
    statement = select(Identity).where(
        Identity.is_active, Identity.role.in_(allowed), Identity.account_id != actor.account_id
    )
    if actor.role is Role.AUTHORITY:
        statement = statement.where(
            Identity.authority_id.is_(None) | (Identity.authority_id != actor.authority_id)
        )
    with acting_as(actor):
        identity = session.scalars(statement.where(Identity.id == identity_id)).one()
        within = set(session.scalars(statement.where(Identity.account_id == identity.account_id)))
    with unscoped("hats at other bodies decide whether the reset is allowed; none is shown"):
        worn = session.scalars(
            select(Identity).where(Identity.account_id == identity.account_id, Identity.is_active)
        ).all()
    top = max(_RANKS[hat.role] for hat in worn)
    highest = {hat for hat in worn if _RANKS[hat.role] == top}
    if not highest <= within:
        raise AccountRefused(
            _l("该账号还有其他单位的身份，请联系该单位的上级卫生行政部门或系统管理员办理。")
        )
    return identity


def reset_password(
    session: Session, account_id: int, *, actor: Actor, at: datetime, mode: str
) -> str | None:
    """重置密码: initial state for 72 hours, no password, every session ended.

    Returns the code to hand out, where one is needed; it is shown once and kept nowhere.

    :raises AccountRefused: the account is stopped.
    """
    account = _locked(session, account_id)
    if account.state is AccountState.STOPPED:
        raise AccountRefused(_l("该账号已停用，请先启用再重置密码。"))
    before = account.state
    with unscoped("the caller has asked resettable()"):
        code = make_initial(session, account, at=at, mode=InitialMode(mode))
        account.reset_at = at
        _end_sessions(session, account_id)
        session.flush()
    note(
        session, account,
        action="reset_password", label=N_("重置密码"), actor=actor, at=at, before=before,
    )  # fmt: skip
    said = {"body": actor.body or actor.name}
    notices.follow(session, "account", "reset_password", ids=[account_id], at=at, parameters=said)
    return code


def renew_initial(
    session: Session, account_id: int, *, actor: Actor, at: datetime, mode: str
) -> str | None:
    """Start the 72 hours of an account in the initial state again, with a new code.

    :raises AccountRefused: the account is in use or stopped.
    """
    if _locked(session, account_id).state is not AccountState.INITIAL:
        raise AccountRefused(_l("该账号不在初始状态，如忘记密码请使用“重置密码”。"))
    return reset_password(session, account_id, actor=actor, at=at, mode=mode)


def stop_account(session: Session, account_id: int, *, actor: Actor, at: datetime) -> None:
    """Close an account to every login and end its sessions."""
    _move(session, account_id, to=AccountState.STOPPED, label=N_("停用账号"), actor=actor, at=at)


def start_account(session: Session, account_id: int, *, actor: Actor, at: datetime) -> None:
    """Open a stopped account again; without a password it still needs 重置密码.

    :raises AccountRefused: it is not stopped.
    """
    account = _locked(session, account_id)
    if account.state is not AccountState.STOPPED:
        raise AccountRefused(_l("该账号未停用。"))
    to = AccountState.ACTIVE if account.password else AccountState.INITIAL
    _move(session, account_id, to=to, label=N_("启用账号"), actor=actor, at=at)


def _move(
    session: Session, account_id: int, *, to: AccountState, label: str, actor: Actor, at: datetime
) -> None:
    account = _locked(session, account_id)
    before, account.state = account.state, to
    account.active = to is not AccountState.STOPPED
    with unscoped("the caller has asked resettable()"):
        if not account.active:
            hats.end_deputies_of(session, account_id)
        _end_sessions(session, account_id)
        session.flush()
    action = "start" if account.active else "stop"
    note(session, account, action=action, label=label, actor=actor, at=at, before=before)


def _locked(session: Session, account_id: int) -> Account:
    with unscoped("an account is changed by the body above, which may not read it"):
        return session.get_one(Account, account_id, with_for_update=True, populate_existing=True)


def _end_sessions(session: Session, account_id: int) -> None:
    session.execute(delete(WebSession).where(WebSession.account_id == account_id))
