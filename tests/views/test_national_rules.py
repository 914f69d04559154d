"""全国考核规则: the nation publishes versions; a province's cycle begins with them and may depart."""

import pytest
from sqlalchemy import select

from app.models import Authority, Cycle, NationalRules, TrailEntry
from app.operations.cycle_following import next_facts
from app.queries import cycles, national_rules
from app.rules import CycleRules
from tests.support.site import Site
from tests.views.administration import fresh_province, id_of, rules_form, text

pytestmark = pytest.mark.embedded

URL = "/national-rules"


def publish(site: Site, reason: str = "依据新规调整", **rules: object) -> str:
    form = rules_form(provincial_grounds="", reason=reason) | rules
    return text(site.client("nation").post(f"{URL}/add", data=form, follow_redirects=True))


def numbers(site: Site) -> list[int]:
    with site.session() as session:
        return list(session.scalars(select(NationalRules.number).order_by(NationalRules.number)))


def test_a_new_version_tells_what_changed_and_the_old_one_stays(site: Site) -> None:
    assert numbers(site) == [1]
    publish(site, pass_mark_physician=65)

    assert numbers(site) == [1, 2]
    with site.session() as session:
        newest = national_rules.newest(session)
        assert newest is not None
        pk = newest.id
        assert national_rules.read(newest) == CycleRules(pass_mark_physician=65)
        assert national_rules.read(national_rules.numbered(session, 1)) == CycleRules()
        told = session.scalars(
            select(TrailEntry.comment).where(TrailEntry.subject == "national_rules")
        ).all()
    assert told[-1] == "依据新规调整；执业医师合格线：60→65"
    shown = text(site.client("province").get(f"{URL}/show/{pk}"))
    assert "65（上一版本：60）" in shown


def test_a_version_needs_a_difference_and_words(site: Site) -> None:
    assert "没有可以发布的修改" in publish(site)
    assert "该字段是必填" in publish(site, reason="  ", pass_mark_physician=65)
    assert "最大值不能小于最小值" in publish(site, suspension_months_min=6, suspension_months_max=3)
    assert numbers(site) == [1]


@pytest.mark.parametrize("who", ["province", "city", "county"])
def test_nobody_below_the_nation_publishes(site: Site, who: str) -> None:
    client = site.client(who)
    assert "全国考核规则由国家卫生行政部门发布" in client.get(f"{URL}/list/").text
    assert client.get(f"{URL}/add").status_code == 403
    answer = client.post(f"{URL}/add", data=rules_form(reason="试", pass_mark_physician=1))
    assert answer.status_code == 403
    assert numbers(site) == [1]


def test_a_province_begins_with_the_nation_s_rules_and_its_own_are_told_apart(site: Site) -> None:
    publish(site, pass_mark_physician=65)
    made = fresh_province(site)
    assert 'value="65"' in made.province.get("/cycles/add").text
    made.province.post("/cycles/add", data=rules_form(pass_mark_physician=65, makeup_rounds=2))

    pk = id_of(site, Cycle, province_id=made.id)
    shown = text(made.province.get(f"/cycles/show/{pk}"))
    assert "第2版" in shown
    assert "2（全国：1）" in shown
    assert "（全国：65）" not in shown


def test_the_next_cycle_follows_the_nation_save_where_the_province_departed(site: Site) -> None:
    with site.session() as session:
        province = session.scalars(select(Authority).where(Authority.code == "610000")).one()
        cycle = session.scalars(select(Cycle).where(Cycle.province_id == province.id)).one()
        pk, own = cycle.id, cycles.rules(cycle)
    publish(site, pass_mark_physician=65, pass_mark_assistant=58, objection_days=20)

    with site.session() as session:
        cycle = session.get_one(Cycle, pk)
        assert cycles.rules(cycle) == own  # what is set up keeps its rules
        suggested = next_facts(session, cycle).rules
    assert suggested.pass_mark_physician == 65
    assert suggested.objection_days == 20
    assert suggested.pass_mark_assistant == own.pass_mark_assistant == 55
