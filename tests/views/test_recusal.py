"""回避 (art. 16): asked before the exam, granted by naming the person, or declared; then others judge."""

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus, Procedure, RequestStatus, Role
from app.models import Assessment, Recusal, TrailEntry
from tests.support.site import Site
from tests.views.requests_world import (
    Somebody,
    latest,
    somebody,
    step,
)

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both

AGENCY = "agency"
PASSED = {"work_verdict": "PASS", "ethics_verdict": "PASS"}


@pytest.fixture
def doctor(site: Site) -> Somebody:
    """A physician whose case waits for the agency, and who has objected to nobody yet."""
    for number in range(9):
        found = somebody(site, status=AssessmentStatus.AWAITING_AGENCY, skip=number)
        with site.session() as session:
            known = select(Recusal.id).where(Recusal.physician_id == found.id)
            if session.scalars(known).first() is None:
                return found
    raise AssertionError("everybody has objected to somebody")


def case_of(site: Site, who: Somebody) -> Assessment:
    with site.session() as session:
        found = session.scalars(select(Assessment).where(Assessment.physician_id == who.id)).one()
        session.expunge_all()
    return found


def reviewer(site: Site, who: Somebody) -> tuple[str, Role]:
    """Give who rechecks the case: the agency's clerk."""
    agency_id = case_of(site, who).agency_id
    for name in ("hospital", "agency"):
        if site.actor(name, Role.AGENCY).agency_id == agency_id:
            return name, Role.AGENCY
    raise AssertionError("no agency of the demo has the case")


def ask(site: Site, who: Somebody, **changes: str) -> str:
    data = {"assessor_name": "某考核人员", "reason": "近亲属", **changes}
    answer = site.client(who.username).post("/recusal/", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def recheck_url(site: Site, who: Somebody) -> str:
    case = case_of(site, who)
    kind = "general" if case.procedure is Procedure.GENERAL else "simplified"
    return f"/recheck/{kind}/case/{case.id}"


def test_who_is_recused_no_longer_judges(site: Site, doctor: Somebody) -> None:
    name, role = reviewer(site, doctor)
    actor = site.actor(name, role)
    assert "提交成功" in ask(site, doctor, assessor_name=actor.name)
    row, client = latest(site, Recusal), site.client(name, role)
    shown = client.get(f"/recusals/case/{row.id}").text
    assert "近亲属" in shown
    assert f'selected value="{actor.account_id}"' in shown or (
        f'value="{actor.account_id}" selected' in shown
    )

    assert "操作成功" in step(client, "recusal", row.id, "accept", assessor=str(actor.account_id))

    case = case_of(site, doctor)
    answer = step(client, "assessment", case.id, "agency_pass", **PASSED)
    assert "您已回避该医师的考核" in answer
    assert case_of(site, doctor).status is AssessmentStatus.AWAITING_AGENCY
    assert "已通过" in site.client(doctor.username).get("/recusal/").text


def test_granting_names_somebody_of_the_own_agency(site: Site, doctor: Somebody) -> None:
    ask(site, doctor)
    row = latest(site, Recusal)
    client = site.client(*reviewer(site, doctor))

    for sent in ({}, {"assessor": ""}, {"assessor": "1"}, {"assessor": "x"}):
        assert "请选择需要回避的考核人员" in step(client, "recusal", row.id, "accept", **sent)
    assert latest(site, Recusal).status is RequestStatus.AWAITING


def test_an_assessor_declares_and_is_off_the_case(site: Site, doctor: Somebody) -> None:
    client = site.client(*reviewer(site, doctor))
    url, case = recheck_url(site, doctor), case_of(site, doctor)
    assert "声明回避" in client.get(url).text
    assert "请填写原因" in client.post(
        f"/recusals/declare/{case.id}", data={"back": url}, follow_redirects=True
    ).text  # fmt: skip

    answer = client.post(
        f"/recusals/declare/{case.id}",
        data={"comment": "系本人配偶", "back": url, "next": url},
        follow_redirects=True,
    )

    assert "已声明回避" in answer.text
    assert "您已回避该医师的考核" in client.get(f"{url}?step=work").text
    row = latest(site, Recusal)
    assert (row.is_declared, row.status) == (True, RequestStatus.PASSED)
    with site.session() as session:
        entry = session.scalars(
            select(TrailEntry).where(
                TrailEntry.subject == "recusal", TrailEntry.subject_id == row.id
            )
        ).one()
        assert (entry.action, entry.institution_id, entry.physician_id) == ("declare", None, None)


def test_neither_hospital_nor_physician_reads_what_is_not_theirs(
    site: Site, doctor: Somebody
) -> None:
    ask(site, doctor, reason="不能让本机构知道的理由")
    row, case = latest(site, Recusal), case_of(site, doctor)
    for who in ("hospital", "hospital-3"):
        client = site.client(who, Role.INSTITUTION)
        assert client.get(f"/recusals/case/{row.id}").status_code == 403
        log = client.get(f"/progress/case/{case.id}?step=log")
        assert "不能让本机构知道的理由" not in log.text

    assert site.client("agency-sn").get(f"/recusals/case/{row.id}").status_code == 404


@pytest.mark.parametrize("status", [AssessmentStatus.AWAITING_FORM, AssessmentStatus.COMPLETED])
def test_too_early_and_too_late_are_told(site: Site, status: AssessmentStatus) -> None:
    doctor = somebody(site, status=status)
    page = site.client(doctor.username).get("/recusal/").text

    assert "回避应在提交报名信息后、考核前申请" in page
    assert "提交成功" not in ask(site, doctor)
    assert latest(site, Recusal).physician_id != doctor.id


def test_the_same_person_is_objected_to_once(site: Site, doctor: Somebody) -> None:
    ask(site, doctor)
    assert "已经提交或已经通过" in ask(site, doctor)


def test_a_refused_request_may_be_withdrawn_no_more(site: Site, doctor: Somebody) -> None:
    ask(site, doctor)
    row = latest(site, Recusal)
    client = site.client(*reviewer(site, doctor))
    assert "操作成功" in step(client, "recusal", row.id, "reject", comment="经查无利害关系")

    answer = site.client(doctor.username).post(f"/steps/recusal/{row.id}/withdraw")

    assert answer.status_code == 409
    assert "经查无利害关系" in site.client(doctor.username).get("/recusal/").text
