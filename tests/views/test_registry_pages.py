"""The pages of the link and of the queue, and the buttons that the link closes."""

import pytest
from sqlalchemy import select

from app.enums import ConflictStatus
from app.models import Authority, Physician, RegistryConflict, RegistryLink, TrailEntry
from tests.support.rosters import DATA
from tests.support.site import Site
from tests.views.physicians import counted

CLOSED = "本省已对接医师电子化注册系统，所有医师信息均来自注册系统，不允许手动新增或导入医师。"


@pytest.fixture
def conflicts(shared_site: Site) -> dict[str, int]:
    """The demo's conflicts by kind."""
    return by_kind(shared_site)


def by_kind(site: Site) -> dict[str, int]:
    with site.session() as session:
        rows = session.execute(select(RegistryConflict.kind, RegistryConflict.id))
        return {kind.name: pk for kind, pk in rows}


def count(site: Site) -> int:
    with site.session() as session:
        return len(session.scalars(select(Physician.id)).all())


def test_the_queue_shows_who_waits_and_when_it_was_synchronised(shared_site: Site) -> None:
    drawn = shared_site.client("province-sn").get("/registry-conflicts/list/").text

    assert drawn.count('<td class="serial"') == 3
    assert "最近同步时间：" in drawn
    for word in ("姓名不一致", "执业机构未登记", "已不执业", "雁塔区第二医院", "雁塔区医院"):
        assert word in drawn


def test_the_queue_costs_six_statements(shared_site: Site) -> None:
    client = shared_site.client("province-sn")
    client.get("/registry-conflicts/list/")
    with counted() as statements:
        assert client.get("/registry-conflicts/list/?situation=NAME").status_code == 200

    assert len(statements) <= 6, statements


def test_both_sides_are_drawn_and_what_differs_is_marked(
    shared_site: Site, conflicts: dict[str, int]
) -> None:
    drawn = shared_site.client("province-sn").get(f"/registry-conflicts/show/{conflicts['NAME']}")

    assert drawn.status_code == 200
    assert drawn.text.count("is-different") == 1
    for word in ("信息对照", "思源", "采用注册信息", "保留本系统信息", "忽略", "不一致"):
        assert word in drawn.text


def test_a_closed_decision_says_why(shared_site: Site, conflicts: dict[str, int]) -> None:
    pk = conflicts["INSTITUTION"]
    drawn = shared_site.client("province-sn").get(f"/registry-conflicts/show/{pk}").text

    assert "请先在医疗卫生机构管理中新增或启用该机构" in drawn


def test_others_see_their_own_and_decide_nothing(
    shared_site: Site, conflicts: dict[str, int]
) -> None:
    url = f"/registry-conflicts/show/{conflicts['NAME']}"
    for name in ("county-sn", "hospital-sn"):
        drawn = shared_site.client(name).get(url)
        assert drawn.status_code == 200
        assert 'data-action="adopt"' not in drawn.text
        refused = shared_site.client(name).post(
            f"/steps/registry_conflict/{conflicts['NAME']}/keep", data={"comment": "x"}
        )
        assert refused.status_code == 403
    for name in ("province", "hospital"):
        assert shared_site.client(name).get(url).status_code == 404


def test_a_decision_is_taken_with_its_reason(site: Site) -> None:
    pk = by_kind(site)["NAME"]
    client = site.client("province-sn")
    url = f"/registry-conflicts/show/{pk}"

    client.post(f"/steps/registry_conflict/{pk}/adopt", data={"comment": "", "next": url})
    with site.session() as session:
        assert session.get_one(RegistryConflict, pk).status is ConflictStatus.PENDING
    done = client.post(
        f"/steps/registry_conflict/{pk}/adopt", data={"comment": "已改名", "next": url}
    )

    assert done.headers["Location"] == url
    with site.session() as session:
        row = session.get_one(RegistryConflict, pk)
        assert row.status is ConflictStatus.ADOPTED
        assert session.get_one(Physician, row.physician_id).name == row.name
    drawn = client.get(url).text
    assert "已改名" in drawn
    assert 'data-action="adopt"' not in drawn


def test_the_link_closes_entering_and_importing(site: Site) -> None:
    client, before = site.client("hospital-sn"), count(site)

    drawn = client.get("/physicians/list/").text
    assert drawn.count(CLOSED) >= 2
    assert 'href="/physicians/add"' not in drawn
    assert 'href="/roster-import/"' not in drawn
    for url in ("/physicians/add", "/roster-import/"):
        answer = client.get(url, follow_redirects=True)
        assert CLOSED in answer.text
    with (DATA / "roster_changzhi_120.xlsx").open("rb") as roster:
        client.post("/roster-import/", data={"file": (roster, "名单.xlsx")})
    client.post("/physicians/add", data={"name": "张三"})
    assert count(site) == before


def test_elsewhere_they_stay_open(shared_site: Site) -> None:
    drawn = shared_site.client("hospital").get("/physicians/list/").text

    assert CLOSED not in drawn
    assert 'href="/physicians/add"' in drawn


def test_the_province_switches_its_link_with_a_reason(site: Site) -> None:
    client = site.client("province")
    assert "未对接" in client.get("/registry-link/").text

    refused = client.post("/registry-link/switch", data={"state": "on"}, follow_redirects=True)
    assert "请填写原因" in refused.text
    done = client.post(
        "/registry-link/switch", data={"state": "on", "comment": "省厅通知"}, follow_redirects=True
    )

    assert "已对接注册系统。" in done.text
    assert CLOSED in site.client("hospital").get("/physicians/list/").text
    with site.session() as session:
        told = select(TrailEntry.comment).where(TrailEntry.action == "link")
        assert "省厅通知" in session.scalars(told).all()
    client.post("/registry-link/switch", data={"state": "off", "comment": "暂停"})
    assert CLOSED not in site.client("hospital").get("/physicians/list/").text


def test_only_the_province_may_switch_it(shared_site: Site) -> None:
    for name in ("city", "county", "nation"):
        client = shared_site.client(name)
        assert client.get("/registry-link/").status_code == 200
        answer = client.post("/registry-link/switch", data={"state": "on", "comment": "x"})
        assert answer.status_code == 403


def test_the_page_of_a_province_tells_of_its_link(shared_site: Site) -> None:
    with shared_site.session() as session:
        pk = session.scalars(select(Authority.id).where(Authority.code == "610000")).one()
    drawn = shared_site.client("nation").get(f"/authorities/show/{pk}").text

    assert "医师电子化注册系统" in drawn
    assert "最近同步时间" in drawn


def test_a_neighbour_does_not_see_the_link(shared_site: Site) -> None:
    with shared_site.session("province") as session:
        assert session.scalars(select(RegistryLink.id)).all() == []
