"""驳回 with 逐项意见, 撤回 until the reviewer has looked, and the draft that saves itself."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy import text as text_of

from app.enums import AssessmentStatus as S
from app.enums import Procedure
from app.extensions import db
from app.models import Account, Assessment, Identity, Registration, Remark, TrailEntry
from tests.support.site import Site
from tests.views.casebrowser import page
from tests.workflows.world import REASON, case_id

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both

CLERK, AGENCY = "hospital", "agency"


def physician(site: Site, pk: int) -> FlaskClient:
    with site.session() as session:
        username = session.scalars(
            select(Account.username)
            .join(Identity, Identity.account_id == Account.id)
            .join(Assessment, Assessment.physician_id == Identity.physician_id)
            .where(Assessment.id == pk)
        ).one()
    return site.client(username)


def step(client: FlaskClient, pk: int, action: str, **typed: str) -> str:
    answer = client.post(f"/steps/assessment/{pk}/{action}", data=typed, follow_redirects=True)
    assert answer.status_code in (200, 409)
    return answer.text


def status(site: Site, pk: int) -> S:
    with site.session() as session:
        return session.get_one(Assessment, pk).status


def remarks(site: Site, pk: int) -> list[tuple[str, str]]:
    with site.session() as session:
        rows = session.scalars(select(Remark).where(Remark.assessment_id == pk).order_by(Remark.id))
        return [(row.field, row.text) for row in rows]


REMARKED = {
    "remark_field_0": "phone",
    "remark_text_0": "号码少一位",
    "remark_field_2": "work",
    "remark_text_2": "2024年手术例数与系统不符",
}


@pytest.mark.parametrize(
    ("who", "waiting", "action"),
    [
        (CLERK, S.AWAITING_INSTITUTION, "institution_reject"),
        (AGENCY, S.AWAITING_AGENCY, "agency_reject"),
    ],
)
def test_remarks_stand_beside_the_fields_until_the_form_is_handed_in_again(
    site: Site, who: str, waiting: S, action: str
) -> None:
    pk = case_id(site, waiting)

    assert "操作成功" in step(site.client(who), pk, action, comment=REASON, **REMARKED)

    expected = [("phone", "号码少一位"), ("work", "2024年手术例数与系统不符")]
    assert remarks(site, pk) == expected
    doctor = physician(site, pk)
    form = page(doctor, "/registration/")
    beside = re.search(r'id="phone-remark">([^<]+)<', form)
    assert beside is not None
    assert beside[1] == "审核意见：号码少一位"
    assert '<a href="/registration/#work">工作业绩</a>' in form
    assert "号码少一位" in page(doctor, "/")
    with site.session() as session:
        entry = session.scalars(
            select(TrailEntry)
            .where(TrailEntry.subject == "assessment", TrailEntry.subject_id == pk)
            .order_by(TrailEntry.id.desc())
        ).first()
        assert entry is not None
        assert (
            entry.comment == f"{REASON}；手机号码：号码少一位；工作业绩：2024年手术例数与系统不符"
        )

    step(doctor, pk, "submit")

    assert status(site, pk) is S.AWAITING_INSTITUTION
    assert remarks(site, pk) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"remark_field_0": "", "remark_text_0": "无项目"}, "请为每条逐项意见选择项目。"),
        ({"remark_field_0": "password", "remark_text_0": "x"}, "请为每条逐项意见选择项目。"),
        ({"remark_field_0": "phone", "remark_text_0": " "}, "请填写所选项目的逐项意见。"),
        ({"remark_field_0": "phone", "remark_text_0": "长" * 501}, "不能超过"),
    ],
)
def test_half_a_remark_is_refused_and_nothing_typed_is_lost(
    site: Site, typed: dict[str, str], words: str
) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    back = f"/review/general/case/{pk}?step=work"

    text = step(site.client(CLERK), pk, "institution_reject", comment=REASON, back=back, **typed)

    assert words in text
    assert status(site, pk) is S.AWAITING_INSTITUTION
    assert remarks(site, pk) == []
    if typed["remark_text_0"].strip() == "无项目":
        assert 'value="无项目"' in text


def test_a_registration_is_taken_back_until_the_hospital_opens_it(site: Site) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    doctor = physician(site, pk)
    assert "撤回" in page(doctor, "/registration/")

    assert "操作成功" in step(doctor, pk, "take_back")

    assert status(site, pk) is S.AWAITING_FORM
    assert "未提交" in page(doctor, "/registration/")
    step(doctor, pk, "submit")
    assert status(site, pk) is S.AWAITING_INSTITUTION

    page(site.client(CLERK), f"/review/general/case/{pk}")

    assert "本机构已开始审核" in step(doctor, pk, "take_back")
    assert status(site, pk) is S.AWAITING_INSTITUTION


@pytest.mark.parametrize("path", ["/progress/case/{pk}", "/review/general/list/"])
def test_only_opening_it_for_review_closes_the_way_back(site: Site, path: str) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    page(site.client(CLERK), path.format(pk=pk))

    assert "操作成功" in step(physician(site, pk), pk, "take_back")


def test_the_neighbours_look_opens_nothing(site: Site) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    assert site.client("hospital-3").get(f"/review/general/case/{pk}").status_code == 404

    assert "操作成功" in step(physician(site, pk), pk, "take_back")


def test_the_first_look_is_noted_though_somebody_writes_meanwhile(site: Site) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    client = site.client(CLERK)
    with site.app.app_context():
        engine = db.engine
    others: list[str] = []

    def write(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:
        if not others and "FROM assessment" in statement:
            others.append(statement)
            with engine.begin() as connection:
                connection.execute(text_of("UPDATE setting SET value = value || ' '"))

    event.listen(engine, "after_cursor_execute", write)
    try:
        html = page(client, f"/review/general/case/{pk}")
    finally:
        event.remove(engine, "after_cursor_execute", write)

    assert others
    assert "基本信息" in html
    with site.session() as session:
        assert session.get_one(Assessment, pk).opened_at is not None


def _told(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.get_json()
    return found


def _form(site: Site, pk: int) -> dict[str, Any]:
    with site.session() as session:
        case = session.get_one(Assessment, pk)
        stored = session.scalars(
            select(Registration).where(Registration.participation_id == case.participation_id)
        ).one()
        return {
            "version": str(stored.version),
            "phone": stored.phone or "",
            "department_id": str(stored.department_id),
            "specialty_id": str(stored.specialty_id or ""),
            "is_standard_trained": "no",
        }


def test_a_form_saves_itself_with_new_rows_and_goes_on_from_there(site: Site) -> None:
    pk = case_id(site, S.INSTITUTION_REJECTED)
    doctor = physician(site, pk)
    typed = _form(site, pk) | {
        "action": "autosave",
        "position": "医疗组长",
        "experiences-0-row": "",
        "experiences-0-started_on": "2015-07-01",
        "experiences-0-place": "云冈镇中心卫生院",
    }

    told = doctor.post("/registration/", data=typed)

    assert told.status_code == 200
    assert re.match(r"草稿已自动保存 \d\d:\d\d:\d\d。", _told(told)["text"])
    again = typed | {
        "version": _told(told)["version"],
        "position": "科室副主任",
        **_told(told)["rows"],
    }
    assert doctor.post("/registration/", data=again).status_code == 200
    with site.session() as session:
        case = session.get_one(Assessment, pk)
        stored = case.participation.registration
        assert stored is not None
        assert stored.position == "科室副主任"
        assert [row.place for row in stored.experiences] == ["云冈镇中心卫生院"]
        assert case.status is S.INSTITUTION_REJECTED


def test_a_form_changed_elsewhere_does_not_save_itself_over_it(site: Site) -> None:
    pk = case_id(site, S.INSTITUTION_REJECTED)
    doctor = physician(site, pk)
    typed = _form(site, pk) | {"action": "autosave", "position": "甲"}
    doctor.post("/registration/", data=typed)

    answer = doctor.post("/registration/", data=typed | {"position": "乙"})

    assert answer.status_code == 409
    assert "刚才已在别处" in _told(answer)["text"]
    with site.session() as session:
        stored = session.get_one(Assessment, pk).participation.registration
        assert stored is not None
        assert stored.position == "甲"


def test_a_submitted_form_does_not_save_itself(site: Site) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)

    answer = physician(site, pk).post(
        "/registration/", data=_form(site, pk) | {"action": "autosave", "position": "甲"}
    )

    assert answer.status_code == 409
    assert "不能修改" in _told(answer)["text"]


def test_completeness_follows_what_is_missing(site: Site) -> None:
    pk = case_id(site, S.INSTITUTION_REJECTED)
    doctor = physician(site, pk)
    with site.session() as session:
        before = session.get_one(Assessment, pk).participation.registration
        assert before is not None
        assert before.completeness == 100

    doctor.post("/registration/", data=_form(site, pk) | {"action": "autosave", "phone": ""})

    with site.session() as session:
        after = session.get_one(Assessment, pk).participation.registration
        assert after is not None
        assert 50 < after.completeness < 100
