"""Pages of the registry: who is taken up, changed, moved, and what people must decide."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import ConflictKind, ConflictStatus, ParticipationStatus, Title, TransferSource
from app.exchange.registry_sync import apply_page
from app.models import (
    Account,
    Assessment,
    Department,
    Identity,
    Participation,
    Physician,
    RegistryConflict,
    RegistryLink,
    RegistryRecord,
    TrailEntry,
    Transfer,
)
from app.operations.physicians import PhysicianRefused, id_index
from app.operations.registry_links import LinkOvertaken, LinkRefused, set_link
from app.operations.trail import msgid
from app.security.actor import acting_as, unscoped
from app.workflows.participation import PARTICIPATION
from tests.support.registry import Linked, counted, linked_world
from tests.support.world import AT, World


@pytest.fixture
def linked(world: World) -> Linked:
    """A linked province with two hospitals."""
    return linked_world(world)


def found(linked: Linked, statement: Any) -> list[Any]:
    with unscoped("the test looks"):
        return list(linked.session.execute(statement))


def physician(linked: Linked, person: Any) -> Physician:
    with unscoped("the test looks"):
        row: Physician = linked.session.scalars(
            select(Physician).where(Physician.id_index == id_index(person.id_number))
        ).one()
        return row


def everything(linked: Linked) -> dict[str, list[Any]]:
    """All that a page may change."""
    models: tuple[Any, ...] = (
        Physician,
        Participation,
        Identity,
        Account,
        Department,
        TrailEntry,
        Transfer,
    )
    models += (RegistryConflict, RegistryRecord, Assessment)
    with unscoped("the test compares"):
        return {
            model.__name__: [
                tuple(row) for row in linked.session.execute(_columns(model).order_by(model.id))
            ]
            for model in models
        }


def _columns(model: Any) -> Any:
    skipped = {"changed_on", "created_on"}
    return select(*(c for c in model.__mapper__.columns if c.key not in skipped))


def test_newcomers_are_taken_up_where_the_registry_says(linked: Linked) -> None:
    people = linked.world.doctors(3)
    changes = [
        linked.change(people[0], 0),
        linked.change(people[1], 1, department="重症医学科"),
        linked.change(people[2], 1, department=None),
    ]

    taken = linked.apply(linked.page(*changes))

    assert (taken.created, taken.conflicts, taken.unchanged) == (3, 0, 0)
    rows = found(
        linked,
        select(Physician.name, Physician.institution_id, Department.name, Participation.agency_id)
        .join(Department, Department.id == Physician.department_id)
        .join(Participation, Participation.physician_id == Physician.id)
        .order_by(Physician.id),
    )
    here, there = (hospital.id for hospital in linked.hospitals)
    assert [tuple(row) for row in rows] == [
        (people[0].name, here, "内科", linked.agencies[0]),
        (people[1].name, there, "重症医学科", linked.agencies[1]),
        (people[2].name, there, "未分配科室", linked.agencies[1]),
    ]
    hats = found(linked, select(Identity.institution_id).order_by(Identity.id))
    assert [row[0] for row in hats] == [here, there, there]


def test_the_same_page_again_changes_nothing(linked: Linked) -> None:
    people = linked.world.doctors(4)
    linked_before = linked.page(linked.change(people[0]), linked.change(people[1], uscc="X" * 18))
    linked.apply(linked_before)
    linked.apply(linked.page(linked.change(people[0], 1, title="主任医师")))
    before = everything(linked)

    taken = linked.apply(linked_before, after=timedelta(hours=2))

    assert (taken.unchanged, taken.created, taken.moved, taken.conflicts) == (2, 0, 0, 0)
    assert everything(linked) == before


def test_what_differs_is_stored_and_told_in_the_trail(world: World) -> None:
    linked = linked_world(world, is_linked=False)
    (person,) = world.doctors(1)
    linked.hire([person])
    linked.link()
    now = replace(person, practice_scope="全科医学专业", phone="13911112222")

    taken = linked.apply(
        linked.page(linked.change(now, title="主任医师", ethnic_group=None, kind="change"))
    )

    assert taken.updated == 1
    row = physician(linked, person)
    assert (row.practice_scope, row.title, row.phone) == (
        "全科医学专业",
        Title.CHIEF,
        "13911112222",
    )
    assert (row.ethnic_group, row.version) == (person.ethnic_group, 2)
    (entry,) = found(
        linked, select(TrailEntry.comment).where(TrailEntry.action == "registry_update")
    )
    assert f"执业范围：{person.practice_scope}→全科医学专业" in entry[0]
    assert f"职称：{person.title.value}→主任医师" in entry[0]
    assert "13911112222" not in entry[0]


def test_somebody_without_an_open_case_is_moved_with_a_record(world: World) -> None:
    linked = linked_world(world, is_linked=False)
    (person,) = world.doctors(1)
    (pk,) = linked.hire([person])
    linked.link()

    taken = linked.apply(linked.page(linked.change(person, 1, kind="transfer")))

    assert (taken.moved, taken.conflicts) == (1, 0)
    here, there = linked.hospitals
    row = physician(linked, person)
    assert (row.institution_id, row.authority_path) == (there.id, there.authority_path)
    (record,) = found(linked, select(Transfer))
    moved = record[0]
    assert (moved.from_institution_id, moved.institution_id, moved.at) == (
        here.id,
        there.id,
        AT + timedelta(hours=1),
    )
    assert (moved.source, moved.with_case) == (TransferSource.SYNC, False)
    (place,) = found(linked, select(Participation.institution_id, Participation.agency_id))
    assert tuple(place) == (there.id, linked.agencies[1])
    assert found(linked, select(Identity.institution_id)) == [(there.id,)]
    known = select(Physician.id).where(Physician.id == pk)
    with acting_as(linked.clerks[0]):
        assert linked.session.scalars(known).all() == []
        assert linked.session.scalars(select(Transfer.physician_id)).all() == [pk]
        told = select(TrailEntry.comment).where(TrailEntry.action == "transfer")
        assert linked.session.scalars(told).all() == [f"{person.name}：平城区医院→长治市医院"]
    with acting_as(linked.clerks[1]):
        assert linked.session.scalars(known).all() == [pk]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"name": "另有其人"}, ConflictKind.NAME),
        ({"uscc": "12140000MB0000000X"}, ConflictKind.INSTITUTION),
        ({"licensed_on": "2999-01-01"}, ConflictKind.INVALID),
        ({"level": None}, ConflictKind.INVALID),
        ({"status": "retired"}, ConflictKind.NOT_PRACTISING),
        ({"status": "cancelled", "kind": "ending"}, ConflictKind.NOT_PRACTISING),
    ],
)
def test_what_is_not_clear_waits_for_people(
    world: World, changed: dict[str, Any], kind: ConflictKind
) -> None:
    linked = linked_world(world, is_linked=False)
    (person,) = world.doctors(1)
    (pk,) = linked.hire([person])
    linked.link()
    before = everything(linked)["Physician"]

    taken = linked.apply(linked.page(linked.change(person, **changed)))

    assert taken.conflicts == 1
    (row,) = linked.conflicts()
    assert (row.kind, row.status, row.physician_id) == (kind, ConflictStatus.PENDING, pk)
    assert row.institution_id == linked.hospitals[0].id
    assert everything(linked)["Physician"] == before


def test_an_open_case_does_not_move_by_itself(world: World) -> None:
    linked = linked_world(world, is_linked=False)
    (person,) = world.doctors(1)
    (pk,) = linked.hire([person])
    confirm(linked, pk)
    linked.link()

    taken = linked.apply(linked.page(linked.change(person, 1)))

    assert (taken.moved, taken.conflicts) == (0, 1)
    (row,) = linked.conflicts()
    assert (row.kind, row.target_id) == (ConflictKind.OPEN_CASE, linked.hospitals[1].id)
    assert physician(linked, person).institution_id == linked.hospitals[0].id


def confirm(linked: Linked, pk: int) -> None:
    """参加, as the first hospital's clerk."""
    with acting_as(linked.clerks[0]):
        place = linked.session.scalars(
            select(Participation).where(Participation.physician_id == pk)
        ).one()
        PARTICIPATION.fire(linked.session, place.id, "confirm", actor=linked.clerks[0], at=AT)
        assert place.status is ParticipationStatus.CONFIRMED


