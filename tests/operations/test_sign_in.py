"""Attempts to sign in: three modes of the initial state, and what nobody may learn."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.enums import AccountState, BodyStatus, Role
from app.models import Account
from app.operations import accounts, sign_in
from app.operations.initial_passwords import FactorAnswers, InitialMode, initial_mode
from app.operations.sign_in import EXPIRED, FAILED, HOMELESS, Kind, Outcome, SignInSettings
from app.security import passwords
from app.security.actor import unscoped
from tests.operations.account_world import (
    AT,
    ID_NUMBER,
    LEGACY_NUMBER,
    LICENCE,
    PASSWORD,
    SYSTEM_ADMIN,
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
        world.session, login=login, password=password, network=network, at=at, settings=settings
    )
    world.session.commit()
    return outcome


def confirm(world: World, account: Account, *, at: datetime = AT, **answers: str) -> Outcome:
    outcome = sign_in.confirm(
        world.session, account_id=account.id, answers=FactorAnswers(**answers),
        network="10.0.0.1", at=at, settings=FACTOR,
    )  # fmt: skip
    world.session.commit()
    return outcome


# --- the modes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "profile", "in_force"),
    [
        ("manual", "demo", "manual"),
        ("manual", "test", "manual"),
        ("manual", "production", "code"),
        ("factor", "production", "factor"),
        ("code", "demo", "code"),
    ],
)
def test_666666_alone_opens_nothing_in_production(
    setting: str, profile: str, in_force: str
) -> None:
    assert initial_mode(setting, profile=profile) is InitialMode(in_force)


@pytest.mark.parametrize(
    ("settings", "typed", "kind"),
    [
        (MANUAL, "666666", Kind.INITIAL),
        (MANUAL, "code", Kind.FAILED),
        (MANUAL, WRONG, Kind.FAILED),
        (FACTOR, "666666", Kind.FACTOR_NEEDED),
        (FACTOR, "code", Kind.FAILED),
        (FACTOR, WRONG, Kind.FAILED),
        (CODE, "666666", Kind.FAILED),
        (CODE, "code", Kind.INITIAL),
        (CODE, WRONG, Kind.FAILED),
        (SignInSettings(initial_password_mode="manual", profile="production"), "666666",
         Kind.FAILED),
    ],
)  # fmt: skip
def test_an_initial_account_opens_by_what_its_mode_says(
    world: World, settings: SignInSettings, typed: str, kind: Kind
) -> None:
    created = world.open("hospital", Role.INSTITUTION, world.hospital, mode="code")

    outcome = attempt(
        world, "hospital", (created.code or "") if typed == "code" else typed, settings=settings
    )

    assert outcome.kind is kind
    assert created.account.state is AccountState.INITIAL
    assert outcome.message == (FAILED if kind is Kind.FAILED else None)


@pytest.mark.parametrize("settings", [MANUAL, FACTOR, CODE])
def test_666666_fails_like_any_wrong_password_on_an_ordinary_account(
    world: World, settings: SignInSettings
) -> None:
    world.active("hospital", Role.INSTITUTION, world.hospital)

    outcome = attempt(world, "hospital", "666666", settings=settings)

    assert outcome == attempt(world, "hospital", WRONG, settings=settings)
    assert outcome.kind is Kind.FAILED


def test_a_code_that_is_too_old_fails_and_says_so_only_to_who_has_it(world: World) -> None:
    created = world.open("hospital", Role.INSTITUTION, world.hospital, mode="code")
    late = AT + timedelta(hours=72)

    right = attempt(world, "hospital", created.code or "", settings=CODE, at=late)
    wrong = attempt(world, "hospital", "ABCDEFGHJK", settings=CODE, at=late)

    assert (right.kind, right.message) == (Kind.FAILED, EXPIRED)
    assert (wrong.kind, wrong.message) == (Kind.FAILED, FAILED)


# --- the second page ------------------------------------------------------------------------


def test_a_physician_confirms_by_the_numbers_of_the_own_documents(world: World) -> None:
    account = world.open(
        world.physician.id_index, Role.PHYSICIAN, world.physician, mode="factor"
    ).account

    assert confirm(world, account, last_six="81050X", licence_code=LICENCE).kind is Kind.FAILED
    assert confirm(world, account, last_six="28105X", licence_code="1" * 15).kind is Kind.FAILED
    outcome = confirm(world, account, last_six=" 28105x", licence_code=LICENCE)

    assert (outcome.kind, outcome.account) == (Kind.INITIAL, account)


def test_an_institution_confirms_by_its_activation_code_only(world: World) -> None:
    created = world.open("hospital", Role.INSTITUTION, world.hospital, mode="factor")
    code = created.code or ""

    assert confirm(world, created.account, code="").kind is Kind.FAILED
    outcome = confirm(world, created.account, code=f"{code[:5].lower()}-{code[5:]}")

    assert outcome.kind is Kind.INITIAL


def test_after_five_wrong_answers_only_a_new_reset_helps(world: World) -> None:
    account = world.open(
        world.physician.id_index, Role.PHYSICIAN, world.physician, mode="factor"
    ).account
    for minute in range(5):
        at = AT + timedelta(minutes=20 * minute)  # slow enough for the lock, not for the tries
        confirm(world, account, at=at, last_six="000000", licence_code=LICENCE)
    at = AT + timedelta(hours=3)

    right = {"last_six": ID_NUMBER[-6:], "licence_code": LICENCE}
    assert confirm(world, account, at=at, **right).kind is Kind.FAILED
    assert attempt(world, ID_NUMBER, "666666", settings=FACTOR, at=at).kind is Kind.FAILED

    accounts.reset_password(world.session, account.id, actor=SYSTEM_ADMIN, at=at, mode="factor")
    at += timedelta(minutes=16)
    assert attempt(world, ID_NUMBER, "666666", settings=FACTOR, at=at).kind is Kind.FACTOR_NEEDED
    assert confirm(world, account, at=at, **right).kind is Kind.INITIAL


def test_the_second_page_opens_no_ordinary_account(world: World) -> None:
    account = world.active(world.physician.id_index, Role.PHYSICIAN, world.physician)

    outcome = confirm(world, account, last_six=ID_NUMBER[-6:], licence_code=LICENCE)

    assert outcome.kind is Kind.FAILED


def test_right_answers_after_72_hours_get_the_hint(world: World) -> None:
    account = world.open(
        world.physician.id_index, Role.PHYSICIAN, world.physician, mode="factor"
    ).account

    outcome = confirm(
        world, account, at=AT + timedelta(hours=72),
        last_six=ID_NUMBER[-6:], licence_code=LICENCE,
    )  # fmt: skip

    assert (outcome.kind, outcome.message) == (Kind.FAILED, EXPIRED)


# --- ordinary accounts ----------------------------------------------------------------------


@pytest.mark.parametrize("typed", [ID_NUMBER, ID_NUMBER.lower(), LEGACY_NUMBER])
def test_a_physician_signs_in_with_any_spelling_of_the_id_number(world: World, typed: str) -> None:
    account = world.active(world.physician.id_index, Role.PHYSICIAN, world.physician)

    outcome = attempt(world, typed, PASSWORD)

    assert outcome == Outcome(Kind.SIGNED_IN, account, world.identity(account).id)
    assert (account.last_login, account.login_count) == (AT, 1)
    entry = world.trail(account)[-1]
    assert (entry.action_label, entry.comment, entry.physician_id) == ("登录", "10.0.0.1", 31)


def test_a_failed_login_of_a_known_account_is_in_the_trail_without_the_password(
    world: World,
) -> None:
    account = world.active("hospital", Role.INSTITUTION, world.hospital)

    attempt(world, "hospital", WRONG)

    entry = world.trail(account)[-1]
    assert (entry.action_label, entry.actor_role, entry.institution_id) == (
        "登录失败", Role.SYSTEM, 11,
    )  # fmt: skip
    assert WRONG not in str(vars(entry))
    assert account.fail_login_count == 1


def test_whoever_has_no_body_in_operation_cannot_sign_in(world: World) -> None:
    world.active("hospital", Role.INSTITUTION, world.hospital)
    with unscoped("the test closes the hospital"):
        world.hospital.status = BodyStatus.STOPPED
        world.session.commit()

    outcome = attempt(world, "hospital", PASSWORD)

    assert (outcome.kind, outcome.message) == (Kind.FAILED, HOMELESS)


def test_answer_and_work_are_the_same_for_unknown_wrong_and_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.active("wrong", Role.INSTITUTION, world.hospital)
    stopped = world.active("stopped", Role.INSTITUTION, world.hospital)
    accounts.stop_account(world.session, stopped.id, actor=SYSTEM_ADMIN, at=AT)
    world.open("initial", Role.INSTITUTION, world.hospital, mode="code")
    hashes: list[int] = []
    scrypt = passwords._scrypt

    def counted(password: str, salt: str, n: int, r: int, p: int) -> str:
        hashes.append(n * r * p)
        return scrypt(password, salt, n, r, p)

    monkeypatch.setattr(passwords, "_scrypt", counted)
    seen = {}
    for name, password in {
        "unknown": PASSWORD, "wrong": WRONG, "stopped": PASSWORD, "initial": PASSWORD,
    }.items():  # fmt: skip
        hashes.clear()
        outcome = attempt(world, name, password, settings=CODE)
        seen[name] = (outcome, tuple(hashes))

    assert set(seen.values()) == {(Outcome(Kind.FAILED, message=FAILED), (2**15 * 8,))}
