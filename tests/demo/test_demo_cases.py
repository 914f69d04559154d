"""The demo's cases: everything occurs, and everything in them is valid."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import (
    AssessmentStatus,
    IdType,
    ParticipationStatus,
    Procedure,
    ScheduleWindow,
    Verdict,
)
from app.models import (
    Assessment,
    Authority,
    ConductRecord,
    Cycle,
    Institution,
    OutsideOpinion,
    Participation,
    Physician,
    TrailEntry,
)
from app.operations import registrations
from app.periods import local_day
from app.queries import cycles
from app.security.actor import unscoped
from app.security.id_numbers import (
    birth_date_of,
    id_number_problem,
    licence_code_problem,
    qualification_code_problem,
    sex_of,
    uscc_problem,
)
from tests.demo.conftest import AT, load_small
from tests.support.databases import DatabaseServer
from tests.support.storage import open_storage

TODAY = local_day(AT)


def institution(session: Session, name: str) -> Institution:
    return session.scalars(select(Institution).where(Institution.name == name)).one()


def test_every_status_occurs_at_pingcheng(demo: Session) -> None:
    with unscoped("the test counts"):
        home = institution(demo, "平城区医院").id
        taking = demo.scalars(
            select(Participation.status).where(Participation.institution_id == home)
        )
        cases = demo.scalars(select(Assessment.status).where(Assessment.institution_id == home))
        ends = demo.execute(
            select(Assessment.procedure, Assessment.result).where(
                Assessment.institution_id == home,
                Assessment.status == AssessmentStatus.COMPLETED,
            )
        )

        assert set(taking) == set(ParticipationStatus)
        assert set(cases) == set(AssessmentStatus)
        assert set(map(tuple, ends)) >= {
            (Procedure.GENERAL, Verdict.PASS),
            (Procedure.GENERAL, Verdict.FAIL),
            (Procedure.SIMPLIFIED, Verdict.PASS),
        }


def test_the_number_of_physicians_is_as_asked(demo: Session) -> None:
    with unscoped("the test counts"):
        shanxi = demo.scalars(select(Authority.id).where(Authority.code == "140000")).one()
        found = demo.execute(
            select(Physician.province_id, func.count(Physician.id)).group_by(Physician.province_id)
        )

        assert {province == shanxi: count for province, count in found} == {True: 40, False: 8}


def test_every_number_in_it_is_valid(demo: Session) -> None:
    with unscoped("the test reads all people"):
        people = demo.scalars(select(Physician)).all()
        codes = demo.scalars(select(Institution.uscc)).all()

    assert [code for code in codes if uscc_problem(code)] == []
    problems = [
        (row.name, problem)
        for row in people
        for problem in (
            id_number_problem(IdType.RESIDENT, row.id_number, TODAY),
            qualification_code_problem(row.qualification_code or "", row.id_number),
            licence_code_problem(row.licence_code or ""),
            birth_date_of(row.id_number) != row.birth_date,
            sex_of(row.id_number) is not row.sex,
            row.licensed_on > TODAY,
        )
        if problem
    ]
    assert problems == []
    assert len({row.id_number for row in people}) == len(people)


def test_all_windows_but_one_province_s_examination_are_open_today(demo: Session) -> None:
    with unscoped("the test reads both provinces"):
        found = demo.scalars(select(Cycle).order_by(Cycle.id)).all()
        closed = [
            (cycle.label, kind)
            for cycle in found
            for kind in ScheduleWindow
            if not cycles.is_open(cycle, kind, today=TODAY)
        ]

        assert [(c.label, c.starts_on, c.last_day) for c in found] == [
            (label, TODAY - timedelta(days=60), TODAY + timedelta(days=150))
            for label in ("02", "03")
        ]
    assert closed == [("03", ScheduleWindow.EXAMINATION)]


def test_whatever_was_submitted_is_complete(demo: Session) -> None:
    with unscoped("the test reads all cases"):
        handed_in = demo.scalars(
            select(Assessment).where(Assessment.submitted_at.is_not(None))
        ).all()
        gaps = {
            case.id: registrations.gaps(demo, case)
            for case in handed_in
            if registrations.gaps(demo, case)
        }

        assert len(handed_in) > 20
        assert gaps == {}


def test_every_trail_of_a_case_is_unbroken_and_in_the_order_of_time(demo: Session) -> None:
    histories: dict[tuple[str, int], list[Any]] = defaultdict(list)
    with unscoped("the test reads the trail"):
        statement = (
            select(TrailEntry)
            .where(TrailEntry.subject.in_(("assessment", "participation")))
            .order_by(TrailEntry.id)
        )
        for entry in demo.scalars(statement):
            histories[entry.subject, entry.subject_id or 0].append(entry)
        now = {row.id: row.status.name for row in demo.scalars(select(Assessment))}

    first = {"assessment": "AWAITING_FORM", "participation": "UNCONFIRMED"}
    for (subject, identity), entries in histories.items():
        chain = [first[subject], *[entry.to_status for entry in entries]]
        assert [entry.from_status for entry in entries] == chain[:-1]
        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
        assert all(entry.at < AT for entry in entries)
        if subject == "assessment":
            assert now[identity] == chain[-1]


def test_reasons_are_given_wherever_somebody_said_no(demo: Session) -> None:
    with unscoped("the test reads the trail"):
        silent = demo.scalars(
            select(TrailEntry.action).where(
                TrailEntry.action.in_(
                    ("institution_reject", "agency_reject", "agency_return", "authority_return")
                ),
                TrailEntry.comment.is_(None),
            )
        ).all()
        returned = demo.scalars(
            select(Assessment.returned_reason).where(
                Assessment.status.in_(
                    (AssessmentStatus.INSTITUTION_REJECTED, AssessmentStatus.AGENCY_REJECTED)
                )
            )
        ).all()

    assert silent == []
    assert returned
    assert all(returned)


def test_there_is_conduct_of_both_kinds_and_another_place_s_opinion(demo: Session) -> None:
    with unscoped("the test reads evidence"):
        kinds = set(demo.scalars(select(ConductRecord.is_good)))
        outside = demo.scalar(select(func.count(OutsideOpinion.id)))

    assert kinds == {True, False}
    assert outside


@pytest.mark.embedded
def test_the_same_seed_gives_the_same_people_and_another_seed_others(
    demo: Session, database_server: DatabaseServer
) -> None:
    def people(session: Session) -> list[tuple[Any, ...]]:
        with unscoped("the test reads all people"):
            statement = (
                select(Physician.name, Physician.id_index, Assessment.status)
                .outerjoin(Assessment, Assessment.physician_id == Physician.id)
                .order_by(Physician.id)
            )
            return [tuple(row) for row in session.execute(statement)]

    found = {}
    for seed in (2024, 7):
        with database_server.lending() as url:
            engine, sessions = open_storage(url)
            load_small(sessions, seed=seed)
            with sessions() as session:
                found[seed] = people(session)
            engine.dispose()

    assert found[2024] == people(demo)
    assert found[7] != found[2024]
