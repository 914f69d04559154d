"""隶属调整 of an authority: its whole tree lies on the new path, and nothing is left on the old one."""

from sqlalchemy import func, inspect, select

from app import models as m
from app.operations.figures import differences
from app.operations.superiors import COUNTED
from app.security.scoping import SCOPES
from tests.support.site import Site
from tests.views.administration import text

COUNTY, OLD, NEW, HOUSE = "140213", "140200", "140100", "平城区医院"


def _ids(site: Site) -> tuple[int, int, str]:
    with site.session() as session:
        county = session.scalars(select(m.Authority).where(m.Authority.code == COUNTY)).one()
        city = session.scalars(select(m.Authority).where(m.Authority.code == NEW)).one()
        return county.id, city.id, county.path


def _sent(site: Site, who: str, county: int, **data: object) -> str:
    url = f"/authorities/superior/{county}"
    return text(site.client(who).post(url, data=data, follow_redirects=True))


def _on_path(site: Site, path: str) -> dict[str, int]:
    found = {}
    with site.session() as session:
        for model in SCOPES:
            for name in ("path", "authority_path", "from_path"):
                if model in COUNTED or name not in inspect(model).columns:
                    continue
                column = getattr(model, name)
                number = session.scalar(
                    select(func.count()).select_from(model).where(column.startswith(path))
                )
                if number:
                    found[f"{model.__name__}.{name}"] = number
        assert not differences(session)
    return found


def test_a_county_goes_under_another_city_with_all_below_it(site: Site) -> None:
    county, city, old = _ids(site)
    before = _on_path(site, old)
    told = _sent(site, "province", county, authority_id=city, action="preview")
    assert "不再管理该机构 大同市卫生健康委员会" in told
    assert "开始管理该机构 太原市卫生健康委员会" in told
    assert "随之调整的医疗卫生机构 1" in told
    assert "请填写调整原因" in _sent(site, "province", county, authority_id=city, action="confirm")
    assert _on_path(site, old) == before, "nothing is stored yet"

    done = _sent(site, "province", county, authority_id=city, action="confirm", reason="区划调整")
    assert "立即生效" in done
    _county, _city, new = _ids(site)
    after = _on_path(site, new)
    assert _on_path(site, old) == {}
    assert {name: n for name, n in after.items() if name != "TrailEntry.authority_path"} == {
        name: n for name, n in before.items() if name != "TrailEntry.authority_path"
    }
    assert HOUSE not in text(site.client("city-2").get("/institutions/list/"))
    assert HOUSE in text(site.client("city-3").get("/institutions/list/"))
    assert HOUSE in text(site.client("county").get("/institutions/list/"))
    assert site.client("hospital").get("/physicians/list/").status_code == 200
    for who in ("city-2", "city-3"):
        assert "区划调整" in text(site.client(who).get("/trail/list/")), who


def test_only_a_superior_of_both_moves_it_and_only_one_level_up(site: Site) -> None:
    county, city, old = _ids(site)
    with site.session() as session:
        by_code = {row.code: row.id for row in session.scalars(select(m.Authority))}
    confirm = {"action": "confirm", "reason": "区划调整"}

    assert "上一级" in _sent(site, "province", county, authority_id=by_code["140000"], **confirm)
    assert "已隶属" in _sent(site, "province", county, authority_id=by_code[OLD], **confirm)
    _sent(site, "city-2", county, authority_id=city, **confirm)  # not offered to it
    for stranger in ("city-3", "county", "province-sn"):
        url = f"/authorities/superior/{county}"
        data = {"authority_id": city, **confirm}
        assert site.client(stranger).post(url, data=data).status_code == 404, stranger
    assert _ids(site)[2] == old
