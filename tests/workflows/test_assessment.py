"""提交, 审核, 复核 and 驳回 on a real database: T3, T5, T7 to T13 of the domain."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import inspect

from app.enums import AssessmentStatus as S
from app.enums import OpinionPart, Procedure, Role, Verdict
from app.models import Assessment
from app.security.actor import acting_as
from app.workflows.engine import NoSuchStep, StepForbidden, StepOvertaken
from tests.support.site import Site
from tests.workflows.world import (
    AT,
    HOSPITAL,
    LONG_AFTER,
    REASON,
    Clerk,
    case_id,
    clerk,
    entries,
    given,
    opinions,
    physician_of,
    refused,
)

GENERAL, SIMPLIFIED = Procedure.GENERAL, Procedure.SIMPLIFIED


@contextmanager
def physician(site: Site, pk: int) -> Iterator[Clerk]:
    actor = physician_of(site, pk)
    with site.session() as session, acting_as(actor):
        yield Clerk(session, actor)


# --- 医师提交 (T5) ---


@pytest.mark.parametrize("status", [S.INSTITUTION_REJECTED, S.AGENCY_REJECTED])
def test_a_rejected_physician_may_resubmit(shared_site: Site, status: S) -> None:
    pk = case_id(shared_site, status)
    with physician(shared_site, pk) as who:
        case = who.fire(pk, "submit")

        assert case.status is S.AWAITING_INSTITUTION
        assert (case.submitted_at, case.status_since, case.returned_reason) == (AT, AT, None)


def test_an_unfinished_form_is_not_submitted_and_the_gap_is_named(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_FORM)
    with physician(shared_site, pk) as who:
        with refused("请先填写报名信息"):
            who.fire(pk, "submit")

        case = who.session.get_one(Assessment, pk)
        assert (case.status, case.submitted_at) == (S.AWAITING_FORM, None)


def test_nothing_is_submitted_when_the_window_is_over(shared_site: Site) -> None:
    pk = case_id(shared_site, S.INSTITUTION_REJECTED)
    with physician(shared_site, pk) as who, refused("不在%(window)s内，不能提交"):
        who.fire(pk, "submit", at=LONG_AFTER)


def test_another_physicians_case_does_not_exist(shared_site: Site) -> None:
    pk = case_id(shared_site, S.INSTITUTION_REJECTED)
    other = case_id(shared_site, S.AGENCY_REJECTED)
    with physician(shared_site, other) as who, pytest.raises(NoSuchStep):
        who.fire(pk, "submit")


# --- 医疗卫生机构 (T7, T8, T9) ---


def test_two_opinions_send_the_case_to_recheck(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION, GENERAL)
    with clerk(shared_site, "hospital") as who:
        case = who.fire(pk, "institution_submit", facts=opinions())

        assert (case.status, case.status_since, case.result) == (S.AWAITING_AGENCY, AT, None)
        assert given(case) == {
            (Role.INSTITUTION, OpinionPart.WORK): (Verdict.PASS, None),
            (Role.INSTITUTION, OpinionPart.ETHICS): (Verdict.PASS, None),
        }


def test_the_log_says_who_when_from_to_and_why(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION, GENERAL)
    with clerk(shared_site, "hospital") as who:
        facts = opinions(ethics=Verdict.FAIL, reason="两次投诉属实")
        case = who.fire(pk, "institution_submit", facts=facts)
        entry = entries(who.session, case.participation_id)[-1]

        columns = {c.key: getattr(entry, c.key) for c in inspect(type(entry)).column_attrs}
        columns.pop("id")
        assert columns == {
            "at": AT,
            "subject": "assessment",
            "subject_id": pk,
            "action": "institution_submit",
            "action_label": "提交",
            "from_status": "AWAITING_INSTITUTION",
            "to_status": "AWAITING_AGENCY",
            "comment": "工作业绩：合格；职业道德：不合格（两次投诉属实）",
            "actor_name": who.actor.name,
            "actor_role": Role.INSTITUTION,
            "actor_body": HOSPITAL,
            "account_id": who.actor.account_id,
            "province_id": case.province_id,
            "authority_path": case.authority_path,
            "institution_id": case.institution_id,
            "agency_id": case.agency_id,
            "physician_id": case.physician_id,
            "participation_id": case.participation_id,
        }


@pytest.mark.parametrize(
    "facts",
    [
        None,
        opinions(work=None),
        opinions(ethics=None),
        opinions(work=Verdict.FAIL),
        opinions(ethics=Verdict.FAIL, reason="  "),
    ],
)
def test_a_missing_opinion_or_reason_is_refused_and_nothing_is_logged(
    shared_site: Site, facts: object
) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION, GENERAL)
    with clerk(shared_site, "hospital") as who:
        case = who.session.get_one(Assessment, pk)
        before = len(entries(who.session, case.participation_id))
        with refused("不合格时须填写理由"):
            who.fire(pk, "institution_submit", facts=facts)

        assert case.status is S.AWAITING_INSTITUTION
        assert len(entries(who.session, case.participation_id)) == before


@pytest.mark.parametrize(
    ("username", "status", "action"),
    [
        ("hospital", S.AWAITING_INSTITUTION, "institution_reject"),
        ("agency", S.AWAITING_AGENCY, "agency_reject"),
        ("agency", S.AWAITING_AGENCY, "agency_return"),
        ("province", S.AWAITING_AGENCY, "authority_return"),
    ],
)
@pytest.mark.parametrize("comment", [None, "", " \n "])
def test_sending_back_without_a_reason_is_refused(
    shared_site: Site, username: str, status: S, action: str, comment: str | None
) -> None:
    pk = case_id(shared_site, status)
    with clerk(shared_site, username) as who:
        with refused("请填写原因"):
            who.fire(pk, action, comment=comment)

        assert who.session.get_one(Assessment, pk).status is status


def test_a_rejected_case_goes_back_to_the_physician_with_the_reason(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION, SIMPLIFIED)
    with clerk(shared_site, "hospital") as who:
        case = who.fire(pk, "institution_reject", comment=f"  {REASON} ")

        assert (case.status, case.returned_reason) == (S.INSTITUTION_REJECTED, REASON)
        assert given(case) == {}
        assert entries(who.session, case.participation_id)[-1].comment == REASON


def test_the_review_is_closed_when_its_window_is_over(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION)
    with clerk(shared_site, "hospital") as who:
        for action in ("institution_submit", "institution_reject"):
            with refused("不在报名信息审核时间内"):
                who.fire(pk, action, facts=opinions(), comment=REASON, at=LONG_AFTER)


def test_nobody_reviews_his_or_her_own_registration(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION)
    with clerk(shared_site, "hospital") as who:
        own = who.session.get_one(Assessment, pk).physician_id
        same = Clerk(who.session, replace(who.actor, physician_id=own))
        with refused("不能审核本人"):
            same.fire(pk, "institution_submit", facts=opinions())


@pytest.mark.parametrize(
    ("username", "action"),
    [
        ("hospital", "agency_pass"),
        ("hospital", "authority_return"),
        ("hospital", "submit"),
        ("agency", "institution_submit"),
        ("province", "agency_reject"),
        ("hospital", "conclude"),
        ("province", "conclude"),
    ],
)
def test_a_step_of_another_role_is_forbidden(shared_site: Site, username: str, action: str) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY)
    with clerk(shared_site, username) as who, pytest.raises(StepForbidden):
        who.fire(pk, action, comment=REASON, facts=opinions())


@pytest.mark.parametrize(
    ("username", "status", "action"),
    [
        ("hospital", S.AWAITING_AGENCY, "institution_submit"),
        ("hospital", S.AWAITING_EXAM, "institution_reject"),
        ("agency", S.AWAITING_INSTITUTION, "agency_pass"),
        ("agency", S.COMPLETED, "agency_return"),
        ("province", S.AWAITING_FORM, "authority_return"),
        ("province", S.AWAITING_VERDICT, "authority_return"),
        ("province", S.COMPLETED, "authority_return"),
    ],
)
def test_whoever_comes_too_late_is_told_to_refresh(
    shared_site: Site, username: str, status: S, action: str
) -> None:
    pk = case_id(shared_site, status)
    with clerk(shared_site, username) as who, refused("请刷新页面", StepOvertaken):
        who.fire(pk, action, comment=REASON, facts=opinions())


@pytest.mark.parametrize("username", ["hospital-sn", "province-sn", "hospital-3"])
def test_a_case_of_others_does_not_exist(shared_site: Site, username: str) -> None:
    pk = case_id(shared_site, S.AWAITING_INSTITUTION)
    with clerk(shared_site, username) as who, pytest.raises(NoSuchStep):
        who.fire(pk, "institution_submit", facts=opinions())
