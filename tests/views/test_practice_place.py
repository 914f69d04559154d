"""多机构执业备案, and the opinion that the other institution signs itself (manual 1.7)."""

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus, OutsideOpinionStatus, RequestStatus
from app.models import Assessment, Institution, OutsideOpinion, PracticePlace, TrailEntry
from app.operations import practice_places
from app.periods import local_day
from app.security.actor import acting_as
from app.views.clock import now
from tests.support.site import Site
from tests.views.requests_world import (
    CLERK,
    NEIGHBOUR,
    STRANGER,
    Somebody,
    latest,
    somebody,
    step,
)


@pytest.fixture
def doctor(site: Site) -> Somebody:
    """A physician whose registration waits for the main institution."""
    return somebody(site, status=AssessmentStatus.AWAITING_INSTITUTION, skip=1)


def neighbour(site: Site) -> str:
    actor = site.actor(NEIGHBOUR)
    with site.session() as session:
        return str(session.get_one(Institution, actor.institution_id).name)


def report(site: Site, who: Somebody, place: str, **changes: str) -> str:
    data = {"place": place, "started_on": "2024-01-02", "note": "周二出诊", **changes}
    answer = site.client(who.username).post("/practice-place/", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def asked(site: Site, who: Somebody) -> OutsideOpinion:
    """Record the neighbour as a further place, and ask it as a submission does."""
    assert "提交成功" in report(site, who, neighbour(site))
    row = latest(site, PracticePlace)
    assert "操作成功" in step(site.client(CLERK), "practice_place", row.id, "accept")
    actor = site.actor(who.username)
    with site.session(who.username) as session, acting_as(actor):
        case = session.scalars(select(Assessment).where(Assessment.physician_id == who.id)).one()
        at = now()
        practice_places.ask_opinions(session, case, today=local_day(at), at=at)
        session.commit()
    found: OutsideOpinion = latest(site, OutsideOpinion)
    return found


def test_the_other_institution_signs_and_the_main_one_reads_it(
    site: Site, doctor: Somebody
) -> None:
    task = asked(site, doctor)
    other = site.client(NEIGHBOUR)
    listed = other.get("/outside-opinions/list/").text
    case_page = other.get(f"/outside-opinions/case/{task.id}").text
    assert doctor.name in listed
    assert doctor.name in case_page
    assert doctor.number not in case_page

    assert "操作成功" in step(
        other, "outside_opinion", task.id, "sign", content="在我院遵守规章，无投诉。"
    )

    row = latest(site, OutsideOpinion)
    assert (row.status, row.content) == (OutsideOpinionStatus.GIVEN, "在我院遵守规章，无投诉。")
    assert row.given_by == site.actor(NEIGHBOUR).name
    review = site.client(CLERK).get(f"/review/general/case/{row.assessment_id}?step=work")
    if review.status_code == 404:
        review = site.client(CLERK).get(f"/review/simplified/case/{row.assessment_id}?step=work")
    assert "在我院遵守规章，无投诉。" in review.text
    with site.session() as session:
        entry = session.scalars(
            select(TrailEntry).where(
                TrailEntry.subject == "outside_opinion", TrailEntry.action == "sign"
            )
        ).one()
        assert entry.institution_id == doctor.institution_id  # it stands in the log of the case


def test_asking_twice_asks_once(site: Site, doctor: Somebody) -> None:
    task = asked(site, doctor)
    actor = site.actor(doctor.username)
    with site.session(doctor.username) as session, acting_as(actor):
        case = session.scalars(select(Assessment).where(Assessment.physician_id == doctor.id)).one()
        practice_places.ask_opinions(session, case, today=local_day(now()), at=now())
        session.commit()

    assert latest(site, OutsideOpinion).id == task.id


@pytest.mark.parametrize(("who", "status"), [(CLERK, 200), (STRANGER, 404), ("hospital-4", 404)])
def test_nobody_else_signs_it(site: Site, doctor: Somebody, who: str, status: int) -> None:
    task = asked(site, doctor)
    client = site.client(who)

    answer = client.post(
        f"/steps/outside_opinion/{task.id}/sign", data={"content": "代签"}, follow_redirects=True
    )

    assert answer.status_code in (200, 403, 404)
    assert client.get(f"/outside-opinions/case/{task.id}").status_code == status
    assert latest(site, OutsideOpinion).status is OutsideOpinionStatus.AWAITING


def test_the_other_institution_sees_the_task_and_nothing_of_the_case(
    site: Site, doctor: Somebody
) -> None:
    task = asked(site, doctor)
    other = site.client(NEIGHBOUR)

    for url in (
        f"/progress/case/{task.assessment_id}",
        f"/review/general/case/{task.assessment_id}",
        f"/physicians/show/{doctor.id}",
    ):
        assert other.get(url).status_code == 404, url


def test_an_opinion_is_signed_only_while_the_case_is_under_review(
    site: Site, doctor: Somebody
) -> None:
    task = asked(site, doctor)
    with site.session() as session:
        session.get_one(Assessment, task.assessment_id).status = AssessmentStatus.AWAITING_AGENCY
        session.commit()

    answer = step(site.client(NEIGHBOUR), "outside_opinion", task.id, "sign", content="晚了")

    assert "不在医疗卫生机构审核期间" in answer
    assert latest(site, OutsideOpinion).content is None


def test_an_empty_opinion_is_no_opinion(site: Site, doctor: Somebody) -> None:
    task = asked(site, doctor)

    assert "请填写机构意见" in step(site.client(NEIGHBOUR), "outside_opinion", task.id, "sign")
    assert latest(site, OutsideOpinion).status is OutsideOpinionStatus.AWAITING


def test_a_place_outside_the_system_is_recorded_and_asked_of_nobody(
    site: Site, doctor: Somebody
) -> None:
    report(site, doctor, "某镇卫生院分院")
    row = latest(site, PracticePlace)
    step(site.client(CLERK), "practice_place", row.id, "accept")

    assert latest(site, PracticePlace).place_institution_id is None
    assert latest(site, PracticePlace).status is RequestStatus.PASSED


@pytest.mark.parametrize(
    ("place", "changes", "message"),
    [
        ("", {}, "请填写。"),
        ("甲院", {"started_on": ""}, "请填写日期。"),
        ("甲院", {"ended_on": "2023-01-01"}, "结束日期不能早于开始日期。"),
        ("平城区医院", {}, "这是您的主要执业机构"),
    ],
)
def test_what_is_no_further_place_is_refused(
    site: Site, doctor: Somebody, place: str, changes: dict[str, str], message: str
) -> None:
    assert message in report(site, doctor, place, **changes)
    assert latest(site, PracticePlace).physician_id != doctor.id


def test_a_place_is_reported_once(site: Site, doctor: Somebody) -> None:
    report(site, doctor, "某镇卫生院分院")

    assert "该执业机构已经备案或正在审核" in report(site, doctor, "某镇卫生院分院")