def test_a_newer_change_takes_the_place_of_what_waits(linked: Linked) -> None:
    (person,) = linked.world.doctors(1)
    linked.apply(linked.page(linked.change(person, uscc="12140000MB0000000X")))

    taken = linked.apply(linked.page(linked.change(person)))

    assert taken.created == 1
    (row,) = linked.conflicts()
    assert row.status is ConflictStatus.SUPERSEDED
    told = found(linked, select(TrailEntry.action).where(TrailEntry.subject_id == row.id))
    assert ("supersede",) in told


def test_of_several_changes_of_one_person_the_last_counts(linked: Linked) -> None:
    (person,) = linked.world.doctors(1)

    taken = linked.apply(
        linked.page(linked.change(person, uscc="12140000MB0000000X"), linked.change(person, 1))
    )

    assert (taken.created, taken.conflicts, taken.unchanged) == (1, 0, 1)
    assert physician(linked, person).institution_id == linked.hospitals[1].id


def test_somebody_unknown_who_no_longer_practises_is_nobody_of_ours(linked: Linked) -> None:
    (person,) = linked.world.doctors(1)

    taken = linked.apply(linked.page(linked.change(person, status="retired")))

    assert (taken.unchanged, taken.created, taken.conflicts) == (1, 0, 0)


def test_a_page_of_500_changes_costs_no_more_statements_than_one_of_50(world: World) -> None:
    linked = linked_world(world, is_linked=False)
    old = world.doctors(330)
    linked.hire(old)
    linked.link()
    sizes = {}
    for size, people in ((50, old[:30]), (500, old[30:330])):
        newcomers = world.doctors(size - len(people))
        third = len(people) // 3
        changes = [linked.change(one, 1) for one in people[:third]]
        changes += [linked.change(one, name="另有其人") for one in people[third : 2 * third]]
        changes += [linked.change(one, scope="全科医学专业") for one in people[2 * third :]]
        changes += [linked.change(one, n % 2) for n, one in enumerate(newcomers)]
        page = linked.page(*changes)
        with counted(linked.session) as statements:
            taken = linked.apply(page)
        assert (taken.moved, taken.conflicts, taken.updated) == (third, third, third)
        assert taken.created == len(newcomers)
        sizes[size] = len(statements)

    assert sizes[500] <= sizes[50] + 2, sizes
    assert sizes[500] <= 60, sizes


