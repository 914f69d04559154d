"""复核 and 驳回 by those above the institution, on a real database: T3 and T10 to T13."""

import pytest

from app.enums import AssessmentStatus as S
from app.enums import OpinionPart, Procedure, Role, Verdict
from app.models import Assessment
from app.operations import registrations
from app.operations.trail import msgid
from app.security.actor import acting_as
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import NoSuchStep
from tests.support.site import Site
from tests.workflows.world import (
    AT,
    LONG_AFTER,
    NEIGHBOUR,
    REASON,
    Clerk,
    case_id,
    clerk,
    entries,
    given,
    opinions,
    refused,
)

GENERAL, SIMPLIFIED = Procedure.GENERAL, Procedure.SIMPLIFIED


# --- 考核机构 (T10 to T13) ---


def test_a_passed_general_case_goes_on_to_the_exam(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY, GENERAL)
    with clerk(shared_site, "agency") as who:
        case = who.session.get_one(Assessment, pk)
        assert {row.verdict for row in case.opinions} == {Verdict.PASS}

        case = who.fire(pk, "agency_pass", facts=opinions())

        assert (case.status, case.result) == (S.AWAITING_EXAM, None)
        assert {role for role, _part in given(case)} == {Role.INSTITUTION, Role.AGENCY}


def test_a_simplified_case_without_paper_waits_for_the_verdict(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY, SIMPLIFIED, institution=NEIGHBOUR)
    with clerk(shared_site, "agency-sn") as who:
        case = who.fire(pk, "agency_pass", facts=opinions())

        assert (case.status, case.result) == (S.AWAITING_VERDICT, None)


@pytest.mark.parametrize("part", OpinionPart)
def test_one_failed_part_fails_the_whole_after_recheck_without_an_exam(
    shared_site: Site, part: OpinionPart
) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION, GENERAL)
    failing = {part.name.lower(): Verdict.FAIL}
    hospital, agency = shared_site.actor("hospital"), shared_site.actor("agency")
    with shared_site.session() as session:
        with acting_as(hospital):
            facts = opinions(**failing, reason="查实")
            case = Clerk(session, hospital).fire(pk, "institution_submit", facts=facts)
            assert (case.status, case.result) == (S.AWAITING_AGENCY, None)
        with acting_as(agency):
            case = Clerk(session, agency).fire(pk, "agency_pass", facts=opinions())

        assert (case.status, case.result) == (S.COMPLETED, Verdict.FAIL)
        log = entries(session, case.participation_id)
        assert [(row.action, row.to_status) for row in log[-2:]] == [
            ("institution_submit", "AWAITING_AGENCY"),
            ("agency_confirm_fail", "COMPLETED"),
        ]


def test_the_agencys_own_fail_is_enough(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY, SIMPLIFIED)
    with clerk(shared_site, "agency") as who:
        case = who.fire(pk, "agency_pass", facts=opinions(work=Verdict.FAIL, reason="出勤不足"))

        assert (case.status, case.result) == (S.COMPLETED, Verdict.FAIL)


def test_the_agency_must_judge_both_parts_itself(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY)
    with clerk(shared_site, "agency") as who, refused("给出合格或不合格"):
        who.fire(pk, "agency_pass", facts=opinions(ethics=None))


def test_a_case_the_agency_rejects_loses_all_opinions(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY, GENERAL)
    with clerk(shared_site, "agency") as who:
        assert given(who.session.get_one(Assessment, pk)) != {}
        case = who.fire(pk, "agency_reject", comment=REASON)

        assert (case.status, case.returned_reason) == (S.AGENCY_REJECTED, REASON)
        assert given(case) == {}


