"""重新判分: another pass mark judges papers anew, cases go on or back, what is completed stays."""

from typing import Any

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import PaperStatus, Verdict
from app.jobs import rescoring as job
from app.jobs.kinds import Task
from app.models import Assessment, Cycle, Paper, TrailEntry
from app.operations import papers
from app.queries import cycles
from app.rules import CycleRules
from app.security.actor import SYSTEM
from app.workflows import rescoring
from app.workflows.assessment import ASSESSMENT
from app.workflows.rescoring import Preview
from tests.support.site import Site
from tests.workflows.sitting_world import AT, Examinee, cases, session_of, set_rules

P = PaperStatus


def cycle_of(site: Site, case_id: int) -> tuple[int, CycleRules]:
    with site.session() as session:
        cycle = session.get_one(Assessment, case_id).cycle
        return cycle.id, cycles.rules(cycle)


def alone(site: Site, examinee: Examinee) -> None:
    """Leave the other cases of the demo out of the count."""
    with site.session() as session:
        for paper in session.scalars(
            select(Paper).where(Paper.assessment_id != examinee.case_id, Paper.status == P.DONE)
        ):
            paper.score_tenths = None
        session.commit()


def rescored(site: Site, case_id: int, **marks: Any) -> tuple[Preview, int]:
    """Preview, change the rules, and judge anew."""
    set_rules(site, **marks)
    cycle_id, rules = cycle_of(site, case_id)
    chief = site.actor("province")
    with session_of(site, chief) as session:
        seen = rescoring.preview(session, cycle_id, rules)
        ids = rescoring.differing(session, cycle_id, rules)
        number = rescoring.rescore(session, cycle_id, ids, rules, comment="60→x", at=AT)
    return seen, number


@pytest.fixture
def examinee(site: Site) -> Examinee:
    return Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])


def test_a_lower_mark_passes_who_had_failed_and_takes_the_makeup_back(examinee: Examinee) -> None:
    site = examinee.site
    examinee.sit(56)
    alone(site, examinee)
    assert examinee.stands() is S.AWAITING_MAKEUP
    seen, number = rescored(site, examinee.case_id, pass_mark_physician=56, pass_mark_assistant=56)
    assert (seen, number) == (Preview(1, 0, 1), 1)
    assert examinee.stands() is S.AWAITING_VERDICT
    assert examinee.papers() == [("公共知识", 1, P.DONE)]
    with site.session() as session:
        said = session.execute(
            select(TrailEntry.action_label, TrailEntry.comment, TrailEntry.actor_name).where(
                TrailEntry.subject == "paper", TrailEntry.action == "rescore"
            )
        ).all()
    assert [tuple(row) for row in said] == [("重新判分", "60→x", SYSTEM.name)]


def test_a_higher_mark_fails_who_had_passed_and_gives_a_makeup(examinee: Examinee) -> None:
    site = examinee.site
    examinee.sit(66)
    alone(site, examinee)
    assert examinee.stands() is S.AWAITING_VERDICT
    seen, _number = rescored(site, examinee.case_id, pass_mark_physician=70, pass_mark_assistant=70)
    assert seen == Preview(0, 1, 1)
    assert examinee.stands() is S.AWAITING_MAKEUP
    assert examinee.papers() == [("公共知识", 1, P.DONE), ("公共知识", 2, P.NOT_STARTED)]


def test_to_and_fro_ends_where_it_began(examinee: Examinee) -> None:
    site = examinee.site
    examinee.sit(66)
    alone(site, examinee)
    for mark in (70, 60):
        rescored(site, examinee.case_id, pass_mark_physician=mark, pass_mark_assistant=mark)
    assert (examinee.stands(), examinee.papers()) == (
        S.AWAITING_VERDICT, [("公共知识", 1, P.DONE)],
    )  # fmt: skip


def test_a_round_that_passes_afterwards_outweighs_a_failed_makeup(examinee: Examinee) -> None:
    site = examinee.site
    examinee.sit(58)
    examinee.sit(20, number=2)
    alone(site, examinee)
    assert examinee.stands() is S.AWAITING_VERDICT
    rescored(site, examinee.case_id, pass_mark_physician=58, pass_mark_assistant=58)
    with site.session() as session:
        case = session.get_one(Assessment, examinee.case_id)
        last = papers.latest(papers.of_case(session, case))
        assert [(one.round, one.result) for one in last] == [(1, Verdict.PASS)]
    assert examinee.stands() is S.AWAITING_VERDICT


def test_completed_cases_keep_their_result(examinee: Examinee) -> None:
    site = examinee.site
    examinee.sit(66)
    with session_of(site, SYSTEM) as session:
        ASSESSMENT.fire(session, examinee.case_id, "conclude", actor=site.actor("agency"), at=AT)
    alone(site, examinee)
    seen, number = rescored(site, examinee.case_id, pass_mark_physician=70, pass_mark_assistant=70)
    assert (bool(seen), number) == (False, 0)
    assert examinee.stands() is S.COMPLETED


def test_the_job_judges_what_still_differs_when_its_turn_comes(examinee: Examinee) -> None:
    site, chief = examinee.site, examinee.site.actor("province")
    examinee.sit(66)
    alone(site, examinee)
    set_rules(site, pass_mark_physician=70, pass_mark_assistant=70)
    cycle_id, _rules = cycle_of(site, examinee.case_id)
    with session_of(site, chief) as session:
        asked = job.ask(
            session, session.get_one(Cycle, cycle_id), reason="专家论证", actor=chief, at=AT
        )
        assert asked is not None
        task = Task(job_id=asked.id, kind=job.KIND, arguments=asked.arguments, actor=chief, at=AT)
        assert job._plan(session, task) == 1
        assert job._step(session, task, 0) == 1
    assert examinee.stands() is S.AWAITING_MAKEUP
    with session_of(site, chief) as session:
        again = job.ask(session, session.get_one(Cycle, cycle_id), reason="x", actor=chief, at=AT)
        assert again is None


def test_another_province_s_office_counts_nothing_here(examinee: Examinee) -> None:
    site = examinee.site
    examinee.sit(66)
    cycle_id, rules = cycle_of(site, examinee.case_id)
    other = site.actor("province-sn")
    with session_of(site, other) as session:
        raised = rules.with_rules({"pass_mark_physician": 100, "pass_mark_assistant": 100})
        assert not rescoring.preview(session, cycle_id, raised)