def test_a_page_that_somebody_else_took_in_is_refused(linked: Linked) -> None:
    page = linked.page(linked.change(linked.world.doctors(1)[0]))
    linked.apply(page)

    with pytest.raises(LinkOvertaken):
        apply_page(linked.session, page, province_id=linked.chief.province_id, cursor=None, at=AT)


def test_the_cursor_moves_with_the_page_and_the_last_one_sets_the_time(linked: Linked) -> None:
    people = linked.world.doctors(2)

    def state() -> tuple[Any, ...]:
        (row,) = found(linked, select(RegistryLink.cursor, RegistryLink.synced_at))
        return tuple(row)

    linked.apply(linked.page(linked.change(people[0]), has_more=True))
    assert state() == ("c1", None)
    linked.apply(linked.page(linked.change(people[1])))
    assert state() == ("c2", AT + timedelta(hours=1))
    linked.session.rollback()
    assert found(linked, select(func.count()).select_from(Physician)) == [(0,)]


def test_a_linked_province_takes_nobody_up_by_hand(world: World) -> None:
    linked = linked_world(world)

    with pytest.raises(PhysicianRefused, match="不允许手动新增或导入医师") as refused:
        linked.hire(world.doctors(1))

    assert "尚未同步过" in msgid(refused.value.message)
    assert found(linked, select(func.count()).select_from(Physician)) == [(0,)]


def test_the_link_is_switched_with_a_reason_by_the_province_only(world: World) -> None:
    linked = linked_world(world, is_linked=False)
    province, chief = linked.province, linked.chief

    with acting_as(chief), pytest.raises(LinkRefused):
        set_link(world.session, province, is_linked=True, reason=" ", actor=chief, at=AT)
    city = world.offices["140400"]
    with acting_as(chief), pytest.raises(LinkRefused):
        set_link(world.session, city, is_linked=True, reason="x", actor=chief, at=AT)
    linked.link()
    with acting_as(chief), pytest.raises(LinkRefused):
        set_link(world.session, province, is_linked=True, reason="再来", actor=chief, at=AT)

    told = found(linked, select(TrailEntry.comment).where(TrailEntry.subject == "registry_link"))
    assert told == [("全省已对接",)]


def test_each_of_many_movers_gets_the_agency_of_the_new_institution(world: World) -> None:
    linked = linked_world(world, is_linked=False)
    people = world.doctors(4)
    linked.hire(people[:2], 0)
    linked.hire(people[2:], 1)
    linked.link()

    linked.apply(
        linked.page(
            *(linked.change(one, which) for one, which in zip(people, (1, 1, 0, 0), strict=True))
        )
    )

    rows = found(
        linked,
        select(Participation.institution_id, Participation.agency_id).order_by(
            Participation.physician_id
        ),
    )
    here, there = (hospital.id for hospital in linked.hospitals)
    first, second = linked.agencies
    assert [tuple(row) for row in rows] == [(there, second)] * 2 + [(here, first)] * 2
