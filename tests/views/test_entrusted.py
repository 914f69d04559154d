"""受委托机构: what an agency is appointed to."""

from sqlalchemy import select

from app.enums import AppointmentStatus
from app.models import Appointment
from tests.support.site import Site
from tests.views.casebrowser import headings, page, rows, statements
from tests.workflows.world import HOSPITAL

LIST = "/entrusted/list/"


def test_the_agency_sees_exactly_its_appointments(shared_site: Site) -> None:
    agency = shared_site.actor("agency")
    with shared_site.session() as session:
        statement = select(Appointment).where(
            Appointment.agency_id == agency.agency_id,
            Appointment.status == AppointmentStatus.ACTIVE,
        )
        expected = sorted(
            (
                row.institution.name,
                row.institution.authority.name,
                row.cycle.label,
                "已指派",
                row.institution.contact_person,
                row.institution.contact_phone,
            )
            for row in session.scalars(statement)
        )
    html = page(shared_site.client("agency"), f"{LIST}?per_page=200")

    assert "<h1>受委托机构</h1>" in html
    assert headings(html) == [
        "序号",
        "医疗卫生机构",
        "隶属行政机构",
        "周期",
        "指派时间",
        "状态",
        "联系人",
        "联系电话",
    ]
    found = sorted((r[1], r[2], r[3], r[5], r[6], r[7]) for r in rows(html))
    assert found == expected
    assert HOSPITAL in [row[0] for row in found]


def test_an_institution_is_found_by_a_part_of_its_name(shared_site: Site) -> None:
    client = shared_site.client("agency")

    assert [row[1] for row in rows(page(client, f"{LIST}?institution=城区医院"))] == [HOSPITAL]
    assert rows(page(client, f"{LIST}?institution=%25")) == []
    assert rows(page(client, f"{LIST}?cycle=99")) == []


def test_other_roles_and_agencies_do_not_see_it(shared_site: Site) -> None:
    assert HOSPITAL not in page(shared_site.client("agency-sn"), LIST)
    for username in ("hospital", "province", "proctor", "sysadmin"):
        page(shared_site.client(username), LIST, 403)


def test_the_list_costs_six_statements(shared_site: Site) -> None:
    client = shared_site.client("agency")
    page(client, LIST)
    for url in (f"{LIST}?per_page=1", f"{LIST}?per_page=200"):
        with statements(shared_site) as sent:
            page(client, url)
        assert len(sent) <= 6, sent
