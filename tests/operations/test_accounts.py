"""Accounts: opened, reset by the body above, stopped."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from app.enums import AccountState, Role
from app.models import Account, WebSession
from app.operations import accounts, identities
from app.operations.accounts import AccountExists, AccountRefused
from app.operations.login_names import find_for_login, normalise_login
from app.security.actor import unscoped
from app.security.passwords import verify_code
from tests.operations.account_world import (
    AT,
    ID_NUMBER,
    LEGACY_NUMBER,
    SYSTEM_ADMIN,
    World,
)

NEW = "Lvshui_7788Ping"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [ID_NUMBER, ID_NUMBER.lower(), LEGACY_NUMBER, f" {ID_NUMBER} ", "14021319850728105Ｘ"],
)
def test_every_spelling_of_an_id_number_means_the_physician(world: World, typed: str) -> None:
    account = world.open(world.physician.id_index, Role.PHYSICIAN, world.physician).account

    assert find_for_login(world.session, typed) == account
    assert normalise_login(typed) == world.physician.id_index


def test_an_account_name_is_found_whatever_case_width_and_spaces_were_typed(world: World) -> None:
    account = world.open("Changzhi01", Role.INSTITUTION, world.hospital).account

    assert account.username == "changzhi01"
    assert find_for_login(world.session, " ＣＨＡＮＧＺＨＩ01 ") == account


def test_a_blind_index_itself_is_no_name_to_sign_in_with(world: World) -> None:
    world.open(world.physician.id_index, Role.PHYSICIAN, world.physician)

    assert find_for_login(world.session, world.physician.id_index) is None


def test_a_passport_holder_signs_in_with_the_number_but_never_shadows_a_name(world: World) -> None:
    index = world.physician.id_index
    holder = world.open(index, Role.PHYSICIAN, world.physician).account
    with unscoped("the test gives the physician another document"):
        from app.crypto import keyring

        holder.username = keyring().blind_index("E12345678", context="physician.id_number")
        world.session.commit()
    assert find_for_login(world.session, "e1234 5678") == holder

    office = world.open("e12345678", Role.INSTITUTION, world.hospital).account

    assert find_for_login(world.session, "E12345678") == office


def test_a_taken_name_is_refused(world: World) -> None:
    world.open("changzhi", Role.INSTITUTION, world.hospital)

    with pytest.raises(AccountExists):
        world.open("ChangZhi", Role.INSTITUTION, world.other)


# --- opening --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "role", "has_code"),
    [
        ("manual", Role.PHYSICIAN, False),
        ("manual", Role.INSTITUTION, False),
        ("factor", Role.PHYSICIAN, False),
        ("factor", Role.INSTITUTION, True),
        ("code", Role.PHYSICIAN, True),
        ("code", Role.INSTITUTION, True),
    ],
)
def test_a_code_is_handed_out_only_where_the_mode_needs_one(
    world: World, mode: str, role: Role, has_code: bool
) -> None:
    body = world.physician if role is Role.PHYSICIAN else world.hospital
    created = world.open("somebody", role, body, mode=mode)

    account = created.account
    assert (account.state, account.password) == (AccountState.INITIAL, None)
    assert account.initial_until == AT + timedelta(hours=72)
    assert (created.code is not None) is has_code
    assert verify_code(created.code or "", stored=account.initial_code) is has_code
    if created.code:
        assert created.code not in (account.initial_code or "")


def test_an_identity_carries_what_its_scope_compares(world: World) -> None:
    account = world.open("changzhi", Role.INSTITUTION, world.hospital).account
    hat = world.identity(account)
    agency = identities.add_identity(
        world.session, account, role=Role.AGENCY, body=world.agency, actor=SYSTEM_ADMIN, at=AT
    )

    assert (hat.province_id, hat.authority_path, hat.institution_id) == (1, "/1/2/", 11)
    assert (agency.province_id, agency.authority_path, agency.agency_id) == (1, "/1/2/", 21)
    assert hat.authority_id is None
    assert [
        hat.body
        for hat in identities.usable(world.session, account_id=account.id, today=date(2026, 3, 1))
    ] == [
        "长治市医院",
        "长治市考核办",
    ]


def test_an_identity_that_was_taken_away_comes_back_instead_of_a_second_one(world: World) -> None:
    account = world.open("changzhi", Role.INSTITUTION, world.hospital).account
    hat = world.identity(account)
    with unscoped("the test takes it away"):
        hat.is_active = False
        world.session.commit()

    again = identities.add_identity(
        world.session, account, role=Role.INSTITUTION, body=world.hospital,
        actor=SYSTEM_ADMIN, at=AT,
    )  # fmt: skip

    assert (again.id, again.is_active) == (hat.id, True)


# --- who may reset whom ---------------------------------------------------------------------


def people(world: World) -> dict[str, Account]:
    return {
        "admin": world.active("root", Role.SYSTEM_ADMIN, None),
        "security": world.active("secure", Role.SECURITY_ADMIN, None),
        "province": world.active("shanxi", Role.AUTHORITY, world.province),
        "province2": world.active("shanxi2", Role.AUTHORITY, world.province),
        "city": world.active("city", Role.AUTHORITY, world.city),
        "neighbour": world.active("neighbour", Role.AUTHORITY, world.neighbour),
        "hospital": world.active("hospital", Role.INSTITUTION, world.hospital),
        "colleague": world.active("hospital2", Role.INSTITUTION, world.hospital),
        "other": world.active("other", Role.INSTITUTION, world.other),
        "agency": world.active("agency", Role.AGENCY, world.agency),
        "proctor": world.active("proctor", Role.PROCTOR, world.agency),
        "physician": world.active(world.physician.id_index, Role.PHYSICIAN, world.physician),
        "stranger": world.active(world.stranger.id_index, Role.PHYSICIAN, world.stranger),
    }


ALLOWED = {
    "admin": {
        "security",
        "province",
        "province2",
        "city",
        "neighbour",
        "physician",
        "stranger",
    },
    "security": set(),
    "province": {"city", "neighbour", "hospital", "colleague", "other", "agency", "proctor"},
    "city": {"hospital", "colleague", "other", "agency", "proctor"},
    "neighbour": set(),
    "hospital": {"physician"},
    "agency": {"proctor"},
    "proctor": set(),
    "physician": set(),
}


def test_only_the_body_above_may_reset_and_nobody_an_equal(world: World) -> None:
    everybody = people(world)
    found: dict[str, set[str]] = {}
    for who in ALLOWED:
        actor = world.actor(everybody[who])
        found[who] = set()
        for whom, account in everybody.items():
            hat = world.identity(account)
            try:
                accounts.resettable(world.session, hat.id, actor=actor)
            except NoResultFound:
                continue
            found[who].add(whom)

    assert found == ALLOWED


def test_a_hospital_gets_at_no_office_through_a_physician_who_works_there_too(
    world: World,
) -> None:
    hospital = world.active("hospital", Role.INSTITUTION, world.hospital)
    both = world.active(world.physician.id_index, Role.PHYSICIAN, world.physician)
    identities.add_identity(
        world.session, both, role=Role.AUTHORITY, body=world.city, actor=SYSTEM_ADMIN, at=AT
    )

    with pytest.raises(AccountRefused, match="还有其他单位的身份"):
        accounts.resettable(world.session, world.identity(both).id, actor=world.actor(hospital))


def test_an_authority_resets_a_hospital_whose_user_is_a_physician_too(world: World) -> None:
    city = world.active("city", Role.AUTHORITY, world.city)
    both = world.active("hospital", Role.INSTITUTION, world.hospital)
    hat = world.identity(both)
    identities.add_identity(
        world.session, both, role=Role.PHYSICIAN, body=world.physician, actor=SYSTEM_ADMIN, at=AT
    )

    assert accounts.resettable(world.session, hat.id, actor=world.actor(city)).id == hat.id


# --- resetting, stopping --------------------------------------------------------------------


def test_a_reset_takes_password_and_sessions_and_is_in_the_trail(world: World) -> None:
    hospital = world.active("hospital", Role.INSTITUTION, world.hospital)
    account = world.active(world.physician.id_index, Role.PHYSICIAN, world.physician)
    bystander = world.active("bystander", Role.INSTITUTION, world.other)
    world.sign_in_somewhere(account, "phone", "desk")
    world.sign_in_somewhere(bystander, "elsewhere")
    later = AT + timedelta(days=9)

    code = accounts.reset_password(
        world.session, account.id, actor=world.actor(hospital), at=later, mode="code"
    )
    world.session.commit()

    with unscoped("the test looks"):
        world.session.refresh(account)
    assert (account.state, account.password) == (AccountState.INITIAL, None)
    assert account.initial_until == later + timedelta(hours=72)
    assert account.reset_at == later
    assert verify_code(code or "", stored=account.initial_code)
    assert world.session.scalars(select(WebSession.id)).all() == ["elsewhere"]
    entry = world.trail(account)[-1]
    assert (entry.action_label, entry.actor_name, entry.at) == ("重置密码", "李明", later)
    assert (entry.from_status, entry.to_status) == ("ACTIVE", "INITIAL")
    assert (entry.physician_id, entry.institution_id, entry.province_id) == (31, 11, 1)
    assert str(code) not in str(vars(entry))


def test_a_stopped_account_is_not_opened_by_a_reset(world: World) -> None:
    account = world.active("hospital", Role.INSTITUTION, world.hospital)
    world.sign_in_somewhere(account, "desk")
    accounts.stop_account(world.session, account.id, actor=SYSTEM_ADMIN, at=AT)
    assert (account.state, account.active) == (AccountState.STOPPED, False)
    assert world.session.scalars(select(WebSession.id)).all() == []

    with pytest.raises(AccountRefused, match="已停用"):
        accounts.reset_password(world.session, account.id, actor=SYSTEM_ADMIN, at=AT, mode="code")

    accounts.start_account(world.session, account.id, actor=SYSTEM_ADMIN, at=AT)
    assert (account.state, account.active) == (AccountState.ACTIVE, True)
    labels = [entry.action_label for entry in world.trail(account)]
    assert labels == ["新增账号", "停用账号", "启用账号"]


def test_an_initial_account_may_be_renewed_and_an_ordinary_one_not(world: World) -> None:
    created = world.open("hospital", Role.INSTITUTION, world.hospital, mode="code")
    later = AT + timedelta(hours=80)

    code = accounts.renew_initial(
        world.session, created.account.id, actor=SYSTEM_ADMIN, at=later, mode="code"
    )

    assert created.account.initial_until == later + timedelta(hours=72)
    assert not verify_code(created.code or "", stored=created.account.initial_code)
    assert verify_code(code or "", stored=created.account.initial_code)
    ordinary = world.active("other", Role.INSTITUTION, world.other)
    with pytest.raises(AccountRefused):
        accounts.renew_initial(
            world.session, ordinary.id, actor=SYSTEM_ADMIN, at=later, mode="code"
        )
