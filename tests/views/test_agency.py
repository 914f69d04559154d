"""考核机构管理."""

from sqlalchemy import select

from app.enums import AgencyStatus
from app.models import Agency
from tests.support.site import Site
from tests.views.administration import authority_id, id_of, text

_NEW = {
    "name": "长治市口腔医师考核中心", "kind": "SOCIETY", "contact_person": "金石开",
    "username": "changzhi-agency",
}  # fmt: skip


def test_an_agency_is_opened_with_its_account_and_its_host(site: Site) -> None:
    sent = _NEW | {"authority_id": authority_id(site, "140400"), "host": "潞州区医院"}
    shown = text(site.client("city").post("/agencies/add", data=sent))
    assert "考核机构已新增" in shown
    assert "changzhi-agency" in shown
    with site.session() as session:
        row = session.scalars(select(Agency).where(Agency.name == _NEW["name"])).one()
        assert row.institution.name == "潞州区医院"


def test_a_host_outside_the_area_is_not_found(site: Site) -> None:
    sent = _NEW | {"authority_id": authority_id(site, "140400"), "host": "平城区医院"}
    shown = text(site.client("city").post("/agencies/add", data=sent))
    assert "没有找到该单位，请填写单位全称。" in shown
    with site.session() as session:
        assert session.scalar(select(Agency.id).where(Agency.name == _NEW["name"])) is None


def test_another_citys_agency_does_not_exist(shared_site: Site) -> None:
    pk = id_of(shared_site, Agency, name="平城区医院考核办公室")
    client = shared_site.client("city")
    assert client.get(f"/agencies/show/{pk}").status_code == 404
    assert client.get(f"/agencies/edit/{pk}").status_code == 404
    assert client.post(f"/agencies/reset/{pk}").status_code == 404
    assert client.post(f"/steps/agency/{pk}/stop", data={"comment": "x"}).status_code == 404
    assert "平城区医院考核办公室" not in client.get("/agencies/list/").text


def test_an_agency_with_appointments_in_an_open_cycle_is_not_stopped(site: Site) -> None:
    pk = id_of(site, Agency, name="长治医师定期考核中心")
    answer = site.client("province").post(
        f"/steps/agency/{pk}/stop", data={"comment": "取消资格"}, follow_redirects=True
    )
    assert "该考核机构在进行中的周期仍有指派" in text(answer)
    with site.session() as session:
        assert session.get_one(Agency, pk).status is AgencyStatus.ACTIVE


def test_facts_of_an_agency_are_edited(site: Site) -> None:
    pk = id_of(site, Agency, name="长治医师定期考核中心")
    sent = {"name": "长治医师定期考核中心", "kind": "SOCIETY", "contact_person": "路知远",
            "contact_phone": "0355-9"}  # fmt: skip
    assert site.client("province").post(f"/agencies/edit/{pk}", data=sent).status_code == 302
    with site.session() as session:
        assert session.get_one(Agency, pk).contact_phone == "0355-9"
