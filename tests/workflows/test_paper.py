"""试卷: scores of two people, and what the papers of a case come to (T25 to T28)."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import PaperStatus as P
from app.enums import PhysicianLevel, RequestStatus, Verdict
from app.models import Assessment, Cycle, Paper, Recusal
from app.operations import papers
from app.operations.papers import Outcome
from app.queries import cycles
from app.rules import CycleRules
from app.security.actor import Actor, acting_as
from app.views.clock import now
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import NoSuchStep, StepForbidden, StepOvertaken, StepRefused
from app.workflows.paper import PAPER
from tests.support.site import Site

AT = now()


def step(site: Site, who: Actor, pk: int, action: str, **sent: Any) -> Any:
    with site.app.app_context(), acting_as(who):
        session = site.app.extensions["sqlalchemy"].session()
        try:
            done = PAPER.fire(session, pk, action, actor=who, at=AT, **sent)
            session.commit()
            return done.status
        finally:
            session.rollback()


def open_paper(site: Site, status: S = S.AWAITING_EXAM) -> tuple[int, int]:
    """Give a case of the agency's with one open paper, and that paper."""
    with site.session("agency") as session:
        paper = session.scalars(
            select(Paper)
            .join(Paper.assessment)
            .where(Assessment.status == status, Paper.status == P.NOT_STARTED)
            .order_by(Paper.id)
        ).first()
        assert paper is not None
        return paper.assessment_id, paper.id


def state(site: Site, case_id: int) -> tuple[S, list[tuple[str, int, P, Verdict | None]]]:
    with site.session() as session:
        case = session.get_one(Assessment, case_id)
        rows = papers.of_case(session, case)
        return case.status, [(row.name, row.round, row.status, row.result) for row in rows]


def test_whoever_entered_a_score_cannot_confirm_it(site: Site) -> None:
    first, second = site.actor("agency"), site.actor("agency-2")
    case_id, pk = open_paper(site)
    assert step(site, first, pk, "enter", facts=600) is P.ENTERED
    with pytest.raises(StepRefused, match="由另一人复核"):
        step(site, first, pk, "confirm")
    assert step(site, second, pk, "enter", facts=590) is P.ENTERED  # now it is the second's
    with pytest.raises(StepRefused, match="由另一人复核"):
        step(site, second, pk, "confirm")
    assert step(site, first, pk, "confirm") is P.DONE
    status, rows = state(site, case_id)
    assert (rows[0][2], rows[0][3]) == (P.DONE, Verdict.FAIL)  # 59.0 of 60
    assert status in (S.AWAITING_EXAM, S.AWAITING_MAKEUP)


@pytest.mark.parametrize("facts", [None, -1, 1001, "60"])
def test_no_other_score_is_taken(site: Site, facts: Any) -> None:
    _case, pk = open_paper(site)
    with pytest.raises(StepRefused, match="0至100"):
        step(site, site.actor("agency"), pk, "enter", facts=facts)
    with site.session() as session:
        assert session.get_one(Paper, pk).score_tenths is None


@pytest.mark.parametrize("who", ["hospital", "province", "proctor"])
def test_only_agencies_record_scores(site: Site, who: str) -> None:
    with site.session(who) as session:
        pk = session.scalars(select(Paper.id).where(Paper.status == P.NOT_STARTED)).first()
    assert pk is not None
    with pytest.raises(StepForbidden):
        step(site, site.actor(who), pk, "enter", facts=900)


def test_whoever_is_recused_from_a_case_records_no_score_of_it(site: Site) -> None:
    case_id, pk = open_paper(site)
    first = site.actor("agency")
    with site.session() as session:
        case = session.get_one(Assessment, case_id)
        owner = {
            name: getattr(case, name)
            for name in (
                "province_id",
                "authority_path",
                "institution_id",
                "physician_id",
                "agency_id",
            )
        }
        session.add(
            Recusal(
                status=RequestStatus.PASSED, status_since=AT, asked_at=AT, reason="亲属",
                assessor_name=first.name, assessor_account_id=first.account_id, assessment_id=case_id, **owner,
            )
        )  # fmt: skip
        session.commit()
    with pytest.raises(StepRefused, match="回避"):
        step(site, first, pk, "enter", facts=900)
    assert step(site, site.actor("agency-2"), pk, "enter", facts=900) is P.ENTERED


def test_another_agency_s_paper_does_not_exist(site: Site) -> None:
    _case, pk = open_paper(site)
    with pytest.raises(NoSuchStep):
        step(site, site.actor("agency-sn"), pk, "enter", facts=900)


def test_a_failed_paper_leads_to_one_makeup_and_a_passed_one_to_the_verdict(site: Site) -> None:
    first, second = site.actor("agency"), site.actor("agency-2")
    case_id, _pk = open_paper(site)

    def sit(score: int) -> None:
        with site.session() as session:
            ids = session.scalars(
                select(Paper.id).where(
                    Paper.assessment_id == case_id,
                    Paper.status.in_((P.NOT_STARTED, P.ENTERED)),
                )
            ).all()
        for pk in ids:
            step(site, first, pk, "enter", facts=score)
            step(site, second, pk, "confirm")

    sit(100)
    status, rows = state(site, case_id)
    names = [name for name, number, *_ in rows if number == 1]
    assert status is S.AWAITING_MAKEUP
    assert [(name, number) for name, number, s, _r in rows if s is P.NOT_STARTED] == [
        (name, 2) for name in names
    ]
    sit(1000)
    status, rows = state(site, case_id)
    assert status is S.AWAITING_VERDICT
    assert {result for _n, number, _s, result in rows if number == 2} == {Verdict.PASS}
    with site.session() as session:
        ended = session.scalars(select(Paper.id).where(Paper.assessment_id == case_id)).all()
    with pytest.raises(StepOvertaken):
        step(site, first, ended[0], "enter", facts=900)


