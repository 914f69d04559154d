"""Setting up a cycle, opening it and closing it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.enums import CycleStatus, ParticipationStatus, ScheduleWindow
from app.models import Participation
from app.operations import cycles
from app.operations.appointments import appoint
from app.operations.physicians import create_physicians
from app.rules import CycleRules
from app.security.actor import acting_as, unscoped
from app.workflows.cycle import CYCLE, open_cycle
from app.workflows.engine import StepForbidden, StepOvertaken, StepRefused
from tests.support.world import AT, World, period


def make(world: World, windows: cycles.Windows) -> int:
    chief = world.chief("140000")
    first, last = period()
    with acting_as(chief):
        cycle = cycles.create_cycle(
            world.session,
            province=world.offices["140000"],
            label="02",
            starts_on=first,
            last_day=last,
            windows=windows,
            rules=CycleRules(),
            actor=chief,
            at=AT,
        )
        world.session.flush()
        return cycle.id


def test_opening_enrols_every_physician_of_the_province_and_nobody_else(world: World) -> None:
    session = world.session
    hospital, unit, clerk = world.hospital("140213", "平城区医院")
    other, other_unit, other_clerk = world.hospital("140400", "长治市医院")
    far, far_unit, far_clerk = world.hospital("610100", "西安医院")
    ids = []
    for row, place, actor in (
        (hospital, unit, clerk),
        (other, other_unit, other_clerk),
        (far, far_unit, far_clerk),
    ):
        with acting_as(actor):
            rows = [(person, place.id) for person in world.doctors(3)]
            ids.append(create_physicians(session, institution=row, rows=rows, actor=actor, at=AT))
    agency, cycle = world.agency("140000", "中心"), world.cycle("140000")
    chief = world.chief("140000")
    with acting_as(chief):
        appoint(session, institution=hospital, agency=agency, cycle=cycle, actor=chief, at=AT)
        open_cycle(session, cycle, actor=chief, at=AT)

    with unscoped("the test counts"):
        found = session.scalars(select(Participation).order_by(Participation.id)).all()
    assert {row.physician_id: (row.institution_id, row.agency_id) for row in found} == {
        **dict.fromkeys(ids[0], (hospital.id, agency.id)),
        **dict.fromkeys(ids[1], (other.id, None)),
    }
    assert {(row.status, row.cycle_id, row.authority_path) for row in found} == {
        (ParticipationStatus.UNCONFIRMED, cycle.id, hospital.authority_path),
        (ParticipationStatus.UNCONFIRMED, cycle.id, other.authority_path),
    }


def test_a_cycle_without_all_windows_cannot_be_opened(world: World) -> None:
    first, last = period()
    identity = make(world, {ScheduleWindow.CYCLE: (first, last)})
    chief = world.chief("140000")

    with acting_as(chief), pytest.raises(StepRefused, match="申请考核医疗机构"):
        CYCLE.fire(world.session, identity, "open", actor=chief, at=AT)


def test_a_window_outside_the_cycle_keeps_it_from_opening(world: World) -> None:
    first, last = period()
    windows = dict.fromkeys(ScheduleWindow, (first, last))
    windows[ScheduleWindow.EXAMINATION] = (first, last + timedelta(days=1))
    identity = make(world, windows)
    chief = world.chief("140000")

    with acting_as(chief), pytest.raises(StepRefused, match="计划测评考核时间"):
        CYCLE.fire(world.session, identity, "open", actor=chief, at=AT)


def test_a_window_that_ends_before_it_starts_is_refused(world: World) -> None:
    first, last = period()

    with pytest.raises(cycles.CycleRefused, match="早于"):
        make(world, {ScheduleWindow.REVIEW: (last, first)})


def test_a_label_is_used_once(world: World) -> None:
    make(world, {})

    with pytest.raises(cycles.CycleRefused, match="02"):
        make(world, {})


def test_only_one_cycle_of_a_province_is_open(world: World) -> None:
    first, second = world.cycle("140000", "02"), world.cycle("140000", "03")
    far = world.cycle("610000", "02")
    chief, far_chief = world.chief("140000"), world.chief("610000")
    with acting_as(chief):
        open_cycle(world.session, first, actor=chief, at=AT)
        with pytest.raises(StepRefused, match="02"):
            open_cycle(world.session, second, actor=chief, at=AT)
    with acting_as(far_chief):
        open_cycle(world.session, far, actor=far_chief, at=AT)

    assert (first.status, second.status, far.status) == (
        CycleStatus.OPEN,
        CycleStatus.DRAFT,
        CycleStatus.OPEN,
    )


def test_closing_needs_a_reason_and_makes_room_for_the_next(world: World) -> None:
    first, second = world.cycle("140000", "02"), world.cycle("140000", "03")
    chief = world.chief("140000")
    with acting_as(chief):
        open_cycle(world.session, first, actor=chief, at=AT)
        with pytest.raises(StepRefused, match="原因"):
            CYCLE.fire(world.session, first.id, "close", actor=chief, at=AT)
        CYCLE.fire(world.session, first.id, "close", actor=chief, at=AT, comment="到期")
        open_cycle(world.session, second, actor=chief, at=AT)
        with pytest.raises(StepOvertaken):
            open_cycle(world.session, first, actor=chief, at=AT)

    assert (first.status, second.status) == (CycleStatus.CLOSED, CycleStatus.OPEN)


def test_a_hospital_opens_no_cycle(world: World) -> None:
    _hospital, _unit, clerk = world.hospital("140213", "平城区医院")
    cycle = world.cycle("140000")

    with acting_as(clerk), pytest.raises(StepForbidden):
        open_cycle(world.session, cycle, actor=clerk, at=AT)
