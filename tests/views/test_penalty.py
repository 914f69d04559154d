"""行政处罚: entered by the authority, read on the case by whoever assesses, never deleted (art. 17)."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import models as m
from app.enums import AssessmentStatus as S
from app.enums import Procedure, SimplifiedGround
from app.operations import batch_exceptions, eligibility
from app.views.clock import now
from tests.support.site import Site
from tests.views.administration import text
from tests.views.requests_world import latest
from tests.workflows.world import case_id

DOCUMENT = "同卫医罚〔2026〕12号"


def _case(site: Site, status: S, procedure: Procedure) -> tuple[int, str, date]:
    pk = case_id(site, status, procedure)
    with site.session() as session:
        case = session.get_one(m.Assessment, pk)
        return pk, case.physician.id_number, case.cycle.starts_on + timedelta(days=1)


def _record(client: FlaskClient, number: str, day: date, **changes: Any) -> str:
    data = {
        "id_number": number, "kind": "WARNING", "decided_on": day.isoformat(),
        "office": "大同市卫生健康委员会", "document": DOCUMENT, "facts": "未按规定书写病历", **changes,
    }  # fmt: skip
    return text(client.post("/penalties/add", data=data, follow_redirects=True))


@pytest.mark.embedded
def test_a_penalty_is_read_on_the_case_by_hospital_agency_and_physician(site: Site) -> None:
    case, number, day = _case(site, S.AWAITING_AGENCY, Procedure.GENERAL)
    assert "保存成功" in _record(site.client("city-2"), number, day)

    for who, path in (
        ("hospital", f"/progress/case/{case}?step=work"),
        ("agency", f"/recheck/general/case/{case}?step=work"),
    ):
        shown = text(site.client(who).get(path))
        assert DOCUMENT in shown, who
        assert "未按规定书写病历" in shown, who
    assert DOCUMENT in text(site.client("hospital").get("/penalties/list/"))
    assert site.client("agency").get("/penalties/list/").status_code == 403
    with site.session() as session:
        told = session.scalars(select(m.Message.title).order_by(m.Message.id.desc())).first()
    assert told is not None
    assert told[0] == "卫生行政部门登记了对您的行政处罚"


@pytest.mark.embedded
def test_a_revoked_one_stays_on_record_and_leaves_the_case(site: Site) -> None:
    case, number, day = _case(site, S.AWAITING_AGENCY, Procedure.GENERAL)
    city = site.client("city-2")
    _record(city, number, day)
    pk = latest(site, m.Penalty).id

    url = f"/penalties/revoke/{pk}"
    assert "请填写撤销原因" in text(city.post(url, data={}, follow_redirects=True))
    done = text(city.post(url, data={"comment": "行政复议撤销"}, follow_redirects=True))
    assert "行政复议撤销" in done
    assert "已经撤销" in text(city.post(url, data={"comment": "再次"}, follow_redirects=True))
    assert DOCUMENT not in text(
        site.client("agency").get(f"/recheck/general/case/{case}?step=work")
    )
    assert DOCUMENT in text(city.get("/penalties/list/?tab=revoked"))
    assert site.client("hospital").post(url, data={"comment": "x"}).status_code == 403


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id_number": "610102198001011230"}, "没有该证件号码的医师"),
        ({"decided_on": "2999-01-01"}, "不能晚于今天"),
        ({"document": ""}, "请填写"),
        ({"office": "  "}, "请填写"),
        ({"kind": "PRISON"}, "不是有效的选项"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(
    site: Site, changes: dict[str, str], told: str
) -> None:
    _pk, number, day = _case(site, S.AWAITING_AGENCY, Procedure.GENERAL)
    answer = site.client("city-2").post(
        "/penalties/add",
        data={
            "id_number": number, "kind": "FINE", "decided_on": day.isoformat(), "office": "某委",
            "document": DOCUMENT, "facts": "输入的事实", **changes,
        },
    )  # fmt: skip

    assert told in text(answer)
    assert "输入的事实" in answer.text
    with site.session() as session:
        mine = select(m.Penalty.id).where(m.Penalty.document == DOCUMENT)
        assert session.scalars(mine).all() == []


@pytest.mark.embedded
def test_the_same_document_is_entered_once_and_another_area_enters_none(site: Site) -> None:
    _pk, number, day = _case(site, S.AWAITING_AGENCY, Procedure.GENERAL)
    _record(site.client("city-2"), number, day)

    assert "已经登记" in _record(site.client("province"), number, day)
    assert "没有该证件号码的医师" in _record(site.client("city-3"), number, day, document="另一份")


def test_it_closes_the_clean_ground_and_the_batch_on_both_databases(site: Site) -> None:
    case, number, day = _case(site, S.AWAITING_INSTITUTION, Procedure.SIMPLIFIED)
    actor = site.actor("hospital")

    def objections() -> tuple[bool, bool]:
        with site.session() as session:
            found = session.get_one(m.Assessment, case)
            found.physician.licensed_on = date(1990, 1, 1)
            sent = found.participation.registration
            assert sent is not None
            sent.simplified_ground = SimplifiedGround.TWELVE_YEARS_CLEAN
            sent.has_bad_record = False
            closed = eligibility.chosen_ground_objection(found, sent)
            reasons = [str(one) for one in batch_exceptions.reasons(found, actor=actor)]
            session.rollback()
        return closed is not None, "考核周期内有行政处罚" in reasons

    assert objections() == (False, False)
    _record(site.client("city-2"), number, day)
    assert objections() == (True, True)
    with site.session() as session:
        row = session.scalars(select(m.Penalty).where(m.Penalty.document == DOCUMENT)).one()
        row.revoked_at, row.revoked_reason = now(), "撤销"
        session.commit()
    assert objections() == (False, False)
