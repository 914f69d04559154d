"""本机构信息: completed by the hospital, which confirms the cycle; the second of two clerks is told."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import Vocabulary
from app.models import Cycle, Institution, TrailEntry
from app.operations.institution_profile import FACTS
from tests.support.site import Site

pytestmark = pytest.mark.both

URL = "/institution/profile"


def stored(site: Site, username: str = "hospital") -> dict[str, Any]:
    """Give the institution's columns as a browser would send them."""
    pk = site.actor(username).institution_id
    with site.session() as session:
        row = session.get(Institution, pk)
        values = {name: getattr(row, name) for name in (*FACTS, "version", "confirmed_cycle_id")}
    return {
        name: value.name if isinstance(value, Vocabulary) else value
        for name, value in values.items()
    }


def sent(site: Site, **changes: Any) -> dict[str, Any]:
    known = stored(site)
    del known["confirmed_cycle_id"]
    return {name: value for name, value in known.items() if value is not None} | changes


def forget_the_confirmation(site: Site) -> None:
    pk = site.actor("hospital").institution_id
    with site.session() as session:
        session.get(Institution, pk).confirmed_cycle_id = None
        session.commit()


def test_the_code_and_the_superior_authority_cannot_be_typed(shared_site: Site) -> None:
    html = shared_site.client("hospital").get(URL).text

    assert "<h1>本机构信息</h1>" in html
    names = set(re.findall(r'<(?:input|select)[^>]* name="([a-z_]+)"', html)) - {"csrf_token"}
    assert names == {*FACTS, "version"}
    assert re.search(r"统一社会信用代码</dt>\s*<dd>[0-9A-Z]{18}</dd>", html)
    assert re.search(r"隶属行政机构</dt>\s*<dd>[^<]+</dd>", html)


def test_saving_stores_the_facts_confirms_the_cycle_and_leaves_a_trace(site: Site) -> None:
    forget_the_confirmation(site)

    answer = site.client("hospital").post(
        URL, data=sent(site, licence_number="PDY10001", physician_count="61", grade="SECOND_B")
    )

    after = stored(site)
    assert answer.status_code == 302
    assert (after["licence_number"], after["physician_count"], after["grade"]) == (
        "PDY10001", 61, "SECOND_B",
    )  # fmt: skip
    with site.session() as session:
        cycle = session.get(Cycle, after["confirmed_cycle_id"])
        assert cycle.province_id == site_province(session)
        entry = session.scalars(
            select(TrailEntry).where(TrailEntry.subject == "institution").order_by(
                TrailEntry.id.desc()
            )
        ).first()  # fmt: skip
        assert (entry.action, entry.actor_body) == ("edit", "平城区医院")


def site_province(session: Any) -> int:
    row = session.scalars(select(Institution).where(Institution.name == "平城区医院")).one()
    return int(row.province_id)


def test_saving_unchanged_facts_still_confirms_the_cycle(site: Site) -> None:
    forget_the_confirmation(site)

    site.client("hospital").post(URL, data=sent(site))

    assert stored(site)["confirmed_cycle_id"] is not None


def test_a_wrong_field_is_refused_and_everything_typed_stays(site: Site) -> None:
    before = stored(site)

    answer = site.client("hospital").post(URL, data=sent(site, postcode="1234", head="改后的名字"))

    assert stored(site) == before
    assert 'value="1234"' in answer.text
    assert 'value="改后的名字"' in answer.text


def test_the_second_of_two_clerks_is_told_and_may_save_again(site: Site) -> None:
    client = site.client("hospital")
    mine = sent(site, head="后保存的人")
    client.post(URL, data=sent(site, head="先保存的人"))

    refused = client.post(URL, data=mine)
    version = re.search(r'name="version"[^>]*value="(\d+)"', refused.text)

    assert refused.status_code == 409
    assert "本机构信息已被他人修改" in refused.text
    assert 'value="后保存的人"' in refused.text
    assert "当前保存的内容：先保存的人" in refused.text
    assert stored(site)["head"] == "先保存的人"
    assert version is not None

    client.post(URL, data=mine | {"version": version[1]})
    assert stored(site)["head"] == "后保存的人"


def test_only_a_hospital_has_this_page(shared_site: Site) -> None:
    assert shared_site.client("county").get(URL).status_code == 403
    assert shared_site.client().get(URL).status_code == 302
