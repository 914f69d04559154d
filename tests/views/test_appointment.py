"""考核机构指派."""

from sqlalchemy import select

from app.enums import AppointmentStatus
from app.models import Agency, Appointment, Authority, Cycle, Institution, Participation
from tests.support.site import Site
from tests.views.administration import id_of, text


def _appointment(site: Site, name: str) -> tuple[int, int, AppointmentStatus]:
    with site.session() as session:
        row = session.scalars(
            select(Appointment).join(Institution).where(Institution.name == name)
        ).one()
        return row.id, row.agency_id, row.status


def test_appointing_again_moves_every_physician_to_the_new_agency(site: Site) -> None:
    bureau = id_of(site, Agency, name="平城区医院考核办公室")
    house = id_of(site, Institution, name="平城区医院")
    cycle = id_of(site, Cycle, label="02")
    sent = {"institutions": [house], "agency_id": bureau, "cycle_id": cycle}
    assert site.client("province").post("/appointments/add", data=sent).status_code == 302
    assert _appointment(site, "平城区医院")[1] == bureau
    with site.session() as session:
        found = session.scalars(
            select(Participation.agency_id).where(Participation.institution_id == house).distinct()
        ).all()
    assert found == [bureau]


def test_an_appointment_with_cases_in_work_is_not_withdrawn(site: Site) -> None:
    pk = _appointment(site, "平城区医院")[0]
    answer = site.client("province").post(
        f"/steps/appointment/{pk}/withdraw", data={"comment": "换机构"}, follow_redirects=True
    )
    assert "取消指派" in text(answer)
    assert _appointment(site, "平城区医院")[2] is AppointmentStatus.ACTIVE


def test_an_appointment_is_withdrawn_with_a_reason_while_nobody_is_assessed(site: Site) -> None:
    pk, _agency, status = _appointment(site, "长治市医院")
    assert status is AppointmentStatus.ACTIVE
    client = site.client("province")
    client.post(f"/steps/appointment/{pk}/withdraw", data={"comment": "  "})
    assert _appointment(site, "长治市医院")[2] is AppointmentStatus.ACTIVE
    client.post(f"/steps/appointment/{pk}/withdraw", data={"comment": "另行安排"})
    assert _appointment(site, "长治市医院")[2] is AppointmentStatus.WITHDRAWN


def test_a_foreign_institution_cannot_be_chosen(site: Site) -> None:
    before = _appointment(site, "平城区医院")
    sent = {
        "institutions": [id_of(site, Institution, name="平城区医院")],
        "agency_id": before[1], "cycle_id": id_of(site, Cycle, label="02"),
    }  # fmt: skip
    client = site.client("city")
    answer = client.post("/appointments/add", data=sent)
    assert answer.status_code == 200
    assert "error-summary" in answer.text
    assert ">平城区医院</option>" not in client.get("/appointments/add?q=平城").text
    withdrawn = client.post(f"/steps/appointment/{before[0]}/withdraw", data={"comment": "x"})
    assert withdrawn.status_code == 404
    assert _appointment(site, "平城区医院") == before


def test_ticked_institutions_arrive_chosen(shared_site: Site) -> None:
    ids = [id_of(shared_site, Institution, name=name) for name in ("平城区医院", "潞州区医院")]
    foreign = id_of(shared_site, Institution, name="雁塔区医院")
    shown = shared_site.client("province").post(
        "/appointments/chosen", data={"ids": [*ids, foreign]}
    )
    assert shown.status_code == 200
    for pk in ids:
        assert f'<option selected value="{pk}">' in shown.text
    assert "雁塔区医院" not in shown.text


def test_a_whole_region_arrives_chosen_by_its_filter(shared_site: Site) -> None:
    city = id_of(shared_site, Authority, code="140200")
    client = shared_site.client("province")
    for path in ("/institutions/list/", "/agencies/list/", "/appointments/list/"):
        listed = text(client.get(f"{path}?area={city}"))
        assert "潞州" not in listed.split("序号")[-1], path
    shown = client.post("/appointments/chosen", data={"scope": "filter", "area": city}).text
    for name, is_in in (("平城区医院", True), ("大同市中医医院", True), ("潞州区医院", False)):
        pk = id_of(shared_site, Institution, name=name)
        assert (f'<option selected value="{pk}">' in shown) is is_in, name


def test_a_search_narrows_the_institutions_on_offer(shared_site: Site) -> None:
    shown = shared_site.client("province").get("/appointments/add?q=潞州").text
    assert ">潞州区医院</option>" in shown
    assert ">平城区医院</option>" not in shown


def test_no_agency_is_chosen_by_itself(site: Site) -> None:
    before = _appointment(site, "平城区医院")
    sent = {
        "institutions": [id_of(site, Institution, name="平城区医院")],
        "agency_id": "",
        "cycle_id": id_of(site, Cycle, label="02"),
    }
    answer = site.client("province").post("/appointments/add", data=sent)
    assert answer.status_code == 200
    assert "error-summary" in answer.text
    assert _appointment(site, "平城区医院") == before
