"""抽查: drawn from a recorded seed in one's own area, findings on record (art. 10)."""

from typing import Any

import pytest
from sqlalchemy import select

from app import models as m
from tests.support.site import Site
from tests.views.administration import text
from tests.views.requests_world import latest

_PAGES = pytest.mark.embedded
ASKED = {"name": "病历真实性抽查", "stratum": "PROCEDURE", "size": "4", "seed": "2026-大同"}


def _drawn(site: Site, who: str, **changes: str) -> tuple[str, list[tuple[int, str | None]]]:
    client = site.client(who)
    answer = client.post("/spot-checks/add", data={**ASKED, **changes}, follow_redirects=True)
    check = latest(site, m.SpotCheck)
    with site.session() as session:
        rows: Any = session.execute(
            select(m.SpotCheckItem.assessment_id, m.SpotCheckItem.stratum_name)
            .where(m.SpotCheckItem.spot_check_id == check.id)
            .order_by(m.SpotCheckItem.number)
        ).all()
    return text(answer), [tuple(row) for row in rows]


def test_the_seed_gives_the_same_cases_and_all_are_of_the_own_area(site: Site) -> None:
    told, first = _drawn(site, "city-2")
    assert "保存成功" in told
    assert len(first) == 4
    assert {stratum for _pk, stratum in first} == {"一般程序", "简易程序"}
    assert _drawn(site, "city-2")[1] == first
    assert _drawn(site, "city-2", seed="另一个种子")[1] != first or len(first) < 5
    path = site.actor("city-2").authority_path
    with site.session() as session:
        cases = session.scalars(
            select(m.Assessment).where(m.Assessment.id.in_([pk for pk, _name in first]))
        ).all()
        assert all(case.authority_path.startswith(path) for case in cases)
        assert all(case.submitted_at is not None for case in cases)


@_PAGES
def test_a_finding_is_recorded_and_counted_and_a_difference_explained(site: Site) -> None:
    _drawn(site, "city-2")
    city = site.client("city-2")
    check = latest(site, m.SpotCheck)
    with site.session() as session:
        items = session.scalars(
            select(m.SpotCheckItem.id).where(m.SpotCheckItem.spot_check_id == check.id)
        ).all()

    url = f"/spot-check-items/edit/{items[0]}"
    assert "请说明与事实不符之处" in text(city.post(url, data={"finding": "DIFFERENT"}))
    data = {"finding": "DIFFERENT", "remark": "门诊人次与病案系统不一致"}
    assert "保存成功" in text(city.post(url, data=data, follow_redirects=True))
    city.post(f"/spot-check-items/edit/{items[1]}", data={"finding": "CONFIRMED"})
    shown = text(city.get(f"/spot-checks/show/{check.id}"))
    assert "属实 1 与事实不符 1 未登记 2" in shown
    assert ASKED["seed"] in shown
    done = text(city.get(f"/spot-check-items/list/?tab=done&spot_check={check.id}"))
    assert "门诊人次与病案系统不一致" in done
    assert city.get(f"/spot-check-items/case/{items[0]}").status_code == 302


@_PAGES
def test_a_superior_reads_it_and_only_the_one_who_drew_records(site: Site) -> None:
    _drawn(site, "city-2")
    check = latest(site, m.SpotCheck)
    item = latest(site, m.SpotCheckItem)
    province = site.client("province")

    assert province.get(f"/spot-checks/show/{check.id}").status_code == 200
    refused = text(
        province.post(f"/spot-check-items/edit/{item.id}", data={"finding": "CONFIRMED"})
    )
    assert "只能登记本级抽取的样本" in refused
    for stranger in ("county", "city-3", "province-sn"):
        assert site.client(stranger).get(f"/spot-checks/show/{check.id}").status_code == 404
        assert site.client(stranger).get(f"/spot-check-items/edit/{item.id}").status_code == 404
    for other in ("hospital", "agency"):
        assert site.client(other).get("/spot-checks/list/").status_code == 403


@_PAGES
def test_too_large_or_nameless_a_sample_is_refused(site: Site) -> None:
    city = site.client("city-2")

    for wrong in ({"size": "0"}, {"size": "900000"}, {"name": ""}, {"stratum": "AGE"}):
        answer = city.post("/spot-checks/add", data={**ASKED, **wrong})
        assert 'aria-invalid="true"' in answer.text, wrong
    with site.session() as session:
        mine = select(m.SpotCheck.id).where(m.SpotCheck.seed == ASKED["seed"])
        assert session.scalars(mine).all() == []


def test_a_sample_larger_than_the_population_is_the_whole(site: Site) -> None:
    _told, drawn = _drawn(site, "city-2", size="5000", stratum="INSTITUTION")
    check = latest(site, m.SpotCheck)

    assert len(drawn) == check.population == check.size
