"""Lock-out of one account name from one network."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.enums import Role
from app.models import LoginGuard
from app.operations import login_guard, sign_in
from app.operations.sign_in import Kind, Outcome, SignInSettings
from app.security import passwords
from tests.operations.account_world import (
    AT,
    ID_NUMBER,
    LEGACY_NUMBER,
    PASSWORD,
    World,
)

MANUAL = SignInSettings(initial_password_mode="manual", profile="test")
FACTOR = SignInSettings(initial_password_mode="factor", profile="production")
CODE = SignInSettings(initial_password_mode="code", profile="production")
WRONG = "Wrong#2024words"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def attempt(
    world: World,
    login: str,
    password: str,
    *,
    settings: SignInSettings = MANUAL,
    at: datetime = AT,
    network: str = "10.0.0.1",
) -> Outcome:
    outcome = sign_in.attempt(
        world.session, login=login, password=password, network=network, at=at, settings=settings,
        pause=world.session.rollback,
    )  # fmt: skip
    world.session.commit()
    return outcome


@pytest.mark.parametrize("name", ["hospital", "nobody-has-this-name"])
def test_five_failures_close_the_pair_for_fifteen_minutes_known_or_not(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.active("hospital", Role.INSTITUTION, world.hospital)
    kinds = [attempt(world, name, WRONG).kind for _ in range(5)]
    assert kinds == [Kind.FAILED] * 5

    with monkeypatch.context() as patch:
        patch.delattr(passwords, "_scrypt")  # a closed pair must cost no hash
        locked = attempt(world, name, PASSWORD)
        last = attempt(world, name, PASSWORD, at=AT + timedelta(minutes=14, seconds=1))

    assert (locked.kind, str(locked.message)) == (
        Kind.LOCKED, "登录失败次数过多，请15分钟后再试。",
    )  # fmt: skip
    assert str(last.message) == "登录失败次数过多，请1分钟后再试。"
    after = attempt(world, name, PASSWORD, at=AT + timedelta(minutes=15))
    assert after.kind is (Kind.SIGNED_IN if name == "hospital" else Kind.FAILED)


def test_the_lock_is_of_one_name_and_one_network(world: World) -> None:
    world.active("hospital", Role.INSTITUTION, world.hospital)
    world.active("other", Role.INSTITUTION, world.other)
    for _ in range(5):
        attempt(world, "hospital", WRONG)

    assert attempt(world, "HOSPITAL ", PASSWORD).kind is Kind.LOCKED
    assert attempt(world, "hospital", PASSWORD, network="10.0.0.2").kind is Kind.SIGNED_IN
    assert attempt(world, "other", PASSWORD).kind is Kind.SIGNED_IN


def test_both_spellings_of_an_id_number_share_one_lock(world: World) -> None:
    assert login_guard.guard_key(ID_NUMBER.lower(), network="n") == login_guard.guard_key(
        LEGACY_NUMBER, network="n"
    )


def test_a_success_forgets_the_failures(world: World) -> None:
    world.active("hospital", Role.INSTITUTION, world.hospital)
    for _ in range(2):
        for _ in range(4):
            attempt(world, "hospital", WRONG)
        assert attempt(world, "hospital", PASSWORD).kind is Kind.SIGNED_IN

    assert world.session.query(LoginGuard).count() == 0


def failures(world: World, *minutes: int) -> list[int | None]:
    """Record failures at these minutes and give how long the pair is closed after each."""
    closed = []
    for minute in minutes:
        at = AT + timedelta(minutes=minute)
        login_guard.record_failure(world.session, "pair", at=at)
        closed.append(login_guard.locked_minutes(world.session, "pair", at=at))
    return closed


def test_failures_long_ago_do_not_count(world: World) -> None:
    assert failures(world, 0, 1, 2, 3, 18, 19, 20, 21, 22) == [None] * 8 + [15]


def test_each_further_lock_lasts_twice_as_long(world: World) -> None:
    minutes = [*range(5), *range(20, 25), *range(60, 65)]

    assert failures(world, *minutes) == ([None] * 4 + [15] + [None] * 4 + [30] + [None] * 4 + [60])


def test_a_day_later_the_lock_is_forgotten_and_its_row_removed(world: World) -> None:
    failures(world, *range(5))
    assert failures(world, 24 * 60 + 30) == [None]
    assert world.session.query(LoginGuard).one().failures == 1

    login_guard.forget_stale(world.session, at=AT + timedelta(days=3))

    assert world.session.query(LoginGuard).count() == 0
