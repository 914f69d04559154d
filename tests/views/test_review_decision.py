"""评定意见, 驳回, 新增意见 and records: what the institution decides (manual 1.6, 1.7)."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import Procedure
from app.models import ConductRecord, Opinion, OutsideOpinion
from app.views.clock import today
from tests.support.site import Site
from tests.views.casebrowser import (
    buttons,
    move,
    page,
    section,
    status,
    text,
)
from tests.workflows.world import HOSPITAL, REASON, case_id

GENERAL, SIMPLIFIED = "/review/general", "/review/simplified"
PASSED = {"work_verdict": "PASS", "ethics_verdict": "PASS"}


def general(site: Site) -> int:
    return case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)


def simplified(site: Site) -> int:
    return case_id(site, S.AWAITING_INSTITUTION, Procedure.SIMPLIFIED)


def decide(client: FlaskClient, pk: int, action: str, **typed: str) -> str:
    answer = client.post(
        f"/steps/assessment/{pk}/{action}",
        data={"next": f"{GENERAL}/list/", "back": f"{GENERAL}/case/{pk}?step=work", **typed},
    )
    assert answer.status_code == 302
    return str(answer.location)


# --- the decision ---


def test_submitting_sends_it_to_recheck_and_goes_back_to_the_queue(site: Site) -> None:
    client, pk = site.client("hospital"), general(site)

    assert decide(client, pk, "institution_submit", **PASSED) == f"{GENERAL}/list/"
    assert status(site, pk) is S.AWAITING_AGENCY
    assert "操作成功" in text(page(client, f"{GENERAL}/list/"))


def test_a_refused_submit_shows_why_and_keeps_what_was_typed(site: Site) -> None:
    client, pk = site.client("hospital"), general(site)
    typed = {"work_verdict": "FAIL", "work_reason": "出勤不足<b>", "asked": "opinions"}

    assert decide(client, pk, "institution_submit", **typed).endswith("step=work")
    html = page(client, f"{GENERAL}/case/{pk}?step=work")

    assert "请对“职业道德”给出合格或不合格的意见" in text(html)
    assert "请选择合格或不合格。" in text(html)
    assert "出勤不足&lt;b&gt;</textarea>" in html
    assert re.findall(r"<input checked[^>]*>", html) == re.findall(
        r'<input checked[^>]*name="work_verdict"[^>]*value="FAIL">', html
    )
    assert html.count("<input checked") == 1
    assert status(site, pk) is S.AWAITING_INSTITUTION
    with site.session() as session:
        assert session.scalars(select(Opinion).where(Opinion.assessment_id == pk)).all() == []
    assert "出勤不足" not in page(client, f"{GENERAL}/case/{pk}?step=work"), "only shown once"


def test_rejecting_needs_the_reason(site: Site) -> None:
    client, pk = site.client("hospital"), general(site)

    decide(client, pk, "institution_reject")
    assert "请填写原因后再提交" in text(page(client, f"{GENERAL}/case/{pk}?step=work"))
    assert status(site, pk) is S.AWAITING_INSTITUTION

    assert decide(client, pk, "institution_reject", comment=REASON) == f"{GENERAL}/list/"
    assert status(site, pk) is S.INSTITUTION_REJECTED
    assert REASON in text(page(client, f"{GENERAL}/case/{pk}?step=log"))


def test_a_decided_case_has_closed_buttons_and_no_form(site: Site) -> None:
    client, pk = site.client("hospital"), general(site)
    move(site, "hospital", pk, "institution_submit")
    html = page(client, f"{GENERAL}/case/{pk}?step=work")

    assert "work_verdict" not in html
    assert "当前状态为“待考核机构复核”，不能进行此操作。" in html
    assert "新增意见" not in text(html)
    assert "提交" not in buttons(page(client, f"{GENERAL}/case/{pk}?step=info"))


def test_a_second_decision_is_a_conflict(site: Site) -> None:
    client, pk = site.client("hospital"), general(site)
    page(client, f"{GENERAL}/case/{pk}?step=work")
    move(site, "hospital", pk, "institution_submit")

    answer = client.post(f"/steps/assessment/{pk}/institution_submit", data=PASSED)

    assert answer.status_code == 409


def test_what_the_agency_returned_shows_the_reason_and_the_earlier_opinion(site: Site) -> None:
    pk = case_id(site, S.AWAITING_AGENCY, Procedure.GENERAL)
    move(site, "agency", pk, "agency_return", comment=REASON)
    html = page(site.client("hospital"), f"{GENERAL}/case/{pk}?step=work")

    assert f"驳回原因 ：{REASON}" in text(html)
    assert html.count("checked") == 2


# --- notes ---


def test_another_institutions_opinion_is_added_and_typed_opinions_stay(site: Site) -> None:
    client, pk = site.client("hospital"), general(site)
    typed = {"outside_place": " 迎宾街卫生院 ", "outside_content": "无投诉", "work_verdict": "PASS"}

    answer = client.post(f"{GENERAL}/case/{pk}/notes", data=typed)
    html = page(client, str(answer.location))

    assert "迎宾街卫生院 无投诉" in section(html, "多执业机构其它意见")
    assert html.count("checked") == 1
    assert "新增意见" in text(page(client, f"{GENERAL}/case/{pk}?step=log"))


def test_a_conduct_record_is_added(site: Site) -> None:
    client, pk = site.client("hospital"), general(site)
    typed = {
        "conduct_kind": "good",
        "conduct_place": HOSPITAL,
        "conduct_closed_on": "2024-05-10",
        "conduct_outcome": "通报表扬",
    }

    answer = client.post(f"{GENERAL}/case/{pk}/notes", data=typed)
    html = page(client, str(answer.location))

    shown = section(html, "执业行为记录")
    good, bad = shown.rsplit("不良执业行为记录", 1)
    assert f"{HOSPITAL} 2024-05-10 通报表扬" in good
    assert "通报表扬" not in bad

    number = re.search(r'value="conduct_record:([0-9]+)"', html)
    assert number is not None
    client.post(f"{GENERAL}/case/{pk}/notes/remove", data={"note": f"conduct_record:{number[1]}"})
    assert "通报表扬" not in page(client, f"{GENERAL}/case/{pk}?step=work")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"conduct_kind": ""}, "请选择良好或不良执业行为记录"),
        ({"conduct_place": "  "}, "请填写医疗卫生机构名称"),
        ({"conduct_closed_on": "2024-02-30"}, "请填写结案时间"),
        ({"conduct_closed_on": (today() + timedelta(days=1)).isoformat()}, "结案时间不能晚于今天"),
        ({"conduct_outcome": "长" * 256}, "请填写处理结果，不超过255字"),
        ({"outside_place": "某卫生院"}, "请填写机构意见"),
    ],
)
def test_an_incomplete_note_is_refused_and_stays_in_the_form(
    site: Site, changes: dict[str, str], words: str
) -> None:
    client, pk = site.client("hospital"), simplified(site)
    typed = {
        "conduct_kind": "bad",
        "conduct_place": "某医院",
        "conduct_closed_on": "2024-05-10",
        "conduct_outcome": "警告",
    } | changes
    with site.session() as session:
        before = len(session.scalars(select(ConductRecord.id)).all())

    answer = client.post(f"{SIMPLIFIED}/case/{pk}/notes", data=typed)
    html = page(client, str(answer.location))

    assert words in text(html)
    for value in typed.values():
        assert not value.strip() or value in html or value == "2024-02-30"
    with site.session() as session:
        assert len(session.scalars(select(ConductRecord.id)).all()) == before
        added = select(OutsideOpinion.id).where(OutsideOpinion.place == "某卫生院")
        assert session.scalars(added).all() == []


def test_nothing_typed_is_told(site: Site) -> None:
    client, pk = site.client("hospital"), general(site)
    answer = client.post(f"{GENERAL}/case/{pk}/notes", data={"work_verdict": "PASS"})

    assert "请先填写要新增的意见或记录" in text(page(client, str(answer.location)))


def test_nothing_is_added_after_the_decision_nor_by_others(site: Site) -> None:
    pk = general(site)
    note = {"outside_place": "某卫生院", "outside_content": "无"}
    url = f"{GENERAL}/case/{pk}/notes"

    assert site.client("hospital-4").post(url, data=note).status_code == 404
    assert site.client("agency").post(url, data=note).status_code == 403
    move(site, "hospital", pk, "institution_submit")
    client = site.client("hospital")
    client.post(url, data=note)
    assert "只能由医疗卫生机构在审核期间补充" in text(page(client, f"{GENERAL}/list/"))
    with site.session() as session:
        statement = select(OutsideOpinion.id).where(OutsideOpinion.assessment_id == pk)
        assert session.scalars(statement).all() == []
