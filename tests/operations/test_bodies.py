"""How bodies come into being, and how they are stopped."""

import pytest
from sqlalchemy import select

from app.enums import AgencyKind, AuthorityLevel, BodyStatus
from app.models import Authority, Institution, TrailEntry
from app.operations import bodies
from app.operations.appointments import appoint
from app.security.actor import acting_as, unscoped
from app.security.scope_session import ForeignRow
from app.workflows.agency import AGENCY
from app.workflows.body import AUTHORITY, DEPARTMENT, INSTITUTION
from app.workflows.cycle import open_cycle
from app.workflows.engine import StepForbidden, StepRefused
from tests.support.world import AT, SYSTEM_ADMIN, World


def test_a_path_leads_from_the_nation_to_the_authority_itself(world: World) -> None:
    nation, province, city, county = (
        world.offices[code] for code in ("000000", "140000", "140200", "140213")
    )

    assert [row.path for row in (nation, province, city, county)] == [
        f"/{nation.id}/",
        f"/{nation.id}/{province.id}/",
        f"/{nation.id}/{province.id}/{city.id}/",
        f"/{nation.id}/{province.id}/{city.id}/{county.id}/",
    ]
    assert [row.province_id for row in (nation, province, city, county)] == [
        None,
        province.id,
        province.id,
        province.id,
    ]


def test_a_county_cannot_stand_directly_below_a_province(world: World) -> None:
    with pytest.raises(bodies.BodyRefused, match="级别"):
        world.office("140999", "某区卫生健康局", AuthorityLevel.COUNTY, "140000")


def test_a_division_code_is_used_once(world: World) -> None:
    with pytest.raises(bodies.BodyRefused, match="140400"):
        world.office("140400", "另一委员会", AuthorityLevel.CITY, "140000")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91110000600037341", "18位"),
        ("91110000600037341A", "校验码"),
        ("9111000060003734IL", "不含I"),
    ],
)
def test_an_institution_with_a_wrong_code_is_refused(world: World, code: str, words: str) -> None:
    chief = world.chief("140213")

    with acting_as(chief), pytest.raises(bodies.BodyRefused) as refused:
        bodies.create_institution(
            world.session,
            authority=world.offices["140213"],
            uscc=code,
            name="平城区医院",
            actor=chief,
            at=AT,
        )

    assert words in str(refused.value.message)


def test_a_code_known_elsewhere_in_the_province_is_refused_and_in_another_is_not(
    world: World,
) -> None:
    there, _unit, _clerk = world.hospital("140400", "长治市医院")
    with unscoped("the test reads what it made"):
        code = there.uscc
    attempts = {}
    for office in ("140213", "610100"):
        chief = world.chief(office)
        with acting_as(chief):
            try:
                bodies.create_institution(
                    world.session,
                    authority=world.offices[office],
                    uscc=code,
                    name="同码医院",
                    actor=chief,
                    at=AT,
                )
            except bodies.BodyRefused as refused:
                attempts[office] = str(refused.message)
            else:
                attempts[office] = "created"
            world.session.flush()

    assert attempts == {
        "140213": f"统一社会信用代码“{code}”在本省已登记，请核对。",
        "610100": "created",
    }


def test_an_agency_name_is_used_once_in_a_province(world: World) -> None:
    world.agency("140000", "定期考核中心")

    with pytest.raises(bodies.BodyRefused, match="定期考核中心"):
        world.agency("140400", "定期考核中心")


def test_an_agency_cannot_be_the_office_of_another_province_s_hospital(world: World) -> None:
    hospital, _unit, _clerk = world.hospital("610100", "西安医院")
    chief = world.chief("140000")

    with acting_as(chief), pytest.raises(bodies.BodyRefused, match="同一省"):
        bodies.create_agency(
            world.session,
            authority=world.offices["140000"],
            name="考核办公室",
            kind=AgencyKind.MEDICAL,
            institution=hospital,
            actor=chief,
            at=AT,
        )


