"""隶属调整: the effect is told first; then everything of the institution is where it is."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import models as m
from app.operations.figures import differences
from app.operations.superiors import COUNTED
from app.security.scoping import SCOPES
from tests.support.site import Site
from tests.views.administration import text

HOUSE, OLD, NEW = "平城区医院", "140213", "140106"


def _numbers(site: Site) -> tuple[int, int, str]:
    with site.session() as session:
        house = session.scalars(select(m.Institution).where(m.Institution.name == HOUSE)).one()
        office = session.scalars(select(m.Authority).where(m.Authority.code == NEW)).one()
        return house.id, office.id, house.authority_path


def _sent(client: FlaskClient, house: int, office: int, **more: str) -> str:
    data = {"authority_id": office, **more}
    answer = client.post(f"/institutions/superior/{house}", data=data, follow_redirects=True)
    return text(answer)


def test_an_institution_goes_with_all_it_has_and_the_old_superior_sees_it_no_more(
    site: Site,
) -> None:
    house, office, old_path = _numbers(site)
    province = site.client("province")
    told = _sent(province, house, office, action="preview")
    assert "不再管理该机构 大同市卫生健康委员会、平城区卫生健康局" in told
    assert "开始管理该机构 太原市卫生健康委员会、迎泽区卫生健康局" in told
    assert "请填写调整原因" in _sent(province, house, office, action="confirm")
    assert HOUSE in site.client("county").get("/institutions/list/").text, "nothing is stored yet"

    assert "立即生效" in _sent(province, house, office, action="confirm", reason="区划调整")
    assert HOUSE not in site.client("county").get("/institutions/list/").text
    assert HOUSE in site.client("county-3").get("/institutions/list/").text
    assert site.client("hospital").get("/physicians/list/").status_code == 200
    with site.session() as session:
        left = {
            model.__name__: session.scalar(
                select(func.count())
                .select_from(model)
                .where(model.institution_id == house, model.authority_path == old_path)
            )
            for model in SCOPES
            if {"institution_id", "authority_path"} <= set(model.__table__.columns.keys())
            and model not in COUNTED
        }
        assert {name: number for name, number in left.items() if number} == {}
        assert not differences(session)
        both = session.scalars(
            select(m.TrailEntry.authority_path).where(m.TrailEntry.action == "reassign")
        ).all()
    assert old_path in both
    assert len(both) == 2


@pytest.mark.embedded
def test_only_who_is_above_both_places_may_do_it(site: Site) -> None:
    house, office, _path = _numbers(site)
    form = site.client("city-2").get(f"/institutions/superior/{house}").text
    assert "迎泽区" not in form
    assert "不是有效的选择" in _sent(
        site.client("city-2"), house, office, action="confirm", reason="x"
    )
    assert site.client("city-3").get(f"/institutions/superior/{house}").status_code == 404
    assert site.client("hospital").get(f"/institutions/superior/{house}").status_code == 403


@pytest.mark.embedded
def test_the_same_superior_is_no_change(site: Site) -> None:
    house, _office, _path = _numbers(site)
    with site.session() as session:
        present = session.get_one(m.Institution, house).authority_id
    assert "该机构已隶属" in _sent(site.client("province"), house, present, action="preview")
