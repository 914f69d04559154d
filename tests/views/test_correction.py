"""更正申请: asked with a proof, decided by the own hospital, and what follows from a new number."""

from datetime import date

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus, CorrectedField, RequestStatus, Sex
from app.models import Account, Correction, Physician, RegistryLink, TrailEntry
from app.operations.physician_intake import id_index
from app.views.clock import now
from tests.support.site import Site
from tests.views.requests_world import (
    CLERK,
    NEIGHBOUR,
    Somebody,
    file,
    latest,
    somebody,
    step,
)

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both

NEW_NUMBER = "11010519491231002X"


@pytest.fixture
def doctor(site: Site) -> Somebody:
    """A physician who has not submitted anything."""
    return somebody(site, status=AssessmentStatus.AWAITING_FORM, skip=1)


def ask(site: Site, who: Somebody, **changes: object) -> str:
    data = {
        "field": "NAME", "value": "改名者", "reason": "名单有误", "attachment": file(), **changes
    }  # fmt: skip
    answer = site.client(who.username).post("/correction/", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def physician(site: Site, pk: int) -> Physician:
    with site.session() as session:
        found = session.get_one(Physician, pk)
        session.expunge_all()
    return found


def test_a_name_is_corrected_on_the_physician_and_the_account(site: Site, doctor: Somebody) -> None:
    assert "提交成功" in ask(site, doctor)
    row = latest(site, Correction)
    clerk = site.client(CLERK)
    shown = clerk.get(f"/corrections/case/{row.id}").text
    proof = clerk.get(f"/corrections/file/{row.id}")

    assert doctor.name in shown
    assert "改名者" in shown
    assert proof.data.startswith(b"\x89PNG")
    assert "attachment" in proof.headers["Content-Disposition"]
    assert "操作成功" in step(clerk, "correction", row.id, "accept")

    assert physician(site, doctor.id).name == "改名者"
    with site.session() as session:
        account = session.scalars(select(Account).where(Account.username == doctor.index)).one()
        actions = session.scalars(
            select(TrailEntry.action)
            .where(TrailEntry.subject == "correction", TrailEntry.subject_id == row.id)
            .order_by(TrailEntry.id)
        ).all()
        assert account.first_name == "改名者"
    assert sorted(actions) == ["accept", "ask", "correct"]
    assert "已通过" in site.client(doctor.username).get("/correction/").text


def test_a_new_id_number_brings_its_day_of_birth_its_sex_and_the_login(
    site: Site, doctor: Somebody
) -> None:
    assert "提交成功" in ask(site, doctor, field="ID_NUMBER", value=NEW_NUMBER)
    row, clerk = latest(site, Correction), site.client(CLERK)
    masked = clerk.get(f"/corrections/case/{row.id}").text
    revealed = clerk.post(f"/corrections/reveal/{row.id}", data={"comment": "核对证件"}).text
    assert NEW_NUMBER not in masked
    assert NEW_NUMBER in revealed

    assert "操作成功" in step(clerk, "correction", row.id, "accept")

    person = physician(site, doctor.id)
    assert (person.id_number, person.id_masked) == (NEW_NUMBER, "1101*****2X")
    assert (person.birth_date, person.sex) == (date(1949, 12, 31), Sex.FEMALE)
    with site.session() as session:
        names = session.scalars(
            select(Account.username).where(
                Account.username.in_((doctor.index, id_index(NEW_NUMBER)))
            )
        ).all()
        reasons = session.scalars(
            select(TrailEntry.comment).where(
                TrailEntry.subject == "correction", TrailEntry.action == "reveal"
            )
        ).all()
    assert names == [id_index(NEW_NUMBER)]
    assert reasons == ["核对证件"]
    assert not any(NEW_NUMBER in str(reason) for reason in reasons)


def test_numbers_are_not_shown_without_a_reason(site: Site, doctor: Somebody) -> None:
    ask(site, doctor, field="ID_NUMBER", value=NEW_NUMBER)
    row = latest(site, Correction)

    answer = site.client(CLERK).post(f"/corrections/reveal/{row.id}", follow_redirects=True)

    assert NEW_NUMBER not in answer.text
    assert "请填写原因" in answer.text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": ""}, "请填写。"),
        ({"field": ""}, "请选择。"),
        ({"field": "ID_NUMBER", "value": "110105194912310021"}, "校验"),
        ({"field": "SEX", "value": "未知"}, "性别"),
        ({"field": "LICENSED_ON", "value": "不知道"}, "不知道"),
        ({"attachment": (file(b"MZ exe", "a.exe"))}, "文件内容不是PDF、JPEG或PNG"),
        ({"attachment": (file(b"", ""))}, "未选择文件"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_stored(
    site: Site, doctor: Somebody, changes: dict[str, object], message: str
) -> None:
    before = latest(site, Correction).id

    html = ask(site, doctor, **changes)

    assert message in html
    assert "名单有误" in html  # nothing typed is lost
    assert latest(site, Correction).id == before


def test_the_same_value_and_a_second_request_are_refused(site: Site, doctor: Somebody) -> None:
    assert "填写的内容与现有信息相同" in ask(site, doctor, value=doctor.name)
    assert "提交成功" in ask(site, doctor)
    assert "该项目已有待审核的更正申请" in ask(site, doctor, value="又一名")


def test_a_number_of_somebody_else_is_never_taken(site: Site, doctor: Somebody) -> None:
    other = somebody(site, status=AssessmentStatus.AWAITING_EXAM)
    assert "提交成功" in ask(site, doctor, field="ID_NUMBER", value=other.number)
    row = latest(site, Correction)

    refused = step(site.client(CLERK), "correction", row.id, "accept")

    assert "已登记在其他医师名下" in refused
    assert physician(site, doctor.id).id_number == doctor.number


def test_what_decides_the_procedure_stays_while_a_case_runs(site: Site) -> None:
    doctor = somebody(site, status=AssessmentStatus.AWAITING_AGENCY)
    assert "提交成功" in ask(site, doctor, field="LICENSED_ON", value="2001-01-01")
    row = latest(site, Correction)

    refused = step(site.client(CLERK), "correction", row.id, "accept")

    assert "请先由隶属卫生行政部门驳回" in refused
    assert latest(site, Correction).status is RequestStatus.AWAITING


def test_facts_that_changed_meanwhile_are_not_overwritten(site: Site, doctor: Somebody) -> None:
    ask(site, doctor)
    with site.session() as session:
        session.get_one(Physician, doctor.id).name = "登记处改名"
        session.commit()

    refused = step(site.client(CLERK), "correction", latest(site, Correction).id, "accept")

    assert "在申请之后已有变动" in refused
    assert physician(site, doctor.id).name == "登记处改名"


def test_a_refusal_needs_a_reason_and_tells_the_physician(site: Site, doctor: Somebody) -> None:
    ask(site, doctor)
    row, clerk = latest(site, Correction), site.client(CLERK)
    assert "请填写原因" in step(clerk, "correction", row.id, "reject")
    step(clerk, "correction", row.id, "reject", comment="证明看不清")

    assert "证明看不清" in site.client(doctor.username).get("/correction/").text
    assert "更正申请被驳回" in site.client(doctor.username).get("/messages/list/").text


def test_the_hospital_next_door_sees_nothing_of_it(site: Site, doctor: Somebody) -> None:
    ask(site, doctor)
    row = latest(site, Correction)
    for who in (NEIGHBOUR, "hospital-sn"):
        client = site.client(who)
        assert client.get(f"/corrections/case/{row.id}").status_code == 404
        assert client.get(f"/corrections/file/{row.id}").status_code == 404
        assert client.post(f"/steps/correction/{row.id}/accept").status_code == 404


def test_a_linked_province_corrects_in_the_registry(site: Site, doctor: Somebody) -> None:
    province = physician(site, doctor.id).province_id
    with site.session() as session:
        session.add(RegistryLink(province_id=province, authority_path="/", is_linked=True,
                                 linked_at=now()))  # fmt: skip
        session.commit()

    html = ask(site, doctor)

    assert "请在注册系统中更正" in html
    assert latest(site, Correction).physician_id != doctor.id


def test_every_fact_that_may_be_named_is_a_column_of_the_physician() -> None:
    columns = Physician.__table__.columns.keys()
    assert {field.name.lower() for field in CorrectedField} <= set(columns)
