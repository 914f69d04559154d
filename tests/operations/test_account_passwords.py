"""密码初始化设置 and 修改密码: what is taken, and what it does to the account."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.enums import AccountState, Role
from app.models import Account
from app.operations import account_passwords, accounts
from app.operations.account_passwords import PasswordRefused
from app.operations.initial_passwords import InitialMode
from app.security.passwords import DEFAULT_POLICY, verify_password
from tests.operations.account_world import (
    AT,
    PASSWORD,
    SYSTEM_ADMIN,
    ScopedSession,
    World,
)

NEW = "Lvshui_7788Ping"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def initialise(world: World, account: Account, old: str, new: str, mode: str = "manual") -> None:
    account_passwords.initialise_password(
        world.session, account, old=old, new=new, policy=DEFAULT_POLICY,
        mode=InitialMode(mode), at=AT + timedelta(hours=1),
    )  # fmt: skip


def test_the_first_password_makes_an_ordinary_account(world: World) -> None:
    account = world.open(world.physician.id_index, Role.PHYSICIAN, world.physician).account

    initialise(world, account, "666666", NEW)

    assert account.state is AccountState.ACTIVE
    assert (account.initial_until, account.initial_code) == (None, None)
    assert verify_password(NEW, stored=account.password)
    assert world.trail(account)[-1].action_label == "密码初始化设置"


@pytest.mark.parametrize("new", ["666666", "888888", "Zhang140213#Li", "潞州长治市医院Aa1#"])
def test_trivial_and_personal_passwords_are_refused(world: World, new: str) -> None:
    account = world.open(world.physician.id_index, Role.PHYSICIAN, world.physician).account

    with pytest.raises(PasswordRefused) as refused:
        initialise(world, account, "666666", new)

    assert refused.value.field == "new"
    assert (account.state, account.password) == (AccountState.INITIAL, None)


def test_the_old_password_of_the_first_page_is_what_opened_the_account(world: World) -> None:
    created = world.open("hospital", Role.INSTITUTION, world.hospital, mode="code")

    for wrong in ("666666", "", PASSWORD):
        with pytest.raises(PasswordRefused) as refused:
            initialise(world, created.account, wrong, NEW, mode="code")
        assert refused.value.field == "old"

    initialise(world, created.account, created.code or "", NEW, mode="code")
    assert created.account.state is AccountState.ACTIVE


def test_an_initial_password_is_worth_nothing_after_72_hours(world: World) -> None:
    account = world.open("hospital", Role.INSTITUTION, world.hospital).account

    with pytest.raises(PasswordRefused, match="72小时"):
        account_passwords.initialise_password(
            world.session, account, old="666666", new=NEW, policy=DEFAULT_POLICY,
            mode=InitialMode.MANUAL, at=AT + timedelta(hours=72),
        )  # fmt: skip


def change(world: World, account: Account, old: str, new: str, minutes: int = 0) -> None:
    account_passwords.change_password(
        world.session, account, old=old, new=new, policy=DEFAULT_POLICY,
        network="10.0.0.1", at=AT + timedelta(minutes=minutes),
    )  # fmt: skip


def test_changing_the_password_needs_the_old_one(world: World) -> None:
    account = world.active("hospital", Role.INSTITUTION, world.hospital)

    with pytest.raises(PasswordRefused) as refused:
        change(world, account, "Wrong#2024words", NEW)
    assert refused.value.field == "old"
    with pytest.raises(PasswordRefused, match="不能与原密码相同"):
        change(world, account, PASSWORD, PASSWORD)

    change(world, account, PASSWORD, NEW)
    assert verify_password(NEW, stored=account.password)
    assert world.trail(account)[-1].action_label == "修改密码"


def test_guessing_the_old_password_is_stopped_after_five(world: World) -> None:
    account = world.active("hospital", Role.INSTITUTION, world.hospital)
    for _ in range(5):
        with pytest.raises(PasswordRefused, match="原始密码不正确"):
            change(world, account, "Wrong#2024words", NEW)

    with pytest.raises(PasswordRefused, match="次数过多"):
        change(world, account, PASSWORD, NEW)

    change(world, account, PASSWORD, NEW, minutes=15)
    assert verify_password(NEW, stored=account.password)


def test_a_reset_made_meanwhile_is_not_undone_by_a_change(world: World) -> None:
    account = world.active("hospital", Role.INSTITUTION, world.hospital)
    account_id = account.id
    world.session.expire_on_commit = False  # what was loaded at the begin of the request stays
    world.session.refresh(account)
    world.session.commit()
    with ScopedSession(world.engine) as elsewhere:
        accounts.reset_password(elsewhere, account_id, actor=SYSTEM_ADMIN, at=AT, mode="code")
        elsewhere.commit()
    assert account.password is not None

    with pytest.raises(PasswordRefused):
        change(world, account, PASSWORD, NEW)

    assert (account.state, account.password) == (AccountState.INITIAL, None)