def test_a_creation_is_in_the_trail_of_the_body(world: World) -> None:
    hospital, _unit, _clerk = world.hospital("140213", "平城区医院")

    with unscoped("the test reads the trail"):
        entry = world.session.scalars(
            select(TrailEntry).where(TrailEntry.subject == "institution")
        ).one()

        assert (entry.subject_id, entry.institution_id, entry.authority_path, entry.comment) == (
            hospital.id,
            hospital.id,
            world.offices["140213"].path,
            "平城区医院",
        )


def test_an_authority_creates_nothing_outside_its_own_region(world: World) -> None:
    chief = world.chief("140400")

    with acting_as(chief), pytest.raises(ForeignRow):
        bodies.create_institution(
            world.session,
            authority=world.offices["140213"],
            uscc=world.people.uscc(region="140213"),
            name="平城区医院",
            actor=chief,
            at=AT,
        )


def test_a_stopped_department_starts_again_by_its_hospital_only(world: World) -> None:
    _hospital, unit, clerk = world.hospital("140213", "平城区医院")
    chief = world.chief("140213")
    with acting_as(clerk):
        DEPARTMENT.fire(world.session, unit.id, "stop", actor=clerk, at=AT)
        stopped = unit.status
    with acting_as(chief), pytest.raises(StepForbidden):
        DEPARTMENT.fire(world.session, unit.id, "start", actor=chief, at=AT)
    with acting_as(clerk):
        DEPARTMENT.fire(world.session, unit.id, "start", actor=clerk, at=AT)

    assert (stopped, unit.status) == (BodyStatus.STOPPED, BodyStatus.ACTIVE)


def test_the_trail_of_a_stopped_institution_is_its_own(world: World) -> None:
    hospital, _unit, clerk = world.hospital("140213", "平城区医院")
    chief = world.chief("140200")
    with acting_as(chief):
        INSTITUTION.fire(world.session, hospital.id, "stop", actor=chief, at=AT, comment="合并")

    with acting_as(clerk):
        seen = world.session.scalars(
            select(TrailEntry).where(TrailEntry.subject == "institution").order_by(TrailEntry.id)
        ).all()

    assert [(entry.action, entry.comment) for entry in seen] == [
        ("create", "平城区医院"),
        ("stop", "合并"),
    ]


def test_an_authority_with_bodies_below_it_cannot_be_stopped(world: World) -> None:
    world.hospital("140213", "平城区医院")
    chief = world.chief("140000")
    for code, words in (("140200", "下级"), ("140213", "下级"), ("140000", "本级")):
        with acting_as(chief), pytest.raises(StepRefused, match=words):
            AUTHORITY.fire(
                world.session, world.offices[code].id, "stop", actor=chief, at=AT, comment="撤并"
            )


def test_an_empty_authority_is_stopped_and_takes_no_more_bodies(world: World) -> None:
    with acting_as(SYSTEM_ADMIN):
        AUTHORITY.fire(
            world.session,
            world.offices["140213"].id,
            "stop",
            actor=SYSTEM_ADMIN,
            at=AT,
            comment="区划调整",
        )

    with pytest.raises(bodies.BodyRefused, match="已停用"):
        world.hospital("140213", "平城区医院")
    with unscoped("the test counts"):
        assert world.session.scalars(select(Institution)).all() == []
        entry = world.session.scalars(select(TrailEntry).where(TrailEntry.action == "stop")).one()
        path = world.session.get_one(Authority, world.offices["140213"].id).path
        assert entry.authority_path == path


def test_an_appointed_agency_cannot_be_stopped_while_the_cycle_runs(world: World) -> None:
    hospital, _unit, _clerk = world.hospital("140213", "平城区医院")
    agency, cycle = world.agency("140000", "考核中心"), world.cycle("140000")
    chief = world.chief("140000")
    with acting_as(chief):
        appoint(world.session, institution=hospital, agency=agency, cycle=cycle, actor=chief, at=AT)
        open_cycle(world.session, cycle, actor=chief, at=AT)
        with pytest.raises(StepRefused, match="改派"):
            AGENCY.fire(world.session, agency.id, "stop", actor=chief, at=AT, comment="撤销")