def test_a_case_that_goes_back_loses_its_papers_and_gets_new_ones(site: Site) -> None:
    case_id, _pk = open_paper(site)
    chief = site.actor("province")
    with site.app.app_context(), acting_as(chief):
        session = site.app.extensions["sqlalchemy"].session()
        ASSESSMENT.fire(session, case_id, "authority_return", actor=chief, at=AT, comment="更正")
        session.commit()
    assert state(site, case_id) == (S.AWAITING_FORM, [])


def expected(rows: list[tuple[str, int, P, Verdict | None]], rounds: int) -> Outcome:
    """The rules once more, in the plainest words."""
    last: dict[str, tuple[int, P, Verdict | None]] = {}
    for name, number, s, r in sorted(rows, key=lambda row: row[1]):
        if name not in last or last[name][2] is not Verdict.PASS:  # a passed round stays passed
            last[name] = (number, s, r)
    if any(s in (P.NOT_STARTED, P.ENTERED) for _n, s, _r in last.values()):
        return Outcome.OPEN
    sat = max((number for number, _s, _r in last.values()), default=1)
    if all(r is Verdict.PASS for _n, _s, r in last.values()) or sat - 1 >= rounds:
        return Outcome.ENDED
    return Outcome.MAKEUP


def test_after_random_steps_every_case_stands_where_its_papers_say(site: Site) -> None:
    chance, people = Random(11), [site.actor("agency"), site.actor("agency-2")]
    with site.session("agency") as session:
        rounds = {one.id: cycles.rules(one).makeup_rounds for one in session.scalars(select(Cycle))}
        cases = list(
            session.scalars(
                select(Assessment.id).where(
                    Assessment.status.in_((S.AWAITING_EXAM, S.AWAITING_MAKEUP))
                )
            )
        )
    taken = 0
    for _turn in range(160):
        case_id = chance.choice(cases)
        with site.session() as session:
            ids = list(session.scalars(select(Paper.id).where(Paper.assessment_id == case_id)))
        action = chance.choice(("enter", "enter", "confirm", "confirm", "send_back", "absent"))
        try:
            step(
                site, chance.choice(people), chance.choice(ids), action,
                comment="随机", facts=chance.choice((0, 590, 600, 1000)),
            )  # fmt: skip
            taken += 1
        except (StepRefused, StepOvertaken):
            continue
        with site.session() as session:
            case = session.get_one(Assessment, case_id)
            found = [
                (one.name, one.round, one.status, one.result)
                for one in papers.of_case(session, case)
            ]
            told = expected(found, rounds[case.cycle_id])
            assert told is not Outcome.MAKEUP  # the next round has begun
            has_round_two = any(number > 1 for _n, number, _s, _r in found)
            wanted = {
                Outcome.OPEN: S.AWAITING_MAKEUP if has_round_two else S.AWAITING_EXAM,
                Outcome.ENDED: S.AWAITING_VERDICT,
            }[told]
            assert case.status is wanted, found
    assert taken > 50


NAMES = ("公共知识", "业务水平", "医学人文")
ENDS = ((P.DONE, Verdict.PASS), (P.DONE, Verdict.FAIL), (P.ABSENT, Verdict.FAIL),
        (P.EXEMPT, Verdict.PASS), (P.NOT_STARTED, None), (P.ENTERED, None))  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.integers(1, 3), st.sampled_from(ENDS)),
        unique_by=lambda row: row[:2], max_size=6,
    ),
    st.integers(0, 2),
)  # fmt: skip
def test_the_outcome_is_that_of_the_rules(drawn: list[Any], rounds: int) -> None:
    rows = [(name, number, status, result) for name, number, (status, result) in drawn]
    made = [Paper(name=n, round=r, status=s, result=v) for n, r, s, v in rows]
    assert papers.outcome(made, CycleRules(makeup_rounds=rounds))[0] is expected(rows, rounds)


@pytest.mark.parametrize(
    ("typed", "tenths"),
    [("0", 0), ("60", 600), ("59.9", 599), ("100", 1000), ("100.0", 1000), (" 7 ", 70),
     ("100.1", None), ("101", None), ("60.55", None), ("-1", None), ("６０", None), ("", None),
     ("60.", None), ("1e2", None), ("060", 600)],
)  # fmt: skip
def test_scores_are_read_exactly(typed: str, tenths: int | None) -> None:
    assert papers.in_tenths(typed) == tenths


def test_assistants_have_their_own_pass_mark() -> None:
    rules = CycleRules(pass_mark_physician=60, pass_mark_assistant=55)
    assert papers.verdict(550, PhysicianLevel.ASSISTANT, rules) is Verdict.PASS
    assert papers.verdict(550, PhysicianLevel.PHYSICIAN, rules) is Verdict.FAIL
