"""A person's own password: 密码初始化设置 and 修改密码. Only its hash is ever stored."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, AccountState
from app.models import Account, Agency, Authority, Identity, Institution, Physician
from app.operations import login_guard
from app.operations.account_trail import main_identity, note, person
from app.operations.initial_passwords import INITIAL_PASSWORD, InitialMode, is_expired, opens
from app.operations.login_names import is_index
from app.refusals import Refusal
from app.security.actor import unscoped
from app.security.passwords import (
    PasswordPolicy,
    hash_password,
    password_problems,
    verify_password,
)

CHANGED = N_("修改密码")


class PasswordRefused(Refusal):
    """A password that is not taken; ``problems`` say why, ``field`` where it was typed."""

    def __init__(self, problems: Sequence[LazyString], *, field: str = "new") -> None:
        super().__init__("；".join(str(problem) for problem in problems), field)
        self.problems = tuple(problems)


def set_password(
    session: Session,
    account: Account,
    *,
    new: str,
    policy: PasswordPolicy,
    context_words: Iterable[str],
    at: datetime,
    label: str = CHANGED,
) -> None:
    """Store a new password and make the account an ordinary one; the caller ends its sessions.

    :raises PasswordRefused: the policy does not take it.
    """
    problems = password_problems(new, policy=policy, context_words=context_words)
    if problems:
        raise PasswordRefused(problems)
    hashed = hash_password(new)
    identity = main_identity(session, account.id)
    with unscoped("a person's own password, also while the initial state gives no scope"):
        before, account.state = account.state, AccountState.ACTIVE
        account.password = hashed
        account.initial_until = account.initial_code = None
        account.initial_tries = 0
        account.changed_on = at
        session.flush()
    note(
        session, account,
        action="set_password", label=label, actor=person(account, identity), at=at, before=before,
    )  # fmt: skip


def initialise_password(
    session: Session,
    account: Account,
    *,
    old: str,
    new: str,
    policy: PasswordPolicy,
    mode: InitialMode,
    at: datetime,
) -> None:
    """密码初始化设置: replace what opened the account by the person's own password.

    The row is read again under its lock: a reset made meanwhile is not undone.

    :raises PasswordRefused: ``old`` is not what opened it, the 72 hours are over, or the policy.
    """
    _lock(session, account)
    if is_expired(account, at=at):
        raise PasswordRefused(
            [_l("初始密码已超过72小时，请联系上级单位重新重置密码。")], field="old"
        )
    if not opens(account, old, mode=mode):
        raise PasswordRefused([_l("原密码不正确，请输入登录时使用的初始密码。")], field="old")
    if new in (INITIAL_PASSWORD, old):
        raise PasswordRefused([_l("新密码不能与原密码相同，请重新设置。")])
    words = context_words(session, account)
    set_password(
        session, account,
        new=new, policy=policy, context_words=words, at=at, label=N_("密码初始化设置"),
    )  # fmt: skip


def change_password(
    session: Session,
    account: Account,
    *,
    old: str,
    new: str,
    policy: PasswordPolicy,
    network: str,
    at: datetime,
) -> None:
    """修改密码: the old password proves the person; guesses are counted as at the login.

    A refusal has counted something, too: the caller commits either way.

    :raises PasswordRefused: wrong old password, too many guesses, or the policy.
    """
    key = login_guard.guard_key(f"change {account.id}", network=network)
    minutes = login_guard.locked_minutes(session, key, at=at)
    if minutes is not None:
        raise PasswordRefused(
            [_l("原始密码错误次数过多，请%(minutes)s分钟后再试。", minutes=minutes)], field="old"
        )
    _lock(session, account)
    if not verify_password(old, stored=account.password):
        login_guard.record_failure(session, key, at=at)
        raise PasswordRefused([_l("原始密码不正确，请重新输入。")], field="old")
    if new == old:
        raise PasswordRefused([_l("新密码不能与原密码相同，请重新设置。")])
    words = context_words(session, account)
    set_password(session, account, new=new, policy=policy, context_words=words, at=at)
    login_guard.reset(session, key)


def context_words(session: Session, account: Account) -> list[str]:
    """Give what a password must not contain: names and numbers of the person and the bodies."""
    statement = (
        select(Physician.name, Physician.id_number, Institution.name, Agency.name, Authority.name)
        .select_from(Identity)
        .outerjoin(Physician, Physician.id == Identity.physician_id)
        .outerjoin(Institution, Institution.id == Identity.institution_id)
        .outerjoin(Agency, Agency.id == Identity.agency_id)
        .outerjoin(Authority, Authority.id == Identity.authority_id)
        .where(Identity.account_id == account.id, Identity.is_active)
    )
    with unscoped("the words are compared with the person's own password, never shown"):
        rows = session.execute(statement).all()
    words = {word for row in rows for word in row if word} | {account.first_name}
    if not is_index(account.username):
        words.add(account.username)
    return sorted(words)


def _lock(session: Session, account: Account) -> None:
    with unscoped("the person's own account, whatever its state"):
        session.refresh(account, with_for_update=True)
