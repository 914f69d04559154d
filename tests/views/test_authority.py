"""下级行政机构: one's own part of the tree, and nothing beside it."""

import pytest
from sqlalchemy import select

from app.enums import AuthorityLevel, BodyStatus
from app.models import Authority, TrailEntry
from tests.support.site import Site
from tests.views.administration import authority_id, text

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both


def test_the_level_of_a_new_authority_follows_from_its_superior(site: Site) -> None:
    province, city = authority_id(site, "140000"), authority_id(site, "140400")
    client = site.client("province")
    for parent, code in ((province, "140300"), (city, "140404")):
        sent = {"parent_id": parent, "name": f"新设{code}卫生健康局", "code": code}
        assert client.post("/authorities/add", data=sent).status_code == 302
    with site.session() as session:
        found = session.execute(
            select(Authority.code, Authority.level, Authority.parent_id).where(
                Authority.code.in_(("140300", "140404"))
            )
        ).all()
    assert {tuple(row) for row in found} == {
        ("140300", AuthorityLevel.CITY, province), ("140404", AuthorityLevel.COUNTY, city),
    }  # fmt: skip


def test_a_city_lists_its_counties_only(shared_site: Site) -> None:
    shown = text(shared_site.client("city").get("/authorities/list/"))
    assert "潞州区卫生健康局" in shown
    assert "共1条记录" in shown


def test_a_sibling_city_does_not_exist(site: Site) -> None:
    other = authority_id(site, "140213")
    client = site.client("city")
    assert client.get(f"/authorities/show/{other}").status_code == 404
    assert client.get(f"/authorities/edit/{other}").status_code == 404
    assert client.post(f"/authorities/edit/{other}", data={"name": "改名"}).status_code == 404
    sent = {"parent_id": authority_id(site, "140200"), "name": "越权区", "code": "140214"}
    assert "error-summary" in client.post("/authorities/add", data=sent).text
    stop = client.post(f"/steps/authority/{other}/stop", data={"comment": "x"})
    assert stop.status_code == 403
    with site.session() as session:
        row = session.get_one(Authority, other)
        assert (row.name, row.status) == ("平城区卫生健康局", BodyStatus.ACTIVE)
        assert session.scalar(select(Authority.id).where(Authority.code == "140214")) is None


def test_an_authority_does_not_edit_itself(shared_site: Site) -> None:
    own = authority_id(shared_site, "140400")
    assert shared_site.client("city").get(f"/authorities/edit/{own}").status_code == 404


def test_an_edit_stands_in_the_trail_with_both_values(site: Site) -> None:
    county = authority_id(site, "140403")
    sent = {"name": "潞州区卫生健康局", "contact_person": "牛向荣", "contact_phone": "0355-1"}
    assert site.client("city").post(f"/authorities/edit/{county}", data=sent).status_code == 302
    with site.session() as session:
        entry = session.scalars(
            select(TrailEntry).where(TrailEntry.subject == "authority", TrailEntry.action == "edit")
        ).one()
        assert (entry.comment, entry.actor_name) == ("联系电话：0355-3034567→0355-1", "申岳阳")


def test_stopping_needs_a_reason_and_no_active_bodies_below(site: Site) -> None:
    client, county = site.client("city"), authority_id(site, "140403")
    refused = client.post(
        f"/steps/authority/{county}/stop", data={"comment": "撤并"}, follow_redirects=True
    )
    assert "仍有正常的下级机构" in text(refused)


def test_a_wrong_code_is_refused_beside_its_field_and_kept(shared_site: Site) -> None:
    client = shared_site.client("province")
    sent = {"parent_id": authority_id(shared_site, "140000"), "name": "某市", "code": "14x"}
    shown = client.post("/authorities/add", data=sent).text
    assert 'id="code-error">行政区划代码为6位、9位或12位数字。' in shown
    assert 'value="某市"' in shown


def test_the_system_administrator_sees_the_whole_tree(shared_site: Site) -> None:
    shown = text(shared_site.client("sysadmin").get("/authorities/list/?per_page=50"))
    assert "国家卫生健康委员会" in shown
    assert "雁塔区卫生健康局" in shown
