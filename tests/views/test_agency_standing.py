"""Who may be an agency, the published list, and 取消资格 for two cycles or more (art. 7, 9, 29)."""

import pytest
from sqlalchemy import delete, select

from app import models as m
from app.enums import AgencyStatus, AppointmentStatus, CycleStatus, InstitutionKind
from app.operations import agency_standing
from app.rules import CycleRules
from app.views.clock import now
from app.workflows.agency import AGENCY
from app.workflows.engine import StepRefused
from tests.support.site import Site
from tests.views.administration import text
from tests.views.requests_world import latest

BAR = "/steps/agency/{}/disqualify"


def _free_agency(site: Site) -> int:
    """An agency of 山西 without appointments."""
    with site.session() as session:
        agency = session.scalars(select(m.Agency).where(m.Agency.name == "长治市医师协会")).first()
        if agency is None:
            office = session.scalars(select(m.Authority).where(m.Authority.code == "140400")).one()
            agency = m.Agency(
                name="长治市医师协会", province_id=office.province_id,
                authority_path=office.path, authority_id=office.id,
            )  # fmt: skip
            session.add(agency)
            session.commit()
        return agency.id


@pytest.mark.embedded
def test_an_agency_loses_its_standing_for_two_cycles_and_its_people_their_pages(
    site: Site,
) -> None:
    pk = _free_agency(site)
    city = site.client("city")
    asked = text(city.get(f"/agencies/bar/{pk}"))
    assert "两个考核周期以上" in asked
    for cycles in ("", "1", "11", "x"):
        answer = city.post(
            BAR.format(pk), data={"comment": "弄虚作假", "cycles": cycles},
            follow_redirects=True,
        )  # fmt: skip
        assert "2至10个" in text(answer), cycles
    done = city.post(
        BAR.format(pk), data={"comment": "弄虚作假", "cycles": "2", "next": "/agencies/list/"},
        follow_redirects=True,
    )  # fmt: skip
    assert "已取消资格" in text(done)
    early = city.post(
        f"/steps/agency/{pk}/reinstate", data={"comment": "期满"}, follow_redirects=True
    )
    assert "还须经过2个考核周期" in text(early)
    assert "长治市医师协会" not in city.get("/appointments/add").text


@pytest.mark.embedded
def test_one_with_appointments_in_an_open_cycle_must_be_replaced_first(site: Site) -> None:
    with site.session() as session:
        pk = session.scalars(
            select(m.Appointment.agency_id)
            .join(m.Cycle)
            .where(
                m.Appointment.status == AppointmentStatus.ACTIVE,
                m.Cycle.status == CycleStatus.OPEN,
            )
        ).first()
    answer = site.client("province").post(
        BAR.format(pk), data={"comment": "弄虚作假", "cycles": "2"}, follow_redirects=True
    )
    assert "仍有指派" in text(answer)


def test_the_term_is_counted_in_cycles_that_ended(site: Site) -> None:
    pk, actor = _free_agency(site), site.actor("province")

    with site.session() as session:
        AGENCY.fire(session, pk, "disqualify", actor=actor, at=now(), comment="弄虚作假", facts=2)
        session.commit()
        agency = session.get_one(m.Agency, pk)
        cycle = session.get_one(m.Cycle, agency.barred_since_id)
        assert agency_standing.cycles_left(session, agency) == 2
        cycle.status = CycleStatus.CLOSED
        later = m.Cycle(
            label="99", starts_on=cycle.last_day, last_day=cycle.last_day.replace(year=2090),
            status=CycleStatus.CLOSED, province_id=cycle.province_id,
            authority_path=cycle.authority_path, rules=cycle.rules,
        )  # fmt: skip
        session.flush()
        assert agency_standing.cycles_left(session, agency) == 1
        with pytest.raises(StepRefused):
            AGENCY.fire(session, pk, "reinstate", actor=actor, at=now(), comment="期满")
        session.add(later)
        session.flush()
        AGENCY.fire(session, pk, "reinstate", actor=actor, at=now(), comment="期满")
        assert session.get_one(m.Agency, pk).status is AgencyStatus.ACTIVE
        session.rollback()


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("kind", "beds", "physicians", "is_met"),
    [
        (InstitutionKind.HOSPITAL, 100, 1, True),
        (InstitutionKind.HOSPITAL, 99, 500, False),
        (InstitutionKind.HOSPITAL, None, 500, False),
        (InstitutionKind.MATERNITY, 10, 50, True),
        (InstitutionKind.DISEASE_CONTROL, 500, 49, False),
    ],
)
def test_beds_or_physicians_decide_by_the_kind(
    shared_site: Site, kind: InstitutionKind, beds: int | None, physicians: int, is_met: bool
) -> None:
    with shared_site.session() as session:
        house = m.Institution(id=999_999, kind=kind, beds=beds, physician_count=physicians)
        found = agency_standing.qualification(session, house, CycleRules())

    assert found.is_met is is_met
    assert (found.objection is None) is is_met


@pytest.mark.embedded
def test_the_list_is_drafted_for_a_person_to_publish(site: Site) -> None:
    province = site.client("province")
    answer = province.post("/agencies/publish", follow_redirects=True)
    assert "请核对后发布" in text(answer)
    row = latest(site, m.Announcement)
    with site.session() as session:
        names = session.scalars(
            select(m.Agency.name).where(m.Agency.province_id == row.province_id)
        ).all()
        others = session.scalars(
            select(m.Agency.name).where(m.Agency.province_id != row.province_id)
        ).all()
    assert all(name in row.body for name in names)
    assert not any(name in row.body for name in others)
    assert row.published_at is None


@pytest.mark.embedded
def test_without_an_agency_there_is_no_list_and_the_reason_is_told(site: Site) -> None:
    answer = site.client("city-3").post("/agencies/publish", follow_redirects=True)

    assert answer.status_code == 200
    assert "没有正常的考核机构" in text(answer)


@pytest.mark.embedded
def test_members_of_the_committee_need_a_title_and_have_one_chair(site: Site) -> None:
    agency = site.client("agency")
    said = {"name": "钟正", "post": "CHAIR", "kind": "MEDICAL", "title": "CHIEF", "unit": "某医院"}
    with site.session() as session:
        session.execute(delete(m.CommitteeMember))
        session.commit()
    assert "保存成功" in text(agency.post("/committee/add", data=said, follow_redirects=True))
    low = text(agency.post("/committee/add", data={**said, "post": "MEMBER", "title": "RESIDENT"}))
    assert "中级以上" in low
    assert "已有主任委员“钟正”" in text(
        agency.post("/committee/add", data={**said, "name": "另一"})
    )
    manager = {**said, "name": "管理者", "post": "MEMBER", "kind": "MANAGER", "title": ""}
    agency.post("/committee/add", data=manager)
    pk = latest(site, m.CommitteeMember).id
    assert "管理者" in text(site.client("province").get("/committee/list/"))
    assert "管理者" not in text(site.client("province-sn").get("/committee/list/"))
    assert site.client("province").post(f"/committee/delete/{pk}").status_code == 403
    assert "已删除" in text(agency.post(f"/committee/delete/{pk}", follow_redirects=True))
