"""指派: the rows of an institution follow its agency."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import AppointmentStatus, OpinionPart, Role, Verdict
from app.models import (
    Appointment,
    Assessment,
    Attachment,
    ConductRecord,
    EthicsAnswer,
    Experience,
    Opinion,
    OutsideOpinion,
    Participation,
    Registration,
    TrailEntry,
    WorkYear,
)
from app.operations import registrations
from app.operations.appointments import AppointmentRefused, appoint
from app.operations.physicians import create_physicians
from app.periods import local_day
from app.security.actor import acting_as, unscoped
from app.workflows.agency import AGENCY
from app.workflows.appointment import APPOINTMENT
from app.workflows.cycle import CYCLE, open_cycle
from app.workflows.engine import StepRefused
from app.workflows.participation import PARTICIPATION
from tests.support.world import AT, World, finish_cases

FOLLOWING: tuple[Any, ...] = (
    Participation,
    Assessment,
    Registration,
    WorkYear,
    EthicsAnswer,
    Experience,
    Opinion,
    OutsideOpinion,
    ConductRecord,
    Attachment,
)


class Case:
    """A hospital with one confirmed physician and a row of every kind, beside a neighbour."""

    def __init__(self, world: World) -> None:
        self.session = world.session
        self.chief = world.chief("140000")
        self.hospital, unit, self.clerk = world.hospital("140213", "平城区医院")
        self.neighbour, other_unit, other_clerk = world.hospital("140400", "长治市医院")
        self.first, self.second = world.agency("140000", "甲中心"), world.agency("140000", "乙中心")
        self.cycle = world.cycle("140000")
        for row in (self.hospital, self.neighbour):
            self.appoint(row, self.first)
        with acting_as(self.chief):
            open_cycle(world.session, self.cycle, actor=self.chief, at=AT)
        for row, place, clerk in (
            (self.hospital, unit, self.clerk),
            (self.neighbour, other_unit, other_clerk),
        ):
            with acting_as(clerk):
                people = [(person, place.id) for person in world.doctors(1)]
                create_physicians(world.session, institution=row, rows=people, actor=clerk, at=AT)
                part = world.session.scalars(select(Participation)).one()
                PARTICIPATION.fire(world.session, part.id, "confirm", actor=clerk, at=AT)
                self._fill(part)

    def appoint(self, hospital: Any, agency: Any) -> Appointment:
        with acting_as(self.chief):
            row = appoint(
                self.session,
                institution=hospital,
                agency=agency,
                cycle=self.cycle,
                actor=self.chief,
                at=AT,
            )
            self.session.flush()
            return row

    def agencies(self, hospital: Any) -> dict[str, set[int | None]]:
        with unscoped("the test looks at all rows"):
            return {
                model.__name__: set(
                    self.session.scalars(
                        select(model.agency_id).where(model.institution_id == hospital.id)
                    )
                )
                for model in FOLLOWING
            }

    def withdraw(self, row: Appointment) -> None:
        with acting_as(self.chief):
            APPOINTMENT.fire(
                self.session, row.id, "withdraw", actor=self.chief, at=AT, comment="另行指派"
            )

    def _fill(self, part: Participation) -> None:
        session, case = self.session, part.assessment
        assert case is not None
        owner = {name: getattr(case, name) for name in registrations.SCOPE}
        draft = registrations.open_draft(session, case, at=AT)
        draft.experiences.append(Experience(started_on=local_day(AT), place="某院", **owner))
        common = {"assessment_id": case.id, **owner}
        session.add_all(
            [
                Opinion(
                    role=Role.INSTITUTION,
                    part=OpinionPart.WORK,
                    verdict=Verdict.PASS,
                    given_at=AT,
                    given_by="尚成格",
                    **common,
                ),
                OutsideOpinion(
                    place="某院", content="无异议", status_since=AT, given_at=AT, **common
                ),
                ConductRecord(
                    is_good=True, place="某院", closed_on=local_day(AT), outcome="表扬", **common
                ),
                Attachment(
                    filename="a.pdf",
                    content_type="application/pdf",
                    size=1,
                    sha256="0" * 64,
                    content=b"x",
                    uploaded_at=AT,
                    participation_id=part.id,
                    **owner,
                ),
            ]
        )
        session.flush()


def everywhere(agency_id: int | None) -> dict[str, set[int | None]]:
    return {model.__name__: {agency_id} for model in FOLLOWING}


def test_every_row_of_the_institution_follows_a_new_agency_and_no_other_row(world: World) -> None:
    case = Case(world)
    before = case.agencies(case.hospital)

    case.appoint(case.hospital, case.second)

    assert before == everywhere(case.first.id)
    assert case.agencies(case.hospital) == everywhere(case.second.id)
    assert case.agencies(case.neighbour) == everywhere(case.first.id)
    with unscoped("the test counts"):
        assert case.session.scalar(select(func.count(Appointment.id))) == 2


def test_a_withdrawn_appointment_frees_the_rows_and_can_be_replaced(world: World) -> None:
    case = Case(world)
    row = case.appoint(case.hospital, case.first)
    case.withdraw(row)
    withdrawn, freed = row.status, case.agencies(case.hospital)

    again = case.appoint(case.hospital, case.second)

    assert withdrawn is AppointmentStatus.WITHDRAWN
    assert freed == everywhere(None)
    assert again.status is AppointmentStatus.ACTIVE
    assert case.agencies(case.hospital) == everywhere(case.second.id)
    with unscoped("the test reads the trail"):
        actions = case.session.scalars(
            select(TrailEntry.action)
            .where(
                TrailEntry.subject == "appointment",
                TrailEntry.institution_id == case.hospital.id,
            )
            .order_by(TrailEntry.id)
        ).all()
    assert actions == ["appoint", "appoint", "withdraw", "appoint"]


def test_a_physician_taken_up_after_the_withdrawal_has_no_agency(world: World) -> None:
    case = Case(world)
    case.withdraw(case.appoint(case.hospital, case.first))
    with acting_as(case.clerk):
        unit_id = case.session.scalars(select(Registration.department_id)).one()
        assert unit_id is not None
        create_physicians(
            case.session,
            institution=case.hospital,
            rows=[(person, unit_id) for person in world.doctors(1)],
            actor=case.clerk,
            at=AT,
        )

    assert case.agencies(case.hospital)["Participation"] == {None}


def test_bodies_that_are_stopped_or_elsewhere_are_not_appointed(world: World) -> None:
    case = Case(world)
    far = world.agency("610000", "西安中心")
    with acting_as(case.chief):
        AGENCY.fire(case.session, case.second.id, "stop", actor=case.chief, at=AT, comment="撤销")

    for agency, words in ((far, "本省"), (case.second, "已停用")):
        with pytest.raises(AppointmentRefused, match=words):
            case.appoint(case.hospital, agency)


def test_nobody_is_appointed_for_a_cycle_that_is_over(world: World) -> None:
    case = Case(world)
    finish_cases(case.session)
    with acting_as(case.chief):
        CYCLE.fire(case.session, case.cycle.id, "close", actor=case.chief, at=AT, comment="到期")

    with pytest.raises(AppointmentRefused, match="已结束"):
        case.appoint(case.hospital, case.second)


def test_a_withdrawal_needs_a_reason(world: World) -> None:
    case = Case(world)
    row = case.appoint(case.hospital, case.first)

    with acting_as(case.chief), pytest.raises(StepRefused, match="原因"):
        APPOINTMENT.fire(case.session, row.id, "withdraw", actor=case.chief, at=AT)