def test_a_case_that_is_not_fit_for_the_simplified_procedure_goes_on_by_the_general_one(
    shared_site: Site,
) -> None:
    """Art. 21: the agency judges the ground; the physician may not choose it again."""
    pk = case_id(shared_site, S.AWAITING_AGENCY, SIMPLIFIED)
    with clerk(shared_site, "agency") as who:
        with refused("请填写原因"):
            who.fire(pk, "agency_not_simplified")
        case = who.fire(pk, "agency_not_simplified", comment=REASON)

        assert (case.status, case.returned_reason) == (S.AGENCY_REJECTED, REASON)
        assert given(case) == {}
        gaps = registrations.gaps(who.session, case)
        assert [gap.field for gap in gaps] == ["procedure"]
        sent = case.participation.registration
        assert sent is not None
        sent.procedure = GENERAL
        assert registrations.gaps(who.session, case) == []


def test_a_general_case_cannot_be_unfit_for_the_simplified_procedure(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY, GENERAL)
    with clerk(shared_site, "agency") as who, refused("该医师申报的是一般程序"):
        who.fire(pk, "agency_not_simplified", comment=REASON)


def test_a_case_returned_to_the_institution_keeps_the_institutions_opinions(
    shared_site: Site,
) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY, GENERAL)
    with clerk(shared_site, "agency") as who:
        before = given(who.session.get_one(Assessment, pk))
        case = who.fire(pk, "agency_return", comment=REASON)

        assert (case.status, case.returned_reason) == (S.AWAITING_INSTITUTION, REASON)
        assert given(case) == before
        assert {role for role, _part in before} == {Role.INSTITUTION}


def test_a_returned_case_is_reviewed_again_and_the_new_opinion_replaces_the_old(
    shared_site: Site,
) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY, GENERAL)
    hospital, agency = shared_site.actor("hospital"), shared_site.actor("agency")
    with shared_site.session() as session:
        with acting_as(agency):
            Clerk(session, agency).fire(pk, "agency_return", comment=REASON)
        with acting_as(hospital):
            facts = opinions(work=Verdict.FAIL, reason="缺考核依据")
            case = Clerk(session, hospital).fire(pk, "institution_submit", facts=facts)

        assert (case.status, case.returned_reason) == (S.AWAITING_AGENCY, None)
        assert given(case) == {
            (Role.INSTITUTION, OpinionPart.WORK): (Verdict.FAIL, "缺考核依据"),
            (Role.INSTITUTION, OpinionPart.ETHICS): (Verdict.PASS, None),
        }


# --- 卫生行政部门 (T3) ---


@pytest.mark.parametrize(
    "status",
    [
        S.AWAITING_INSTITUTION,
        S.INSTITUTION_REJECTED,
        S.AWAITING_AGENCY,
        S.AGENCY_REJECTED,
        S.AWAITING_EXAM,
    ],
)
def test_the_authority_takes_any_submitted_registration_back(shared_site: Site, status: S) -> None:
    pk = case_id(shared_site, status)
    with clerk(shared_site, "county") as who:
        case = who.fire(pk, "authority_return", comment=REASON)

        assert (case.status, case.procedure, case.submitted_at) == (S.AWAITING_FORM, None, None)
        assert (case.returned_reason, given(case)) == (REASON, {})
        last = entries(who.session, case.participation_id)[-1]
        assert (last.from_status, last.to_status, last.comment) == (
            status.name,
            "AWAITING_FORM",
            REASON,
        )


def test_an_authority_elsewhere_takes_nothing_back(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY)
    with clerk(shared_site, "city") as who, pytest.raises(NoSuchStep):
        who.fire(pk, "authority_return", comment=REASON)


# --- buttons ---


def test_buttons_are_those_of_the_role_and_closed_ones_say_why(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION)
    with clerk(shared_site, "hospital") as who:
        case = who.session.get_one(Assessment, pk)
        offers = ASSESSMENT.available(who.session, case, actor=who.actor, at=AT)
        late = ASSESSMENT.available(who.session, case, actor=who.actor, at=LONG_AFTER)

        assert [(o.action, o.closed_reason) for o in offers] == [
            ("institution_submit", None),
            ("institution_reject", None),
        ]
        for offer in late:
            assert offer.closed_reason is not None
            assert "不在报名信息审核时间内" in msgid(offer.closed_reason)
