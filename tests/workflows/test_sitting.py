"""答卷: begun when the rules allow, saved exactly once, ended exactly once, judged by the keys."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.enums import AssessmentStatus as S
from app.enums import (
    ExemptionStatus,
    PaperStatus,
    SittingEnd,
    SittingEventKind,
    Verdict,
)
from app.exams import assembly
from app.models import (
    AnswerEntry,
    AnswerSheet,
    Assessment,
    Blueprint,
    ExamSession,
    Exemption,
    Sitting,
    SittingEvent,
)
from app.operations import blueprints, sittings
from app.operations.answers import Entry
from app.rules import IN_ORDER, SHOWS_SCORE
from app.security.actor import SYSTEM
from app.workflows import time_outs
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import NoSuchStep, StepForbidden, StepOvertaken, StepRefused
from app.workflows.paper import PAPER
from tests.support.site import Site
from tests.workflows.sitting_world import (
    AT,
    FIRST,
    Examinee,
    cases,
    entries_for,
    session_of,
    set_rules,
)

P = PaperStatus
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def examinee(site: Site) -> Examinee:
    return Examinee(site, cases(site, S.AWAITING_EXAM)[0])


def sheet(site: Site, sitting_id: int) -> AnswerSheet:
    with site.session() as session:
        found = session.scalars(
            select(AnswerSheet).where(AnswerSheet.sitting_id == sitting_id)
        ).one()
        session.expunge(found)  # read outside the session
        return found


def logged(site: Site, sitting_id: int) -> list[int]:
    with site.session() as session:
        return list(
            session.scalars(
                select(AnswerEntry.seq)
                .where(AnswerEntry.sitting_id == sitting_id)
                .order_by(AnswerEntry.seq)
            )
        )


def test_a_paper_is_drawn_by_its_blueprint_and_can_be_drawn_again(examinee: Examinee) -> None:
    pk = examinee.begin("业务水平")
    with examinee.site.session() as session:
        sitting = session.get_one(Sitting, pk)
        blueprint = sittings.blueprint_of(session, sitting.paper)
        assert blueprint is not None
        assert blueprint.category is sitting.assessment.physician.category
        rows = blueprints.rows_of(blueprint)
        bank = blueprints.bank(session, blueprint, owner_id=blueprint.authority_id)
        again = assembly.draw(bank, rows, seed=sitting.seed)
        assert sittings.drawn(sitting.places) == again
        assert len(again) == sum(row.count for row in rows)
        assert sitting.sheet.deadline == AT + timedelta(minutes=blueprint.minutes)
        kinds = session.scalars(select(SittingEvent.kind).where(SittingEvent.sitting_id == pk))
        assert list(kinds) == [SittingEventKind.BEGUN]


def test_two_examinees_have_papers_of_their_own(site: Site) -> None:
    first, second = (Examinee(site, pk) for pk in cases(site, S.AWAITING_EXAM, papers=1)[:2])
    ids = (first.begin(), second.begin())
    with site.session() as session:
        drawn = [[p[0] for p in session.get_one(Sitting, pk).places] for pk in ids]
    assert drawn[0] != drawn[1]


def test_one_paper_at_a_time(examinee: Examinee) -> None:
    examinee.begin("公共知识")
    with pytest.raises(StepRefused, match="正在作答"):
        examinee.begin("业务水平")
    with pytest.raises(StepOvertaken):
        examinee.begin("公共知识")


def change_session(site: Site, **values: Any) -> None:
    with site.session() as session:
        session.execute(update(ExamSession).values(**values))
        session.commit()


CHINA_MIDNIGHT = (AT + timedelta(hours=8)).replace(hour=0, minute=0, second=0) - timedelta(hours=8)


HOURS = [
    (539, None, False), (1080, None, False), (571, 30, False), (539, 30, False), (570, 30, True),
]  # fmt: skip


def test_nobody_begins_outside_the_hours_or_too_late(examinee: Examinee) -> None:
    for minute, late, is_open in HOURS:
        change_session(examinee.site, opens=540, closes=1080, late_minutes=late)
        at = CHINA_MIDNIGHT + timedelta(minutes=minute)
        if is_open:
            assert examinee.begin(at=at)
        else:
            with pytest.raises(StepRefused, match="09:00至18:00"):
                examinee.begin(at=at)


def test_the_day_s_close_ends_a_sitting_before_its_minutes(examinee: Examinee) -> None:
    change_session(examinee.site, opens=540, closes=1080)
    pk = examinee.begin(at=CHINA_MIDNIGHT + timedelta(minutes=1060))
    assert sheet(examinee.site, pk).deadline == CHINA_MIDNIGHT + timedelta(minutes=1080)


def test_without_a_session_for_it_nobody_begins(examinee: Examinee) -> None:
    change_session(examinee.site, papers=["业务水平"])
    with pytest.raises(StepRefused, match="尚未安排"):
        examinee.begin("公共知识")
    assert examinee.begin("业务水平")


def test_whoever_waits_for_an_exemption_does_not_sit_that_paper(examinee: Examinee) -> None:
    with examinee.site.session() as session:
        case = session.get_one(Assessment, examinee.case_id)
        names = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")
        owner = {name: getattr(case, name) for name in (*names, "participation_id")}
        session.add(
            Exemption(
                status=ExemptionStatus.AWAITING_AGENCY, status_since=AT, ground="培训",
                assessment_id=case.id, **owner,
            )
        )  # fmt: skip
        session.commit()
    with pytest.raises(StepRefused, match="免考申请正在审核"):
        examinee.begin("业务水平")
    assert examinee.begin("公共知识")


def test_papers_come_in_order_where_the_rules_say_so(examinee: Examinee) -> None:
    set_rules(examinee.site, exam_rules=(IN_ORDER, SHOWS_SCORE))
    with pytest.raises(StepRefused, match="请先参加“公共知识”"):
        examinee.begin("业务水平")
    examinee.sit(90, "公共知识")
    assert examinee.begin("业务水平")


def test_another_s_paper_does_not_exist_and_no_other_role_sits(site: Site) -> None:
    mine, other = (Examinee(site, pk) for pk in cases(site, S.AWAITING_EXAM, papers=1)[:2])
    with session_of(site, mine.actor) as session, pytest.raises(NoSuchStep):
        PAPER.fire(session, other.paper_id("公共知识"), "begin", actor=mine.actor, at=AT)
    agency = site.actor("agency")
    with session_of(site, agency) as session, pytest.raises(StepForbidden):
        PAPER.fire(session, other.paper_id("公共知识"), "begin", actor=agency, at=AT)


def test_only_what_is_newer_is_kept_and_everything_is_logged_once(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    first, second = entries_for(site, pk, 100)[:2]
    one = Entry(FIRST + 10, first.question_id, "A", False)
    two = Entry(FIRST + 11, first.question_id, "B", True)
    assert examinee.save(pk, two).stored == (FIRST + 11,)
    assert examinee.save(pk, one, two).stored == (FIRST + 10, FIRST + 11)  # sent again, and late
    other = Entry(FIRST + 12, second.question_id, "", False)
    examinee.save(pk, other, other)
    assert sheet(site, pk).answers == {
        str(first.question_id): [FIRST + 11, "B", 1],
        str(second.question_id): [FIRST + 12, "", 0],
    }
    assert logged(site, pk) == [FIRST + 10, FIRST + 11, FIRST + 12]


def test_a_device_that_comes_back_fills_gaps_and_undoes_nothing(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    questions = [one.question_id for one in entries_for(site, pk, 100)[:2]]
    with session_of(site, examinee.actor) as session:
        found = sittings.open_sheet(
            session, session.get_one(Sitting, pk), device="device-2", at=AT + SECOND
        )
    assert found.generation == 2
    examinee.save(pk, Entry(2_000_001, questions[0], "C", False))
    late = [Entry(FIRST + n, question, "A", False) for n, question in enumerate(questions)]
    examinee.save(pk, *late)
    kept = sheet(site, pk).answers
    assert [kept[str(question)][1] for question in questions] == ["C", "A"]
    with site.session() as session:
        kinds = session.scalars(
            select(SittingEvent.kind).where(SittingEvent.sitting_id == pk).order_by(SittingEvent.id)
        ).all()
    assert kinds == [SittingEventKind.BEGUN, SittingEventKind.OTHER_DEVICE]


def test_what_the_paper_does_not_offer_is_not_stored(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    mine = entries_for(site, pk, 100)[0].question_id
    hostile = [
        Entry(FIRST, 999_999_999, "A", False),  # another's question
        Entry(FIRST + 1, mine, "Z", False),  # no such option
        Entry(FIRST + 2, mine, "AA", False),
        Entry(5_000_001, mine, "A", False),  # numbers that no page of this sitting was given
    ]
    assert examinee.save(pk, *hostile).stored == tuple(one.seq for one in hostile[:3])
    assert sheet(site, pk).answers == {}
    assert logged(site, pk) == []


def test_after_the_deadline_and_its_grace_nothing_is_taken(examinee: Examinee) -> None:
    site, pk = examinee.site, examinee.begin()
    end = sheet(site, pk).deadline
    first, second = entries_for(site, pk, 100)[:2]
    assert examinee.save(pk, first, at=end + 5 * SECOND).stored == (first.seq,)
    late = examinee.save(pk, second, at=end + 6 * SECOND)
    assert (late.stored, late.is_closed) == ((), True)
    assert logged(site, pk) == [first.seq]


def test_time_left_is_the_server_s(examinee: Examinee) -> None:
    pk = examinee.begin()
    assert examinee.save(pk, at=AT + 25 * 60 * SECOND).seconds_left == 35 * 60


@pytest.mark.parametrize(
    ("share", "result", "status"),
    [(60, Verdict.PASS, S.AWAITING_VERDICT), (58, Verdict.FAIL, S.AWAITING_MAKEUP)],
)
def test_handing_in_judges_at_once_and_the_case_goes_on(
    site: Site, share: int, result: Verdict, status: S
) -> None:
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])
    pk = examinee.sit(share)
    with site.session() as session:
        paper = session.get_one(Sitting, pk).paper
        assert (paper.score_tenths, paper.result) == (share * 10, result)
        assert paper.status is P.DONE
    assert sheet(site, pk).ending is SittingEnd.HANDED_IN
    assert examinee.stands() is status
    with pytest.raises(StepOvertaken):
        examinee.hand_in(pk)
    assert examinee.save(pk, *entries_for(site, pk, 100)).is_closed


def test_a_failed_paper_is_sat_again_in_the_makeup_and_passed(site: Site) -> None:
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM)[0])
    examinee.sit(30, "公共知识")
    assert examinee.stands() is S.AWAITING_EXAM
    examinee.sit(90, "业务水平")
    assert examinee.stands() is S.AWAITING_MAKEUP
    assert examinee.papers()[2:] == [("公共知识", 2, P.NOT_STARTED)]
    examinee.sit(80, "公共知识", 2)
    assert examinee.stands() is S.AWAITING_VERDICT


def test_several_attempts_end_with_the_first_that_passes(site: Site) -> None:
    set_rules(site, attempts=3)
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])
    examinee.sit(10)
    assert examinee.papers() == [("公共知识", 1, P.NOT_STARTED)]
    examinee.sit(20)
    examinee.sit(70)
    assert examinee.papers() == [("公共知识", 1, P.DONE)]
    assert examinee.stands() is S.AWAITING_VERDICT


def test_the_last_attempt_leaves_the_best_score(site: Site) -> None:
    set_rules(site, attempts=2)
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])
    examinee.sit(40)
    pk = examinee.sit(20)
    with site.session() as session:
        paper = session.get_one(Sitting, pk).paper
        assert (paper.score_tenths, paper.result) == (400, Verdict.FAIL)
    assert examinee.stands() is S.AWAITING_MAKEUP


def test_time_outs_are_handed_in_once_however_late_the_server_comes(site: Site) -> None:
    both = [Examinee(site, pk) for pk in cases(site, S.AWAITING_EXAM, papers=1)[:2]]
    ids = [one.begin() for one in both]
    both[0].answer(ids[0], 70)
    end = sheet(site, ids[0]).deadline

    def sweep(at: Any) -> int:
        with session_of(site, SYSTEM) as session:
            return time_outs.hand_in(session, at=at)

    assert sweep(end + 5 * SECOND) == 0
    assert sweep(end + 48 * HOUR) == 2  # nobody was there for two days
    assert sweep(end + 49 * HOUR) == 0
    found = [sheet(site, pk) for pk in ids]
    assert [one.ending for one in found] == [SittingEnd.TIMED_OUT] * 2
    assert [one.score_tenths for one in found] == [700, 0]
    with pytest.raises(StepOvertaken):
        both[0].hand_in(ids[0])


def test_of_many_who_end_a_sitting_exactly_one_does(site: Site) -> None:
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])
    pk = examinee.begin()
    examinee.answer(pk, 90)
    end = sheet(site, pk).deadline + 6 * SECOND

    def hand_in(_n: int) -> bool:
        try:
            examinee.hand_in(pk, end)
        except StepOvertaken:
            return False
        return True

    def sweep(_n: int) -> bool:
        with session_of(site, SYSTEM) as session:
            return time_outs.hand_in(session, at=end) == 1

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(hand_in if n % 2 else sweep, n) for n in range(8)]
        assert sum(one.result() for one in done) == 1
    assert examinee.papers() == [("公共知识", 1, P.DONE)]
    assert examinee.stands() is S.AWAITING_VERDICT


def test_a_case_whose_papers_are_sat_does_not_go_back(examinee: Examinee) -> None:
    chief = examinee.site.actor("province")
    examinee.begin()
    with (
        session_of(examinee.site, chief) as session,
        pytest.raises(StepRefused, match="已参加测评"),
    ):
        ASSESSMENT.fire(
            session, examinee.case_id, "authority_return", actor=chief, at=AT, comment="更正"
        )


def test_without_a_blueprint_or_questions_nothing_begins(examinee: Examinee) -> None:
    site = examinee.site
    with site.session() as session:
        session.execute(update(Blueprint).values(category=None, level=None, paper="另一科"))
        session.commit()
    with pytest.raises(StepRefused, match="组卷方案"):
        examinee.begin()
    assert examinee.papers()[0][2] is P.NOT_STARTED
    with site.session() as session:
        assert session.scalar(
            select(func.count(Sitting.id)).where(Sitting.assessment_id == examinee.case_id)
        ) == 0  # fmt: skip


def test_a_deferred_makeup_goes_on_as_a_makeup(site: Site) -> None:
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])

    def step(action: str) -> S:
        with session_of(site, SYSTEM) as session:
            ASSESSMENT.fire(session, examinee.case_id, action, actor=SYSTEM, at=AT)
        return examinee.stands()

    assert [step("defer"), step("resume")] == [S.DEFERRED, S.AWAITING_EXAM]
    examinee.sit(20)
    assert examinee.stands() is S.AWAITING_MAKEUP
    assert step("defer") is S.DEFERRED
    with pytest.raises(StepRefused, match="不能参加测评"):
        examinee.begin(number=2)
    assert step("resume") is S.AWAITING_MAKEUP
    examinee.sit(90, number=2)
    assert examinee.stands() is S.AWAITING_VERDICT
