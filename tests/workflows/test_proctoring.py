"""监考: marks by people, two of them; a mark holds, a conviction voids, a withdrawal restores."""

from typing import Any

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import MarkReason, MarkStatus, PaperStatus, Verdict
from app.models import Assessment, Paper, Sitting, TrailEntry
from app.rules import MARK_HOLDS, NO_MAKEUP, REVIEW_FIRST, SHOWS_SCORE, TWO_PROCTORS
from app.security.actor import SYSTEM, Actor
from app.workflows import proctoring
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import NoSuchStep, StepForbidden, StepRefused
from app.workflows.proctoring import PROCTORING
from tests.support.site import Site
from tests.workflows.sitting_world import AT, Examinee, cases, session_of, set_rules

P, M = PaperStatus, MarkStatus
WHY = "第2张照片中有他人。"
USUAL = (SHOWS_SCORE, MARK_HOLDS, TWO_PROCTORS, NO_MAKEUP)


@pytest.fixture
def examinee(site: Site) -> Examinee:
    return Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])


@pytest.fixture
def proctor(site: Site) -> Actor:
    return site.actor("proctor")


@pytest.fixture
def second(site: Site) -> Actor:
    return site.actor("agency-2")


def mark(site: Site, who: Actor, pk: int, action: str, **sent: Any) -> MarkStatus:
    sent.setdefault("comment", WHY)
    if action in ("suspect", "confirm"):
        sent.setdefault("facts", MarkReason.SEVERAL_PEOPLE)
    with session_of(site, who) as session:
        found: MarkStatus = PROCTORING.fire(session, pk, action, actor=who, at=AT, **sent).status
    return found


def paper(site: Site, sitting_id: int) -> tuple[PaperStatus, Verdict | None, bool]:
    with site.session() as session:
        found = session.get_one(Sitting, sitting_id).paper
        return found.status, found.result, found.is_held


def test_a_suspicion_holds_the_case_and_its_end_lets_it_go(
    examinee: Examinee, proctor: Actor
) -> None:
    site = examinee.site
    set_rules(site, exam_rules=(*USUAL, REVIEW_FIRST))
    pk = examinee.sit(90)
    assert (examinee.papers(), examinee.stands()) == (
        [("公共知识", 1, P.HANDED_IN)],
        S.AWAITING_EXAM,
    )
    assert mark(site, proctor, pk, "suspect") is M.SUSPECTED
    assert paper(site, pk) == (P.HANDED_IN, None, True)
    with session_of(site, proctor) as session:
        proctoring.look(session, session.get_one(Sitting, pk), actor=proctor, at=AT)
    assert examinee.stands() is S.AWAITING_EXAM
    assert mark(site, proctor, pk, "clear") is M.NONE
    assert paper(site, pk)[2] is False


def test_where_the_rules_want_a_look_first_the_look_decides(
    examinee: Examinee, proctor: Actor
) -> None:
    site = examinee.site
    set_rules(site, exam_rules=(*USUAL, REVIEW_FIRST))
    pk = examinee.sit(90)
    with session_of(site, proctor) as session:
        proctoring.look(session, session.get_one(Sitting, pk), actor=proctor, at=AT)
    assert paper(site, pk) == (P.DONE, Verdict.PASS, False)
    assert examinee.stands() is S.AWAITING_VERDICT


def test_no_result_is_decided_while_a_mark_is_open(examinee: Examinee, proctor: Actor) -> None:
    pk = examinee.sit(90)
    mark(examinee.site, proctor, pk, "suspect")
    assert examinee.stands() is S.AWAITING_VERDICT
    agency = examinee.site.actor("agency")
    with session_of(examinee.site, agency) as session, pytest.raises(StepRefused, match="标记疑似"):
        ASSESSMENT.fire(session, examinee.case_id, "conclude", actor=agency, at=AT)


def test_cheating_is_confirmed_by_two_people_and_voids_the_paper(
    examinee: Examinee, proctor: Actor, second: Actor
) -> None:
    site = examinee.site
    pk = examinee.sit(90)
    with pytest.raises(StepRefused, match="先标记疑似"):
        mark(site, proctor, pk, "confirm")
    mark(site, proctor, pk, "suspect")
    with pytest.raises(StepRefused, match="不能由标记疑似的人"):
        mark(site, proctor, pk, "confirm")
    assert mark(site, second, pk, "confirm") is M.CONFIRMED
    assert paper(site, pk) == (P.VOID, Verdict.FAIL, False)
    assert examinee.stands() is S.AWAITING_VERDICT  # no makeup for whoever cheated
    assert len(examinee.papers()) == 1
    with pytest.raises(StepRefused, match="另一人"):
        mark(site, second, pk, "revoke")
    assert mark(site, proctor, pk, "revoke") is M.NONE
    assert paper(site, pk) == (P.DONE, Verdict.PASS, False)
    assert examinee.stands() is S.AWAITING_VERDICT
    with site.session() as session:
        said = select(TrailEntry.action, TrailEntry.comment).where(
            TrailEntry.subject == "proctoring", TrailEntry.subject_id == pk
        )
        entries = [tuple(row) for row in session.execute(said.order_by(TrailEntry.id))]
    reason = f"{WHY}；多人入镜"
    assert entries == [("suspect", reason), ("confirm", reason), ("revoke", WHY)]


