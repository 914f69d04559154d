"""Taking physicians up and removing them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import AccountState, ParticipationStatus, Role
from app.models import (
    Account,
    Identity,
    Participation,
    Physician,
    TrailEntry,
    WebSession,
)
from app.operations.appointments import appoint
from app.operations.physicians import (
    PhysicianRefused,
    create_physicians,
    delete_physician,
    existing_indexes,
    id_index,
)
from app.security.actor import acting_as, unscoped
from app.workflows.cycle import open_cycle
from app.workflows.participation import PARTICIPATION
from tests.support.world import AT, World

INDEXES = select(Physician.id, Physician.id_index.label("fingerprint"))


def take_up(world: World, hospital, unit, clerk, people) -> list[int]:
    with acting_as(clerk):
        return create_physicians(
            world.session,
            institution=hospital,
            rows=[(person, unit.id) for person in people],
            actor=clerk,
            at=AT,
        )


def opened(world: World, *hospitals) -> tuple[int, int]:
    """Open the province's cycle with one agency for the hospitals; gives both ids."""
    agency, cycle = world.agency("140000", "中心"), world.cycle("140000")
    chief = world.chief("140000")
    with acting_as(chief):
        for hospital in hospitals:
            appoint(
                world.session, institution=hospital, agency=agency, cycle=cycle, actor=chief, at=AT
            )
        open_cycle(world.session, cycle, actor=chief, at=AT)
    return agency.id, cycle.id


def counts(world: World) -> dict[str, int]:
    with unscoped("the test counts"):
        return {
            model.__name__: world.session.scalar(select(func.count(model.id))) or 0
            for model in (Physician, Account, Identity, Participation)
        }


def test_a_physician_gets_account_identity_participation_and_trail(world: World) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    agency_id, cycle_id = opened(world, hospital)
    (person,) = world.doctors(1)

    (identity,) = take_up(world, hospital, unit, clerk, [person])

    with unscoped("the test looks behind the curtain"):
        row = world.session.get_one(Physician, identity)
        hat = world.session.scalars(select(Identity)).one()
        part = world.session.scalars(select(Participation)).one()
        entry = world.session.scalars(
            select(TrailEntry).where(TrailEntry.subject == "physician")
        ).one()
        account = hat.account
    assert (row.name, row.id_number, row.licence_code, row.department_id, row.version) == (
        person.name,
        person.id_number,
        person.licence_code,
        unit.id,
        1,
    )
    assert row.id_masked == f"1402*****{person.id_number[-2:]}"
    assert (account.username, account.state, account.password, account.active) == (
        id_index(person.id_number),
        AccountState.INITIAL,
        None,
        True,
    )
    assert account.initial_until == AT + timedelta(hours=72)
    assert (hat.role, hat.physician_id, hat.institution_id, hat.province_id) == (
        Role.PHYSICIAN,
        identity,
        hospital.id,
        hospital.province_id,
    )
    assert (part.status, part.cycle_id, part.agency_id, part.physician_id) == (
        ParticipationStatus.UNCONFIRMED,
        cycle_id,
        agency_id,
        identity,
    )
    assert (entry.action, entry.physician_id, entry.actor_name) == (
        "create",
        identity,
        clerk.name,
    )


def test_ids_come_in_the_order_of_the_rows_across_chunks(world: World) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    people = world.doctors(1003)

    ids = take_up(world, hospital, unit, clerk, people)

    with unscoped("the test looks behind the curtain"):
        found = {row.id: row.fingerprint for row in world.session.execute(INDEXES)}
    assert [found[identity] for identity in ids] == [id_index(one.id_number) for one in people]


def test_a_number_known_anywhere_in_the_province_is_refused_and_nothing_is_written(
    world: World,
) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    other, other_unit, other_clerk = world.hospital("140400", "长治市医院")
    people = world.doctors(4)
    take_up(world, hospital, unit, clerk, people[:2])
    before = counts(world)

    for row, place, actor, batch, words in (
        (hospital, unit, clerk, people[1:3], "本机构"),
        (other, other_unit, other_clerk, people[1:3], "其他机构"),
        (other, other_unit, other_clerk, [people[3], people[3]], "重复"),
    ):
        with pytest.raises(PhysicianRefused, match=words) as refused:
            take_up(world, row, place, actor, batch)
        assert batch[0].id_number not in str(refused.value.message)

    assert counts(world) == before


