"""按导入模板导出: what leaves so comes back by 批量导入 and changes nothing."""

import pytest

from app.exchange.physician_columns import PHYSICIAN_COLUMNS
from app.models import Physician
from tests.support.rosters import count, planned, states
from tests.support.site import Site

URL = "/physicians/export/plain?tab=confirmed&layout=template"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_export_in_the_templates_layout_is_read_back_without_a_change(
    site: Site, kind: str
) -> None:
    before = count(site, Physician, "hospital")

    answer = site.client("hospital").post(URL, data={"reason": "核对医师信息", "kind": kind})
    plan = planned(site, "hospital", answer.get_data(), f"a.{kind}")

    found = states(plan)
    assert found.pop("unchanged") > 10
    assert {state: number for state, number in found.items() if number} == {}
    assert plan.ignored_headers == ()
    assert count(site, Physician, "hospital") == before


def test_the_layout_shows_no_number_in_full_on_a_page_or_without_a_reason(site: Site) -> None:
    client = site.client("hospital")
    with site.session("hospital") as session:
        people = session.query(Physician).all()
        secret = {p.id_number for p in people} | {p.licence_code for p in people} - {None}

    for address in ("list/?layout=template", "export/csv?layout=template"):
        text = client.get(f"/physicians/{address}").get_data().decode()
        assert not any(number in text for number in secret)
        assert all(c.header in text for c in PHYSICIAN_COLUMNS if c.attribute)


def test_an_authority_is_offered_no_template(site: Site) -> None:
    assert "按导入模板导出" in site.client("hospital").get("/physicians/list/").text
    assert "按导入模板导出" not in site.client("province").get("/physicians/list/").text
