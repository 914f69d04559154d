"""不合格情形 (art. 27): on record with evidence; 合格 of everything beside it is refused."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import DisqualifyingActKind, Procedure, RequestStatus, Role, Verdict
from app.models import Account, Assessment, DisqualifyingAct, Identity, Recusal, TrailEntry
from app.operations.case_notes import NoteRefused, remove
from app.operations.disqualifying_acts import strike
from app.security.actor import acting_as
from app.views.clock import now
from tests.support.site import Site
from tests.views.casebrowser import page, section, status
from tests.views.requests_world import file, latest, step
from tests.workflows.world import case_id

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both

PASSED = {"work_verdict": "PASS", "ethics_verdict": "PASS"}
FAILED = {**PASSED, "ethics_verdict": "FAIL", "ethics_reason": "受到行政处罚"}


@pytest.fixture
def case(site: Site) -> int:
    return case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)


def record(client: FlaskClient, pk: int, **changes: object) -> str:
    data = {
        "act_kind": "PENALTY", "act_occurred_on": "2024-03-05", "act_found_by": "市卫健委",
        "act_document": "卫罚〔2024〕5号", "act_file": file(), "back": f"/review/general/case/{pk}?step=work",
        **changes,
    }  # fmt: skip
    answer = client.post(f"/disqualifying-acts/add/{pk}", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def test_an_act_is_shown_with_its_evidence_and_forbids_passing(site: Site, case: int) -> None:
    client = site.client("hospital")
    html = record(client, case)
    shown = section(html, "不合格情形")
    for word in ("违反医师法受到行政处罚", "2024-03-05", "市卫健委", "卫罚〔2024〕5号", "证明.png"):
        assert word in shown, word
    evidence = client.get(f"/disqualifying-acts/file/{latest(site, DisqualifyingAct).id}")
    assert evidence.data.startswith(b"\x89PNG")
    assert "attachment" in evidence.headers["Content-Disposition"]

    refused = step(client, "assessment", case, "institution_submit", **PASSED)
    assert "第二十七条" in refused
    assert status(site, case) is S.AWAITING_INSTITUTION

    assert "操作成功" in step(client, "assessment", case, "institution_submit", **FAILED)
    assert status(site, case) is S.AWAITING_AGENCY


def test_the_agency_confirms_it_or_strikes_it_off(site: Site, case: int) -> None:
    hospital = site.client("hospital")
    record(hospital, case)
    step(hospital, "assessment", case, "institution_submit", **FAILED)
    with site.session() as session:
        agency_id = session.get_one(Assessment, case).agency_id
    name = next(
        n for n in ("hospital", "agency") if site.actor(n, Role.AGENCY).agency_id == agency_id
    )
    agency = site.client(name, Role.AGENCY)
    assert "第二十七条" in step(agency, "assessment", case, "agency_pass", **PASSED)

    act = latest(site, DisqualifyingAct)
    nothing = agency.post(
        f"/disqualifying-acts/strike/{case}", data={"act": str(act.id)}, follow_redirects=True
    )
    assert "请填写不予认定的原因" in nothing.text
    agency.post(
        f"/disqualifying-acts/strike/{case}",
        data={"act": str(act.id), "comment": "处罚决定已被撤销"},
    )

    with site.session() as session:
        assert session.get(DisqualifyingAct, act.id) is None
        logged = session.scalars(
            select(TrailEntry.comment).where(TrailEntry.action == "strike_act")
        ).one()
    assert "处罚决定已被撤销" in logged
    assert "卫罚〔2024〕5号" in logged
    # What the hospital said of ethics still fails the whole (art. 22).
    assert "操作成功" in step(agency, "assessment", case, "agency_pass", **PASSED)
    with site.session() as session:
        row = session.get_one(Assessment, case)
        assert (row.status, row.result) == (S.COMPLETED, Verdict.FAIL)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"act_kind": ""}, "请选择不合格情形。"),
        ({"act_kind": "NOSUCH"}, "请选择不合格情形。"),
        ({"act_occurred_on": ""}, "请填写发生日期"),
        ({"act_occurred_on": "2099-01-01"}, "发生日期不能晚于今天。"),
        ({"act_found_by": " "}, "请填写认定机关和文书编号"),
        ({"act_document": "号" * 256}, "请填写认定机关和文书编号"),
        ({"act_file": file(b"", "")}, "未选择文件"),
        ({"act_file": file(b"#!/bin/sh", "a.pdf")}, "文件内容不是PDF、JPEG或PNG"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    site: Site, case: int, changes: dict[str, object], message: str
) -> None:
    html = record(site.client("hospital"), case, work_verdict="PASS", **changes)

    assert message in html
    assert "卫罚" in html or "号号" in html
    with site.session() as session:
        assert session.scalars(
            select(DisqualifyingAct).where(DisqualifyingAct.assessment_id == case)
        ).all() == []  # fmt: skip


def test_who_has_not_the_case_in_hand_records_nothing(site: Site, case: int) -> None:
    handed_on = case_id(site, S.AWAITING_AGENCY, Procedure.GENERAL)
    assert "只能由正在审核或复核的机构登记" in record(site.client("hospital"), handed_on)

    foreign = site.client("hospital-sn").post(f"/disqualifying-acts/add/{case}", data={})
    assert foreign.status_code == 404


def test_nobody_touches_the_notes_of_the_own_case_or_of_one_he_is_recused_from(
    site: Site, case: int
) -> None:
    record(site.client("hospital"), case)
    act, clerk = latest(site, DisqualifyingAct), site.actor("hospital")
    with site.session() as session:
        row = session.get_one(Assessment, case)
        oneself = replace(clerk, physician_id=row.physician_id)
        session.add(
            Recusal(
                status=RequestStatus.PASSED, status_since=now(), asked_at=now(), reason="亲属",
                assessor_name=clerk.name, assessor_account_id=clerk.account_id,
                assessment_id=case, agency_id=row.agency_id, institution_id=row.institution_id,
                province_id=row.province_id, authority_path=row.authority_path,
                physician_id=row.physician_id,
            )
        )  # fmt: skip
        session.commit()
    for actor, words in ((oneself, "本人"), (clerk, "已回避")):
        with site.session("hospital") as session, acting_as(actor):
            with pytest.raises(NoteRefused, match=words):
                strike(session, case, act_id=act.id, reason="删", actor=actor, at=now())
            with pytest.raises(NoteRefused, match=words):
                remove(session, case, kind="conduct_record", note_id=1, actor=actor, at=now())
            session.rollback()

    assert latest(site, DisqualifyingAct).id == act.id


def test_the_physician_reads_what_is_held_against_him(site: Site, case: int) -> None:
    record(site.client("hospital"), case)

    html = page(site.client(username_of(site, case)), "/registration/")

    assert "卫罚〔2024〕5号" in html


def username_of(site: Site, case: int) -> str:
    with site.session() as session:
        return str(
            session.scalars(
                select(Account.username)
                .join(Identity, Identity.account_id == Account.id)
                .join(Assessment, Assessment.physician_id == Identity.physician_id)
                .where(Assessment.id == case)
            ).one()
        )


def test_every_act_of_the_article_can_be_chosen(site: Site, case: int) -> None:
    html = page(site.client("hospital"), f"/review/general/case/{case}?step=work&add=1")

    assert all(kind.value in html for kind in DisqualifyingActKind)
    assert len(DisqualifyingActKind) == 14  # domain 1.3
