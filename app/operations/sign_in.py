"""One attempt to sign in. The answer and its time do not tell whether an account exists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.enums import N_, AccountState
from app.models import Account, Identity
from app.operations import identities, login_guard
from app.operations.account_trail import nobody, note, person
from app.operations.initial_passwords import (
    TRIES,
    FactorAnswers,
    InitialMode,
    factor_holds,
    initial_mode,
    is_expired,
    opens,
)
from app.operations.login_names import find_for_login
from app.periods import local_day
from app.security.actor import unscoped
from app.security.passwords import verify_password

FAILED = _l("账号或密码错误，请核对后重新输入。")
NOT_CONFIRMED = _l("核对未通过，请检查填写的内容；%(count)s次未通过后需重新重置密码。", count=TRIES)
EXPIRED = _l("初始密码已超过72小时，请联系上级单位重新重置密码。")
HOMELESS = _l("该账号所属单位已停用或没有可用的身份，请联系上级单位。")


class Kind(StrEnum):
    """How an attempt ends."""

    SIGNED_IN = "signed_in"
    INITIAL = "initial"
    FACTOR_NEEDED = "factor_needed"
    FAILED = "failed"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """What the installation says; ``profile`` overrules a mode that is for demonstrations only."""

    initial_password_mode: str
    profile: str

    @property
    def mode(self) -> InitialMode:
        """The mode that is in force."""
        return initial_mode(self.initial_password_mode, profile=self.profile)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt; ``account`` only where it succeeded so far."""

    kind: Kind
    account: Account | None = None
    identity_id: int | None = None
    message: LazyString | None = None


def attempt(
    session: Session,
    *,
    login: str,
    password: str,
    network: str,
    at: datetime,
    settings: SignInSettings,
    pause: Callable[[], None] = lambda: None,
) -> Outcome:
    """Judge account name and password; the caller commits whatever the outcome is.

    :param pause: ends the transaction in which only reading was done, before the hash takes its
        time: on the embedded database everybody else's writes would wait for it.
    """
    key = login_guard.guard_key(login, network=network)
    closed = _closed(session, key, at=at)
    if closed is not None:
        return closed
    account = find_for_login(session, login)
    is_usable = account is not None and account.state is AccountState.ACTIVE and account.active
    # Exactly one hash whatever was found: the time must not tell unknown from wrong.
    stored = account.password if account is not None and is_usable else None
    account_id = account.id if account is not None else None
    pause()
    is_right = verify_password(password, stored=stored)
    if account_id is not None:
        with unscoped("nobody is signed in yet: the account that was found is read again"):
            account = session.get(Account, account_id, populate_existing=True)
        is_right = is_right and account is not None and account.password == stored
    is_opened = opens(account, password, mode=settings.mode)
    if account is not None and is_opened:
        return _initial(session, account, key, settings=settings, network=network, at=at)
    if account is None or not is_right:
        return _failed(session, account, key, network=network, at=at)
    return _signed_in(session, account, key, network=network, at=at)


def confirm(
    session: Session,
    *,
    account_id: int,
    answers: FactorAnswers,
    network: str,
    at: datetime,
    settings: SignInSettings,
) -> Outcome:
    """Judge the second page that 666666 leads to in ``factor`` mode: five tries per reset."""
    with unscoped("nobody is signed in yet: the person is being asked who it is"):
        account = session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
    key = login_guard.guard_key(f"factor {account_id}", network=network)
    closed = _closed(session, key, at=at)
    if closed is not None:
        return closed
    is_asked = settings.mode is InitialMode.FACTOR and account.state is AccountState.INITIAL
    is_right = factor_holds(session, account, answers)
    if not is_asked or account.initial_tries >= TRIES or not is_right:
        _count_try(session, account)
        return _failed(session, account, key, network=network, at=at, message=NOT_CONFIRMED)
    return _opened(session, account, key, network=network, at=at)


def leave(session: Session, account: Account, *, identity: Identity | None, at: datetime) -> None:
    """Record 退出; the session itself is the caller's."""
    signed = person(account, identity)
    note(
        session, account, action="logout", label=N_("退出"), actor=signed, at=at, identity=identity
    )  # fmt: skip


def _closed(session: Session, key: str, *, at: datetime) -> Outcome | None:
    minutes = login_guard.locked_minutes(session, key, at=at)
    if minutes is None:
        return None
    message = _l("登录失败次数过多，请%(minutes)s分钟后再试。", minutes=minutes)
    return Outcome(Kind.LOCKED, message=message)


def _initial(
    session: Session,
    account: Account,
    key: str,
    *,
    settings: SignInSettings,
    network: str,
    at: datetime,
) -> Outcome:
    if settings.mode is not InitialMode.FACTOR:
        return _opened(session, account, key, network=network, at=at)
    if account.initial_tries >= TRIES:
        return _failed(session, account, key, network=network, at=at)
    return Outcome(Kind.FACTOR_NEEDED, account)  # neither a failure nor a success yet


def _opened(session: Session, account: Account, key: str, *, network: str, at: datetime) -> Outcome:
    if is_expired(account, at=at):
        return _failed(session, account, key, network=network, at=at, message=EXPIRED)
    return _signed_in(session, account, key, network=network, at=at, kind=Kind.INITIAL)


def _signed_in(
    session: Session,
    account: Account,
    key: str,
    *,
    network: str,
    at: datetime,
    kind: Kind = Kind.SIGNED_IN,
) -> Outcome:
    hats = identities.usable(session, account_id=account.id, today=local_day(at))
    if not hats:
        return _failed(session, account, key, network=network, at=at, message=HOMELESS)
    identity = hats[0].identity
    login_guard.reset(session, key)
    with unscoped("the account's own record of its logins"):
        account.last_login = at
        account.login_count = (account.login_count or 0) + 1
        account.fail_login_count = 0
        session.flush()
    note(
        session, account,
        action="login", label=N_("登录"), actor=person(account, identity), at=at,
        identity=identity, comment=network,
    )  # fmt: skip
    return Outcome(kind, account, identity.id)


def _failed(
    session: Session,
    account: Account | None,
    key: str,
    *,
    network: str,
    at: datetime,
    message: LazyString = FAILED,
) -> Outcome:
    login_guard.record_failure(session, key, at=at)
    if account is not None:
        with unscoped("the account's own record of its logins"):
            account.fail_login_count = (account.fail_login_count or 0) + 1
            session.flush()
        note(
            session, account,
            action="login_failed", label=N_("登录失败"), actor=nobody(account), at=at, comment=network,
        )  # fmt: skip
    return Outcome(Kind.FAILED, message=message)


def _count_try(session: Session, account: Account) -> None:
    with unscoped("tries are counted on the account, whoever makes them"):
        account.initial_tries += 1
        session.flush()
