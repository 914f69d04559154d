"""停止考核: the authority enters a death or a 注销注册 and takes it back; nothing is lost meanwhile."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import models as m
from app.enums import AssessmentStatus as S
from app.enums import AwayReason, Procedure
from app.enums import ParticipationStatus as P
from app.operations.figures import differences
from tests.support.site import Site
from tests.views.administration import text
from tests.workflows.world import case_id

pytestmark = pytest.mark.embedded


def _seat(site: Site, case: int) -> tuple[P, AwayReason | None, S, int, int]:
    with site.session() as session:
        row = session.get_one(m.Assessment, case)
        seat = row.participation
        assert not differences(session)
        return seat.status, seat.away_reason, row.status, seat.id, row.physician_id


def _step(client: FlaskClient, seat: int, action: str, person: int, **more: str) -> str:
    data = {"next": f"/physicians/show/{person}", "back": f"/physicians/show/{person}", **more}
    url = f"/steps/participation/{seat}/{action}"
    return text(client.post(url, data=data, follow_redirects=True))


@pytest.mark.parametrize("status", [S.AWAITING_AGENCY, S.AWAITING_EXAM, S.DEFERRED])
def test_a_case_stands_still_and_goes_on_where_it_stood(site: Site, status: S) -> None:
    case = case_id(site, status, Procedure.GENERAL)
    _p, _why, _s, seat, person = _seat(site, case)
    county = site.client("county")
    page = text(county.get(f"/physicians/show/{person}"))
    assert "登记离世" in page
    assert "恢复考核" not in page

    assert "请填写" in _step(county, seat, "die", person)
    assert "操作成功" in _step(county, seat, "die", person, comment="死亡医学证明书")
    assert _seat(site, case)[:3] == (P.AWAY, AwayReason.DECEASED, S.HALTED)
    hospital = site.client("hospital")
    shown = text(hospital.get("/progress/list/?tab=halted"))
    assert "停止考核" in shown
    assert "已停止该医师的考核" in _step(hospital, seat, "come_back", person)
    assert "已停止" in _step(county, seat, "deregister", person, comment="重复")

    assert "操作成功" in _step(county, seat, "reinstate", person, comment="登记有误")
    assert _seat(site, case)[:3] == (P.CONFIRMED, None, status)


def test_a_completed_case_is_not_stopped_and_nobody_else_stops_one(site: Site) -> None:
    done = case_id(site, S.COMPLETED)
    *_states, seat, person = _seat(site, done)
    county = site.client("county")

    assert "登记离世" not in text(county.get(f"/physicians/show/{person}"))
    assert "考核已完成" in _step(county, seat, "die", person, comment="证明")
    other = case_id(site, S.AWAITING_AGENCY)
    *_states, seat, person = _seat(site, other)
    for who, code in (("hospital", 403), ("county-3", 404), ("province-sn", 404)):
        answer = site.client(who).post(f"/steps/participation/{seat}/die", data={"comment": "证明"})
        assert answer.status_code == code, who
    assert _seat(site, other)[:3] == (P.CONFIRMED, None, S.AWAITING_AGENCY)


def test_one_who_takes_no_part_yet_is_stopped_and_comes_back(site: Site) -> None:
    with site.session() as session:
        seat = session.scalars(
            select(m.Participation).where(
                m.Participation.status == P.UNCONFIRMED, m.Participation.institution_id == 2
            )
        ).first()
        assert seat is not None
        pk, person = seat.id, seat.physician_id
    county = site.client("county")
    _step(county, pk, "deregister", person, comment="注销通知")
    with site.session() as session:
        assert session.get_one(m.Participation, pk).away_reason is AwayReason.DEREGISTERED
    _step(county, pk, "reinstate", person, comment="登记有误")
    with site.session() as session:
        assert session.get_one(m.Participation, pk).status is P.UNCONFIRMED


def test_a_hospital_cannot_give_the_authoritys_reasons(site: Site) -> None:
    with site.session() as session:
        pk = session.scalars(
            select(m.Participation.id).where(
                m.Participation.status == P.UNCONFIRMED, m.Participation.institution_id == 2
            )
        ).first()
    hospital = site.client("hospital")
    assert "离世" not in text(hospital.get(f"/physicians/away/{pk}"))
    refused = text(
        hospital.post(
            f"/steps/participation/{pk}/leave",
            data={"away_reason": "DECEASED", "away_from": "2024-01-02", "back": "/"},
            follow_redirects=True,
        )
    )
    assert "离岗原因或日期不正确" in refused