def test_a_person_known_in_another_province_keeps_the_account(world: World) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    far, far_unit, far_clerk = world.hospital("610100", "西安医院")
    people = world.doctors(1)
    take_up(world, hospital, unit, clerk, people)
    take_up(world, far, far_unit, far_clerk, people)

    with unscoped("the test looks behind the curtain"):
        account = world.session.scalars(select(Account)).one()
        assert [hat.institution_id for hat in account.identities] == [hospital.id, far.id]


def test_existing_indexes_tell_of_other_hospitals_only_that_a_number_exists(
    world: World,
) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    other, other_unit, other_clerk = world.hospital("140400", "长治市医院")
    far, far_unit, far_clerk = world.hospital("610100", "西安医院")
    own, foreign, abroad, unknown = world.doctors(4)
    take_up(world, hospital, unit, clerk, [own])
    take_up(world, other, other_unit, other_clerk, [foreign])
    take_up(world, far, far_unit, far_clerk, [abroad])
    indexes = [id_index(person.id_number) for person in (own, foreign, abroad, unknown)]

    with acting_as(clerk):
        found = existing_indexes(world.session, indexes)

    assert found == {indexes[0]: True, indexes[1]: False}


def test_a_removed_physician_leaves_nothing_but_the_trail(world: World) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    opened(world, hospital)
    stays, goes = world.doctors(2)
    take_up(world, hospital, unit, clerk, [stays])
    before = counts(world)
    (identity,) = take_up(world, hospital, unit, clerk, [goes])
    sign_in(world, goes)

    with acting_as(clerk):
        row = world.session.get_one(Physician, identity)
        delete_physician(world.session, row, actor=clerk, at=AT)

    assert counts(world) == before
    with unscoped("the test reads the trail"):
        entry = world.session.scalars(select(TrailEntry).where(TrailEntry.action == "delete")).one()
    assert goes.id_number not in (entry.comment or "")


def test_the_account_of_a_removed_physician_stays_for_another_province(world: World) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    far, far_unit, far_clerk = world.hospital("610100", "西安医院")
    people = world.doctors(1)
    (identity,) = take_up(world, hospital, unit, clerk, people)
    take_up(world, far, far_unit, far_clerk, people)

    with acting_as(clerk):
        row = world.session.get_one(Physician, identity)
        delete_physician(world.session, row, actor=clerk, at=AT)

    with unscoped("the test looks behind the curtain"):
        account = world.session.scalars(select(Account)).one()
        assert [hat.institution_id for hat in account.identities] == [far.id]


def test_a_confirmed_physician_cannot_be_removed_until_withdrawn(world: World) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    opened(world, hospital)
    (identity,) = take_up(world, hospital, unit, clerk, world.doctors(1))
    with acting_as(clerk):
        part = world.session.scalars(select(Participation)).one()
        PARTICIPATION.fire(world.session, part.id, "confirm", actor=clerk, at=AT)
        row = world.session.get_one(Physician, identity)
        with pytest.raises(PhysicianRefused, match="取消参加"):
            delete_physician(world.session, row, actor=clerk, at=AT)
        PARTICIPATION.fire(world.session, part.id, "withdraw", actor=clerk, at=AT)

        delete_physician(world.session, row, actor=clerk, at=AT)

    assert counts(world)["Physician"] == 0


def sign_in(world: World, person) -> None:
    with unscoped("the test signs in"):
        account = world.session.scalars(
            select(Account).where(Account.username == id_index(person.id_number))
        ).one()
        moment = datetime(2026, 6, 2)
        world.session.add(
            WebSession(
                id="0" * 64,
                created_at=moment,
                seen_at=moment,
                expires_at=moment,
                account_id=account.id,
                identity_id=account.identities[0].id,
            )
        )
        world.session.flush()


def test_facts_that_are_blank_are_stored_as_nothing(world: World) -> None:
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    (person,) = world.doctors(1)
    nothing: Any = None
    blank = replace(
        person, phone=nothing, title=nothing, licence_code=nothing, first_registered_on=nothing
    )

    (identity,) = take_up(world, hospital, unit, clerk, [blank])

    with unscoped("the test looks behind the curtain"):
        row = world.session.get_one(Physician, identity)
    assert (row.phone, row.title, row.licence_code, row.first_registered_on) == (None,) * 4
