"""待匹配: what each decision does, and who may take it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import (
    AssessmentStatus,
    AwayReason,
    ConflictStatus,
    ParticipationStatus,
    Role,
    TransferSource,
)
from app.models import (
    Account,
    Assessment,
    Participation,
    Physician,
    RegistryConflict,
    TrailEntry,
    Transfer,
)
from app.operations.bodies import create_institution
from app.security.actor import Actor, acting_as, unscoped
from app.workflows.engine import NoSuchStep, StepForbidden, StepOvertaken, StepRefused
from app.workflows.participation import PARTICIPATION
from app.workflows.registry_conflict import REGISTRY_CONFLICT
from tests.support.registry import Linked, linked_world
from tests.support.storage import open_storage
from tests.support.world import AT, World, small_world

REASON = "已与注册机关核实"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    engine, sessions = open_storage(database_url)
    with sessions() as session:
        yield small_world(session)
    engine.dispose()


def decide(linked: Linked, action: str, actor: Actor | None = None, comment: str = REASON) -> Any:
    """Take a step on the one conflict, as the province."""
    who = actor or linked.chief
    (pk,) = [row.id for row in linked.conflicts()]
    with acting_as(who):
        row = REGISTRY_CONFLICT.fire(linked.session, pk, action, actor=who, at=AT, comment=comment)
        linked.session.flush()
        return row.status


def look(linked: Linked, statement: Any) -> list[Any]:
    with unscoped("the test looks"):
        return [tuple(row) for row in linked.session.execute(statement)]


def conflict(world: World, **changed: Any) -> tuple[Linked, Any, int]:
    """Make one conflict about somebody of the first hospital."""
    linked = linked_world(world, is_linked=False)
    (person,) = world.doctors(1)
    (pk,) = linked.hire([person])
    linked.link()
    linked.apply(linked.page(linked.change(person, **changed)))
    return linked, person, pk


def place(linked: Linked, pk: int) -> Participation:
    with unscoped("the test looks"):
        row: Participation = linked.session.scalars(
            select(Participation).where(Participation.physician_id == pk)
        ).one()
        return row


def fire(linked: Linked, pk: int, action: str) -> None:
    clerk = linked.clerks[0]
    target = place(linked, pk).id
    with acting_as(clerk):
        PARTICIPATION.fire(linked.session, target, action, actor=clerk, at=AT)


def test_an_adopted_name_is_the_physicians_and_the_accounts(world: World) -> None:
    linked, _person, pk = conflict(world, name="新姓名", scope="全科医学专业")

    assert decide(linked, "adopt") is ConflictStatus.ADOPTED

    assert look(linked, select(Physician.name, Physician.practice_scope)) == [
        ("新姓名", "全科医学专业")
    ]
    assert look(linked, select(Account.first_name)) == [("新姓名",)]
    told = select(TrailEntry.action_label, TrailEntry.comment, TrailEntry.actor_name)
    told = told.where(TrailEntry.subject == "registry_conflict")
    assert look(linked, told) == [("采用注册信息", REASON, linked.chief.name)]
    (entry,) = look(linked, select(TrailEntry.comment).where(TrailEntry.physician_id == pk,
                                                             TrailEntry.action == "registry_update"))  # fmt: skip
    assert "→新姓名" in entry[0]


@pytest.mark.parametrize(
    ("action", "state"), [("keep", ConflictStatus.KEPT), ("ignore", ConflictStatus.IGNORED)]
)
def test_keeping_and_ignoring_leave_ours_as_it_is(
    world: World, action: str, state: ConflictStatus
) -> None:
    linked, person, _pk = conflict(world, name="新姓名")

    assert decide(linked, action) is state

    assert look(linked, select(Physician.name, Physician.version)) == [(person.name, 1)]
    with pytest.raises(StepOvertaken):
        decide(linked, "adopt")


def test_an_adopted_move_takes_the_case_and_its_trail_along(world: World) -> None:
    linked = linked_world(world, is_linked=False)
    (person,) = world.doctors(1)
    (pk,) = linked.hire([person])
    fire(linked, pk, "confirm")
    linked.link()
    linked.apply(linked.page(linked.change(person, 1)))

    decide(linked, "adopt")

    there, agency = linked.hospitals[1].id, linked.agencies[1]
    assert look(linked, select(Assessment.institution_id, Assessment.agency_id)) == [
        (there, agency)
    ]
    assert look(linked, select(Transfer.source, Transfer.with_case)) == [
        (TransferSource.CONFLICT, True)
    ]
    part = place(linked, pk)
    assert (part.institution_id, part.status) == (there, ParticipationStatus.CONFIRMED)
    with acting_as(linked.clerks[1]):
        steps = select(TrailEntry.action).where(TrailEntry.participation_id == part.id)
        assert linked.session.scalars(steps).all() == ["confirm"]
        case = linked.session.scalars(select(Assessment)).one()
        assert case.status is AssessmentStatus.AWAITING_FORM
    with acting_as(linked.clerks[0]):
        assert linked.session.scalars(select(Assessment.id)).all() == []


def test_somebody_retired_goes_away_unless_confirmed(world: World) -> None:
    linked, _person, pk = conflict(world, status="retired", kind="ending")
    fire(linked, pk, "confirm")
    with pytest.raises(StepRefused, match="取消参加"):
        decide(linked, "adopt")
    fire(linked, pk, "withdraw")

    decide(linked, "adopt")

    part = place(linked, pk)
    assert (part.status, part.away_reason) == (ParticipationStatus.AWAY, AwayReason.RETIRED)


def test_an_unknown_institution_is_adopted_once_it_is_registered(world: World) -> None:
    code = world.people.uscc(region="140400")
    linked = linked_world(world)
    (person,) = world.doctors(1)
    linked.apply(linked.page(linked.change(person, uscc=code, institution="新建医院")))
    with pytest.raises(StepRefused, match="请先在医疗卫生机构管理中新增"):
        decide(linked, "adopt")
    with acting_as(linked.chief):
        create_institution(
            world.session,
            authority=world.offices["140400"],
            uscc=code,
            name="新建医院",
            actor=linked.chief,
            at=AT,
        )
        world.session.flush()

    decide(linked, "adopt")

    rows = look(linked, select(Physician.name, Physician.id_index))
    assert [row[0] for row in rows] == [person.name]


def test_wrong_facts_can_only_be_kept_out(world: World) -> None:
    linked, _person, _pk = conflict(world, licensed_on="2999-01-01")

    with pytest.raises(StepRefused, match="不能采用"):
        decide(linked, "adopt")

    assert "2999-01-01" in (linked.conflicts()[0].problem or "")
    assert decide(linked, "ignore") is ConflictStatus.IGNORED


def test_every_decision_needs_its_reason(world: World) -> None:
    linked, _person, _pk = conflict(world, name="新姓名")

    for action in ("adopt", "keep", "ignore"):
        with pytest.raises(StepRefused, match="请填写原因"):
            decide(linked, action, comment=" ")


def test_only_the_province_decides_and_others_see_their_own(world: World) -> None:
    linked, _person, _pk = conflict(world, name="新姓名")
    county, elsewhere = world.chief("140213"), world.chief("140400")

    with pytest.raises(StepForbidden):
        decide(linked, "keep", county)
    with pytest.raises(NoSuchStep):
        decide(linked, "keep", elsewhere)
    with pytest.raises(StepForbidden):
        decide(linked, "keep", linked.clerks[0])
    with pytest.raises(NoSuchStep):
        decide(linked, "keep", linked.clerks[1])
    seen = {}
    for who in (linked.chief, county, elsewhere, *linked.clerks):
        with acting_as(who):
            seen[who.name] = len(linked.session.scalars(select(RegistryConflict.id)).all())
    assert list(seen.values()) == [1, 1, 0, 1, 0]


def test_a_person_supersedes_nothing(world: World) -> None:
    linked, _person, _pk = conflict(world, name="新姓名")

    with pytest.raises(StepForbidden):
        decide(linked, "supersede")
    assert {r.name for r in REGISTRY_CONFLICT.transitions if Role.SYSTEM in r.roles} == {
        "supersede"
    }
