"""结果: concluded by its facts, filed, contested, printed, disposed of; every consequence in step."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus as S
from app.enums import (
    CertificateStatus,
    FilingStatus,
    ObjectionStatus,
    PaperStatus,
    Procedure,
    RemedyGround,
    RemedyStatus,
    ResultGround,
    ResultPart,
    Verdict,
)
from app.models import (
    Assessment,
    Conclusion,
    Objection,
    Paper,
    Physician,
    Remedy,
    TrailEntry,
)
from app.operations import (
    certificates,
    conclusions,
    judgements,
    mentorships,
    remedies,
)
from app.operations.mentorships import Period
from app.operations.objections import ObjectionRefused
from app.operations.remedies import Suspension
from app.security.actor import SYSTEM, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.batch_pass import conclude_routine, verdict_exceptions
from app.workflows.certificate import CERTIFICATE
from app.workflows.conclusion import CONCLUSION
from app.workflows.remedy import REMEDY
from tests.support.site import Site
from tests.workflows.result_world import World, passed_case
from tests.workflows.sitting_world import AT, session_of
from tests.workflows.world import REASON, case_id, opinions, refused

DAY = timedelta(days=1)
P, G = ResultPart, ResultGround


def lines(row: Conclusion) -> list[tuple[ResultPart, ResultGround, Verdict | None]]:
    return [(one.part, one.ground, one.verdict) for one in conclusions.reasons(row)]


@pytest.fixture
def passed(site: Site) -> World:
    """A case all of whose papers are passed."""
    return passed_case(site)


@pytest.fixture
def failed(site: Site) -> World:
    """A case that its hospital and agency found 不合格 in 职业道德, without an exam."""
    pk = case_id(site, S.AWAITING_AGENCY, Procedure.GENERAL)
    world = World(site, pk)
    verdicts = opinions(ethics=Verdict.FAIL, reason=REASON)
    world.take(ASSESSMENT, pk, "agency_pass", world.agency, facts=verdicts)
    return world


def test_the_facts_decide_and_the_agency_confirms(passed: World) -> None:
    passed.conclude()
    assert passed.stands() == (S.COMPLETED, Verdict.PASS)
    row = passed.conclusion
    assert (row.status, row.result) == (FilingStatus.AWAITING, Verdict.PASS)
    assert lines(row) == [
        (P.WORK, G.OPINION, Verdict.PASS),
        (P.ETHICS, G.OPINION, Verdict.PASS),
        (P.EXAM, G.PAPER, Verdict.PASS),
    ]


def test_nothing_is_concluded_while_a_paper_is_open_or_held(passed: World) -> None:
    with passed.site.session() as session:
        paper = session.scalars(select(Paper).where(Paper.assessment_id == passed.pk)).one()
        paper.is_held = True
        session.commit()
    with refused("疑似"):
        passed.conclude()
    with passed.site.session() as session:
        paper = session.scalars(select(Paper).where(Paper.assessment_id == passed.pk)).one()
        paper.is_held, paper.result = False, None
        session.commit()
    with refused("尚无结果"):
        passed.conclude()


def test_a_batch_decides_the_plain_ones_only(passed: World) -> None:
    site = passed.site
    with session_of(site, passed.agency) as session:
        other = session.scalars(
            select(Assessment).where(
                Assessment.status == S.AWAITING_VERDICT, Assessment.id != passed.pk
            )
        ).first()
        assert other is not None
        judgements.rule(
            other, judgements.Reason(part=P.EXAM, ground=G.REVISED, verdict=Verdict.FAIL)
        )
        session.flush()
        wanted = {passed.pk: session.get_one(Assessment, passed.pk).version}
        wanted[other.id] = other.version
        done = conclude_routine(session, wanted, actor=passed.agency, at=AT)
        assert done.done == [passed.pk]
        told = verdict_exceptions(other, actor=passed.agency)
        assert other.id in done.refused
        assert any("业务水平" in str(one) for one in told)


def test_only_the_authority_files_and_only_what_is_filed_gets_a_certificate(passed: World) -> None:
    passed.conclude()
    with session_of(passed.site, passed.office) as session:
        done = certificates.issue_many(session, [passed.conclusion.id], actor=passed.office, at=AT)
    assert "尚未备案" in str(done.refused[passed.conclusion.id])
    passed.file()
    passed.issue()
    printed = passed.certificate
    assert (printed.status, printed.issue) == (CertificateStatus.VALID, 1)
    assert printed.facts["result"] == "PASS"
    with session_of(passed.site, passed.office) as session:
        again = certificates.issue_many(session, [passed.conclusion.id], actor=passed.office, at=AT)
    assert "补发" in str(again.refused[passed.conclusion.id])


def test_a_replaced_certificate_points_to_a_new_one_and_a_revoked_one_to_none(
    passed: World,
) -> None:
    passed.conclude()
    passed.file()
    first = passed.issue()
    passed.take(CERTIFICATE, first, "replace", passed.office, comment="遗失")
    second = passed.certificate
    assert (second.id != first, second.issue, second.status) == (True, 2, CertificateStatus.VALID)
    assert second.number.endswith("-2")
    passed.take(CERTIFICATE, second.id, "revoke", passed.office, comment="误发")
    assert (passed.certificate.status, passed.certificate.reason) == (
        CertificateStatus.REVOKED,
        "误发",
    )


def test_an_objection_is_upheld_and_then_closed(failed: World) -> None:
    assert failed.stands() == (S.COMPLETED, Verdict.FAIL)
    pk = failed.object()
    with pytest.raises(ObjectionRefused, match="等待考核机构答复"):
        failed.object()
    with refused("尚未答复"):
        failed.file()
    failed.answer(pk, "uphold")
    failed.file()
    with pytest.raises(ObjectionRefused, match="已对本次结果作出答复"):
        failed.object()
    assert failed.remedy.status is RemedyStatus.PENDING


def test_the_days_for_an_objection_count_from_receipt(failed: World) -> None:
    with session_of(failed.site, failed.physician) as session:
        conclusions.note_receipt(session, failed.conclusion.id, at=AT)
    with pytest.raises(ObjectionRefused, match="截止日期"):
        failed.object(at=AT + 31 * DAY)
    assert failed.object(at=AT + 30 * DAY)


def test_a_changed_part_reopens_the_exam_that_had_been_spared(failed: World) -> None:
    failed.file()
    pk = failed.object()
    failed.answer(pk, "change", {P.ETHICS: Verdict.PASS})
    assert failed.stands() == (S.AWAITING_EXAM, None)
    assert failed.conclusion.status is FilingStatus.REOPENED
    assert failed.remedy.status is RemedyStatus.CANCELLED
    with failed.site.session() as session:
        papers = session.scalars(select(Paper).where(Paper.assessment_id == failed.pk)).all()
        assert {one.status for one in papers} == {PaperStatus.NOT_STARTED}
        assert session.get_one(Objection, pk).status is ObjectionStatus.CHANGED


def test_a_change_that_changes_nothing_is_refused_and_leaves_no_ruling(failed: World) -> None:
    pk = failed.object()
    with refused("考核结果不变"):
        failed.answer(pk, "change", {P.WORK: Verdict.FAIL})
    assert failed.case.rulings is None
    with refused("至少对一项"):
        failed.answer(pk, "change", {})


def test_a_second_look_ordered_by_the_authority_takes_the_certificate_back(passed: World) -> None:
    passed.conclude()
    passed.file()
    passed.issue()
    pk = passed.object(passed.office)
    passed.answer(pk, "change", {P.EXAM: Verdict.FAIL})
    assert passed.stands() == (S.COMPLETED, Verdict.FAIL)
    assert passed.conclusion.status is FilingStatus.AWAITING
    assert passed.certificate.status is CertificateStatus.REVOKED
    passed.file()
    assert passed.remedy.status is RemedyStatus.PENDING


def test_fraud_takes_a_pass_away(passed: World) -> None:
    passed.conclude()
    passed.file()
    passed.issue()
    passed.take(ASSESSMENT, passed.pk, "cancel_pass", passed.office, comment="查实替考")
    assert passed.stands() == (S.COMPLETED, Verdict.FAIL)
    assert lines(passed.conclusion) == [(P.WHOLE, G.FRAUD, Verdict.FAIL)]
    assert passed.certificate.status is CertificateStatus.REVOKED
    with refused("无需撤销"):
        passed.take(ASSESSMENT, passed.pk, "cancel_pass", passed.office, comment="再次")


def test_suspension_training_and_a_second_assessment(failed: World) -> None:
    failed.file()
    remedy, today = failed.remedy.id, AT.date()
    order = Suspension(starts_on=today, months=3, document="卫医暂〔2024〕1号")
    with refused("暂停执业活动应为"):
        wrong = Suspension(starts_on=today, months=7, document="x")
        failed.take(REMEDY, remedy, "suspend", failed.office, facts=wrong)
    failed.take(REMEDY, remedy, "suspend", failed.office, facts=order)
    with refused("跟班带教"):
        failed.take(REMEDY, remedy, "train", failed.hospital)
    _train(failed, today, evaluation=None)
    failed.take(REMEDY, remedy, "train", failed.hospital)
    with refused("评价为合格"):
        failed.take(REMEDY, remedy, "end_training", failed.hospital)
    _train(failed, today, evaluation=Verdict.PASS)
    failed.take(REMEDY, remedy, "end_training", failed.hospital)
    with refused("期满"):
        failed.take(REMEDY, remedy, "pass_again", failed.agency, comment="85分")
    later = AT + 200 * DAY
    failed.take(REMEDY, remedy, "fail_again", failed.agency, comment="50分", at=later)
    assert _stands(failed) is RemedyStatus.REPORTED
    failed.take(REMEDY, remedy, "deregister", failed.office, comment="注销〔2025〕1号", at=later)
    assert _stands(failed) is RemedyStatus.DEREGISTERED


def _stands(world: World) -> RemedyStatus:
    return world.remedy.status


def _train(world: World, today: date, *, evaluation: Verdict | None) -> None:
    with session_of(world.site, world.hospital) as session:
        person = session.get_one(Physician, world.case.physician_id)
        period = Period(
            supervisor="贺长青",
            host_department="急诊科",
            started_on=today,
            ended_on=today + 60 * DAY if evaluation else None,
        )
        mentorships.create(
            session, person, period, log="每周两次门诊。", evaluation=evaluation,
            actor=world.hospital, at=AT,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2024, 1, 15), 3, date(2024, 4, 14)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2024, 12, 1), 3, date(2025, 2, 28)),
    ],
)
def test_months_of_a_suspension(first: date, months: int, last: date) -> None:
    assert remedies.last_day(first, months) == last


def test_who_handed_nothing_in_lapses_one_by_one_and_together_alike(site: Site) -> None:
    from app.workflows.bulk import fire_many

    with session_of(site, SYSTEM) as session:
        found = session.scalars(
            select(Assessment.id).where(Assessment.status == S.AWAITING_FORM).limit(3)
        ).all()
        ASSESSMENT.fire(session, found[0], "lapse", actor=SYSTEM, at=AT)
        done = fire_many(
            ASSESSMENT, session, Assessment.id.in_(found[1:]), "lapse", actor=SYSTEM, at=AT
        )
        assert done.done == sorted(found[1:])
    with site.session() as session, unscoped("a test looks"):
        told = {_facts(session, pk) for pk in found}
    assert len(told) == 1


def _facts(session: Session, pk: int) -> tuple[Any, ...]:
    case = session.get_one(Assessment, pk)
    row = conclusions.of_case(session, pk)
    assert row is not None
    said = session.scalar(
        select(TrailEntry.action).where(
            TrailEntry.participation_id == case.participation_id,
            TrailEntry.to_status == S.COMPLETED.name,
        )
    )
    judged = judgements.judge(case)
    assert judged.result is case.result is row.result
    return (
        case.status, case.result, str(case.rulings), row.status, row.is_lapsed, str(row.reasons),
        row.cycle_label, row.concluded_on, row.concluded_by, said,
    )  # fmt: skip


def test_who_lapses_twice_is_reported_for_deregistration(site: Site) -> None:
    office = site.actor("province")
    with session_of(site, SYSTEM) as session:
        pk = session.scalars(
            select(Assessment.id).where(
                Assessment.status == S.AWAITING_FORM,
                Assessment.province_id == office.province_id,
            )
        ).first()
        assert pk is not None
        case = session.get_one(Assessment, pk)
        ASSESSMENT.fire(session, pk, "lapse", actor=SYSTEM, at=AT)
        row = conclusions.of_case(session, pk)
        assert row is not None
        earlier = AT - 900 * DAY
        session.add(
            Conclusion(
                status=FilingStatus.FILED, status_since=earlier, result=Verdict.FAIL,
                is_lapsed=True, cycle_label="00", institution_name="x", document="y",
                concluded_on=earlier.date(), concluded_at=earlier,
                **{
                    name: getattr(row, name)
                    for name in (
                        "province_id", "authority_path", "institution_id", "physician_id",
                    )
                },
            )
        )  # fmt: skip
        session.flush()
        remedies.report_absent_twice(session, case.cycle_id, at=AT)
        found = session.scalars(select(Remedy).where(Remedy.conclusion_id == row.id)).one()
        assert (found.status, found.ground) == (RemedyStatus.REPORTED, RemedyGround.ABSENT_TWICE)


def test_an_act_recorded_at_the_verdict_fails_the_whole(passed: World) -> None:
    with session_of(passed.site, passed.agency) as session:
        case = session.get_one(Assessment, passed.pk)
        judgements.rule(
            case, judgements.Reason(part=P.WHOLE, ground=G.ACT, verdict=Verdict.FAIL, fact="x")
        )
    passed.conclude()
    assert passed.stands() == (S.COMPLETED, Verdict.FAIL)


def test_the_hospital_next_door_and_other_roles_take_no_step(passed: World) -> None:
    from app.workflows.engine import NoSuchStep, StepForbidden

    site = passed.site
    for name, problem in (("hospital", StepForbidden), ("province", StepForbidden)):
        who = site.actor(name)
        with pytest.raises(problem), session_of(site, who) as session:
            ASSESSMENT.fire(session, passed.pk, "conclude", actor=who, at=AT)
    stranger = site.actor("agency-sn")
    with pytest.raises(NoSuchStep), session_of(site, stranger) as session:
        ASSESSMENT.fire(session, passed.pk, "conclude", actor=stranger, at=AT)
    passed.conclude()
    with pytest.raises(StepForbidden), session_of(site, passed.agency) as session:
        CONCLUSION.fire(session, passed.conclusion.id, "file", actor=passed.agency, at=AT)
    far = site.actor("province-sn")
    with pytest.raises(NoSuchStep), session_of(site, far) as session:
        CONCLUSION.fire(session, passed.conclusion.id, "file", actor=far, at=AT)