def test_where_a_makeup_is_allowed_it_comes_and_goes_with_the_mark(
    examinee: Examinee, proctor: Actor
) -> None:
    site = examinee.site
    set_rules(site, exam_rules=(SHOWS_SCORE,))
    pk = examinee.sit(90)
    assert mark(site, proctor, pk, "confirm") is M.CONFIRMED  # one person, by these rules
    assert examinee.stands() is S.AWAITING_MAKEUP
    assert examinee.papers()[1:] == [("公共知识", 2, P.NOT_STARTED)]
    mark(site, proctor, pk, "revoke")
    assert examinee.stands() is S.AWAITING_VERDICT
    assert examinee.papers() == [("公共知识", 1, P.DONE)]


def test_a_restored_failure_gets_the_makeup_it_was_denied(
    site: Site, proctor: Actor, second: Actor
) -> None:
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])
    set_rules(site, exam_rules=(*USUAL, REVIEW_FIRST))
    pk = examinee.sit(20)
    mark(site, proctor, pk, "suspect")
    mark(site, second, pk, "confirm")
    assert examinee.stands() is S.AWAITING_VERDICT
    mark(site, proctor, pk, "revoke")
    assert examinee.stands() is S.AWAITING_MAKEUP
    assert examinee.papers() == [("公共知识", 1, P.DONE), ("公共知识", 2, P.NOT_STARTED)]


def test_an_attempt_that_was_left_comes_back_with_the_withdrawal(
    site: Site, proctor: Actor, second: Actor
) -> None:
    set_rules(site, attempts=2)
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])
    pk = examinee.sit(20)
    assert examinee.papers() == [("公共知识", 1, P.NOT_STARTED)]
    mark(site, proctor, pk, "suspect")
    mark(site, second, pk, "confirm")
    assert examinee.stands() is S.AWAITING_VERDICT
    mark(site, proctor, pk, "revoke")
    assert examinee.papers() == [("公共知识", 1, P.NOT_STARTED)]
    assert examinee.stands() is S.AWAITING_EXAM


def test_nothing_is_marked_while_it_is_sat_or_after_the_end(
    examinee: Examinee, proctor: Actor
) -> None:
    site = examinee.site
    pk = examinee.begin()
    with pytest.raises(StepRefused, match="正在作答"):
        mark(site, proctor, pk, "suspect")
    examinee.answer(pk, 90)
    examinee.hand_in(pk)
    with session_of(site, SYSTEM) as session:
        ASSESSMENT.fire(session, examinee.case_id, "conclude", actor=site.actor("agency"), at=AT)
    with pytest.raises(StepRefused, match="考核已完成"):
        mark(site, proctor, pk, "suspect")


def test_a_mark_needs_its_kind_and_its_reason(examinee: Examinee, proctor: Actor) -> None:
    pk = examinee.sit(90)
    with pytest.raises(StepRefused, match="标记原因"):
        mark(examinee.site, proctor, pk, "suspect", facts=None)
    with pytest.raises(StepRefused, match="填写原因"):
        mark(examinee.site, proctor, pk, "suspect", comment=" ")


@pytest.mark.parametrize("who", ["hospital", "province", "physician"])
def test_nobody_else_marks(examinee: Examinee, who: str) -> None:
    pk = examinee.sit(90)
    actor = examinee.actor if who == "physician" else examinee.site.actor(who)
    with pytest.raises(StepForbidden):
        mark(examinee.site, actor, pk, "suspect")


def test_the_agency_next_door_does_not_know_the_sitting(examinee: Examinee) -> None:
    pk = examinee.sit(90)
    with pytest.raises(NoSuchStep):
        mark(examinee.site, examinee.site.actor("agency-sn"), pk, "suspect")


def test_after_any_marks_every_case_stands_where_its_papers_say(
    site: Site, proctor: Actor, second: Actor
) -> None:
    """Each paper's last state, read again, explains the case: nothing depends on the way there."""
    waiting = iter(cases(site, S.AWAITING_EXAM))
    for rules in (USUAL, (SHOWS_SCORE, NO_MAKEUP)):
        set_rules(site, exam_rules=rules)
        for share, pk in zip((90, 20), waiting, strict=False):
            examinee = Examinee(site, pk)
            first = examinee.sit(share, "公共知识")
            examinee.sit(90, "业务水平")
            for who, action in (
                (proctor, "suspect"), (second, "confirm"), (proctor, "revoke"),
            ):  # fmt: skip
                mark(site, who, first, action)
            wanted = S.AWAITING_VERDICT if share == 90 else S.AWAITING_MAKEUP
            assert examinee.stands() is wanted, (rules, share)
            with site.session() as session:
                case = session.get_one(Assessment, pk)
                rounds = select(Paper.round).where(Paper.assessment_id == case.id)
                assert max(session.scalars(rounds)) == (1 if share == 90 else 2)
