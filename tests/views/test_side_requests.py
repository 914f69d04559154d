"""免考申请 and 延考申请 in the browser of a physician, and their way through both reviews."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import DeferralStatus, ExemptionStatus, Procedure
from app.models import (
    Account,
    Assessment,
    ConductRecord,
    Deferral,
    Exemption,
    Identity,
    Institution,
    Message,
    TrailEntry,
)
from app.operations.registrations import SCOPE
from app.periods import local_day
from app.rules import DEFERRAL_GROUNDS, EXEMPTION_GROUNDS
from app.security.actor import SYSTEM, acting_as
from app.views.clock import now
from app.workflows.deferral import begin_sessions
from tests.security.foreign_requests import PDF
from tests.support.site import Site

HOSPITAL = "平城区医院"
CLERK, AGENCY, NEIGHBOUR = "hospital", "agency", "hospital-3"
TODAY = local_day(now())


@pytest.fixture
def case(site: Site) -> int:
    """A case of 平城区医院 before the exam, of which nothing was asked yet."""
    with site.session() as session:
        pk = session.scalars(
            select(Assessment.id)
            .join(Institution, Institution.id == Assessment.institution_id)
            .where(
                Assessment.status == S.AWAITING_EXAM,
                Assessment.procedure == Procedure.GENERAL,
                Institution.name == HOSPITAL,
            )
            .order_by(Assessment.id)
        ).first()
        assert pk is not None
        for model in (Exemption, Deferral):
            for request in session.scalars(select(model).where(model.assessment_id == pk)).all():
                for file in request.attachments:
                    session.delete(file)
                session.flush()
                session.delete(request)
        session.commit()
    return int(pk)


@pytest.fixture
def physician(site: Site, case: int) -> FlaskClient:
    with site.session() as session:
        username = session.scalars(
            select(Account.username)
            .join(Identity, Identity.account_id == Account.id)
            .join(Assessment, Assessment.physician_id == Identity.physician_id)
            .where(Assessment.id == case)
        ).one()
    return site.client(username)


def certificate() -> dict[str, Any]:
    return {
        "ground": EXEMPTION_GROUNDS[0],
        "certificate_on": (TODAY - timedelta(days=3)).isoformat(),
        "note": "证书见附件",
    }


def hindrance() -> dict[str, Any]:
    return {
        "ground": DEFERRAL_GROUNDS[0],
        "hindered_from": TODAY.isoformat(),
        "hindered_until": (TODAY + timedelta(days=20)).isoformat(),
    }


def send(
    client: FlaskClient, path: str, action: str, *, has_file: bool = True, **typed: Any
) -> str:
    data: dict[str, Any] = {"action": action, **typed}
    if has_file:
        data["attachment"] = (BytesIO(PDF), "证书.pdf")
    answer = client.post(path, data=data, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def request_of(site: Site, model: Any, case: int) -> Any:
    with site.session() as session:
        found = session.scalars(select(model).where(model.assessment_id == case)).one()
        assert len(found.attachments) >= 0  # read before the session goes
        session.expunge_all()
    return found


def step(client: FlaskClient, workflow: str, pk: int, action: str, **typed: str) -> str:
    answer = client.post(f"/steps/{workflow}/{pk}/{action}", data=typed, follow_redirects=True)
    return f"{answer.status_code} {answer.text}"


def status_of(site: Site, case: int) -> S:
    with site.session() as session:
        return session.get_one(Assessment, case).status


def test_an_exemption_goes_from_the_physician_over_the_institution_to_the_agency(
    site: Site, case: int, physician: FlaskClient
) -> None:
    assert "提交成功" in send(physician, "/exemption/", "submit", **certificate())
    pk = request_of(site, Exemption, case).id
    clerk, agency = site.client(CLERK), site.client(AGENCY)
    assert f"/exemption-review/case/{pk}" in clerk.get("/exemption-review/list/?per_page=100").text
    page = clerk.get(f"/exemption-review/case/{pk}").text
    assert "证书.pdf" in page
    assert "业务水平" in page

    assert "操作成功" in step(clerk, "exemption", pk, "institution_pass")
    assert (
        f"/exemption-recheck/case/{pk}" in agency.get("/exemption-recheck/list/?per_page=100").text
    )
    assert "操作成功" in step(agency, "exemption", pk, "agency_pass")

    found = request_of(site, Exemption, case)
    assert (found.status, found.papers) == (ExemptionStatus.PASSED, ["业务水平"])
    assert status_of(site, case) is S.AWAITING_EXAM  # 公共知识 is left
    assert "免考科目" in physician.get("/exemption/").text
    with site.session() as session:
        told = session.scalars(
            select(Message.title)
            .join(Identity, Identity.account_id == Message.account_id)
            .where(Identity.physician_id == found.physician_id)
        ).all()
        actions = session.scalars(
            select(TrailEntry.action)
            .where(TrailEntry.subject == "exemption", TrailEntry.subject_id == pk)
            .order_by(TrailEntry.id)
        ).all()
    assert "免考申请已通过" in [title for title, _parameters in told]
    assert actions == ["submit", "institution_pass", "agency_pass"]


def test_when_no_paper_is_left_the_result_is_awaited(
    site: Site, case: int, physician: FlaskClient
) -> None:
    with site.session() as session:
        cycle = session.get_one(Assessment, case).cycle
        cycle.rules = {**cycle.rules, "exempted_papers": ["公共知识", "业务水平"]}
        session.commit()
    send(physician, "/exemption/", "submit", **certificate())
    pk = request_of(site, Exemption, case).id
    step(site.client(CLERK), "exemption", pk, "institution_pass")

    assert "操作成功" in step(site.client(AGENCY), "exemption", pk, "agency_pass")

    assert status_of(site, case) is S.AWAITING_VERDICT  # T16, T28


def test_what_is_missing_stands_beside_its_field_and_the_draft_stays(
    site: Site, case: int, physician: FlaskClient
) -> None:
    text = send(physician, "/exemption/", "submit", has_file=False, **certificate())

    assert "请上传证书等证明材料。" in text
    assert "证书见附件" in text
    found = request_of(site, Exemption, case)
    assert (found.status, found.note) == (ExemptionStatus.NONE, "证书见附件")


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ not a certificate", "文件内容不是"), (b"", "文件为空")]
)
def test_a_file_of_another_kind_is_refused_and_nothing_typed_is_lost(
    physician: FlaskClient, content: bytes, words: str
) -> None:
    data = {**certificate(), "action": "upload", "attachment": (BytesIO(content), "证书.pdf")}

    text = physician.post("/exemption/", data=data, follow_redirects=True).text

    assert words in text
    assert "证书见附件" in text


def test_a_rejected_request_says_why_and_may_be_made_again(
    site: Site, case: int, physician: FlaskClient
) -> None:
    send(physician, "/exemption/", "submit", **certificate())
    pk = request_of(site, Exemption, case).id
    clerk = site.client(CLERK)
    assert "请填写原因后再提交。" in step(clerk, "exemption", pk, "institution_reject")

    step(clerk, "exemption", pk, "institution_reject", comment="证书编号不清")

    assert "证书编号不清" in physician.get("/exemption/").text
    assert "提交成功" in send(physician, "/exemption/", "submit", has_file=False, **certificate())
    found = request_of(site, Exemption, case)
    assert (found.status, found.returned_reason) == (ExemptionStatus.AWAITING_INSTITUTION, None)


def test_a_submitted_request_is_withdrawn_but_not_changed(
    site: Site, case: int, physician: FlaskClient
) -> None:
    send(physician, "/exemption/", "submit", **certificate())
    pk = request_of(site, Exemption, case).id

    assert "不能修改" in send(physician, "/exemption/", "save", note="另一说明")
    assert request_of(site, Exemption, case).note == "证书见附件"

    assert "操作成功" in step(physician, "exemption", pk, "withdraw")
    assert request_of(site, Exemption, case).status is ExemptionStatus.NONE


def test_evidence_is_deleted_with_the_request_only(
    site: Site, case: int, physician: FlaskClient
) -> None:
    send(physician, "/exemption/", "save", **certificate())
    (file,) = request_of(site, Exemption, case).attachments
    physician.post(f"/attachments/{file.id}/delete")  # the route of the registration's files
    assert len(request_of(site, Exemption, case).attachments) == 1

    send(physician, "/exemption/", f"remove:{file.id}", has_file=False, **certificate())

    assert request_of(site, Exemption, case).attachments == []


def test_drafts_are_nobody_elses(site: Site, case: int, physician: FlaskClient) -> None:
    send(physician, "/exemption/", "save", **certificate())
    pk = request_of(site, Exemption, case).id
    clerk = site.client(CLERK)

    assert clerk.get(f"/exemption-review/case/{pk}").status_code == 404
    for tab in ("waiting", "others"):
        assert (
            f"/case/{pk}" not in clerk.get(f"/exemption-review/list/?tab={tab}&per_page=100").text
        )
    assert site.client(NEIGHBOUR).get(f"/exemption-review/case/{pk}").status_code == 404


def test_a_deferral_is_approved_with_the_day_of_its_session_and_ends_on_it(
    site: Site, case: int, physician: FlaskClient
) -> None:
    assert "提交成功" in send(physician, "/deferral/", "submit", **hindrance())
    pk = request_of(site, Deferral, case).id
    agency = site.client(AGENCY)
    step(site.client(CLERK), "deferral", pk, "institution_pass")
    assert "延考场次日期" in agency.get(f"/deferral-recheck/case/{pk}").text
    assert "请填写延考场次日期。" in step(agency, "deferral", pk, "agency_approve")
    day = TODAY + timedelta(days=30)

    assert "操作成功" in step(agency, "deferral", pk, "agency_approve", session_on=day.isoformat())

    assert request_of(site, Deferral, case).status is DeferralStatus.APPROVED
    assert status_of(site, case) is S.DEFERRED
    assert _begun(site, now() + timedelta(days=29), case) is S.DEFERRED
    assert _begun(site, now() + timedelta(days=30), case) is S.AWAITING_EXAM


def _begun(site: Site, at: Any, case: int) -> S:
    with site.session() as session, acting_as(SYSTEM):
        begin_sessions(session, at=at)
        return session.get_one(Assessment, case).status


def test_nothing_can_be_asked_for_before_the_case_awaits_the_exam(site: Site) -> None:
    with site.session() as session:
        username = session.scalars(
            select(Account.username)
            .join(Identity, Identity.account_id == Account.id)
            .join(Assessment, Assessment.physician_id == Identity.physician_id)
            .where(Assessment.status == S.AWAITING_AGENCY)
        ).first()
    client = site.client(username)

    text = send(client, "/exemption/", "submit", **certificate())

    assert "考核状态为“待参加测评”时才能申请" in text
    assert "证书见附件" in text


@pytest.fixture
def english(physician: FlaskClient) -> FlaskClient:
    physician.get("/lang/en")
    return physician


def test_the_pages_speak_english(english: FlaskClient) -> None:
    assert "Unable to sit the exam from" in english.get("/deferral/").text
    assert "Date of the certificate" in english.get("/exemption/").text


def test_taking_part_is_cancelled_with_everything_that_hung_on_the_case(
    site: Site, case: int, physician: FlaskClient
) -> None:
    send(physician, "/exemption/", "submit", **certificate())
    with site.session() as session:
        found = session.get_one(Assessment, case)
        participation = found.participation_id
        found.conduct_records.append(
            ConductRecord(
                is_good=True, place="某院", closed_on=TODAY, outcome="表彰",
                **{name: getattr(found, name) for name in SCOPE},
            )
        )  # fmt: skip
        session.commit()
    back = site.client("province").post(
        f"/steps/assessment/{case}/authority_return",
        data={"comment": "本人来函要求重新填报"},
        follow_redirects=True,
    )
    assert "操作成功" in back.text

    assert "操作成功" in step(site.client(CLERK), "participation", participation, "withdraw")

    with site.session() as session:
        assert session.get(Assessment, case) is None
        left = select(Exemption.id).where(Exemption.participation_id == participation)
        assert session.scalars(left).all() == []
