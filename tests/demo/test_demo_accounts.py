"""The demo's accounts: who can sign in, and what they then see."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demo import is_loaded, load, renew_initial_accounts, summary
from app.demo.loading import DemoLoaded
from app.enums import (
    AccountState,
    AssessmentStatus,
    BodyStatus,
    Role,
)
from app.models import (
    Account,
    Agency,
    Appointment,
    Assessment,
    Department,
    Identity,
    Institution,
    Physician,
)
from app.operations.physicians import id_index
from app.periods import local_day
from app.security.actor import Actor, acting_as, unscoped
from app.security.passwords import verify_password
from tests.demo.conftest import AT

TODAY = local_day(AT)


def institution(session: Session, name: str) -> Institution:
    return session.scalars(select(Institution).where(Institution.name == name)).one()


def account(session: Session, username: str) -> Account:
    return session.scalars(select(Account).where(Account.username == username)).one()


def actor(session: Session, username: str) -> Actor:
    with unscoped("the test signs in"):
        row = account(session, username)
        hat = row.identities[0]
        return Actor(
            role=hat.role,
            name=row.person_name,
            account_id=row.id,
            province_id=hat.province_id,
            authority_path=hat.authority_path,
            authority_id=hat.authority_id,
            institution_id=hat.institution_id,
            agency_id=hat.agency_id,
        )


def test_the_new_hospital_has_nothing_yet(demo: Session) -> None:
    with unscoped("the test looks behind the curtain"):
        new = institution(demo, "长治市医院")
        clerk = account(demo, "hospital-new")
        rows = [
            demo.scalar(select(func.count(model.id)).where(model.institution_id == new.id))
            for model in (Department, Physician)
        ]

        assert rows == [0, 0]
        assert new.authority.name == "长治市卫生健康委员会"
        assert (clerk.state, clerk.password) == (AccountState.INITIAL, None)
        assert clerk.initial_until == AT + timedelta(hours=72)


def test_a_stopped_department_is_there_to_be_started(demo: Session) -> None:
    with unscoped("the test looks behind the curtain"):
        home = institution(demo, "平城区医院")
        stopped = demo.scalars(
            select(Department.name).where(
                Department.institution_id == home.id, Department.status == BodyStatus.STOPPED
            )
        ).all()

    assert stopped == ["妇科"]


def test_the_printed_accounts_open_with_the_printed_password(demo: Session) -> None:
    printed = summary(demo)
    with unscoped("the test looks behind the curtain"):
        stored = set(
            demo.scalars(select(Account.password).where(Account.state == AccountState.ACTIVE))
        )

    assert {line.username: line.roles for line in printed.accounts} == {
        "sysadmin": (Role.SYSTEM_ADMIN,),
        "secadmin": (Role.SECURITY_ADMIN,),
        "auditor": (Role.AUDIT_ADMIN,),
        "province": (Role.AUTHORITY,),
        "city": (Role.AUTHORITY,),
        "county": (Role.AUTHORITY,),
        "hospital": (Role.INSTITUTION, Role.AGENCY),
        "hospital-new": (Role.INSTITUTION,),
        "agency": (Role.AGENCY,),
        "proctor": (Role.PROCTOR,),
        "province-sn": (Role.AUTHORITY,),
        "hospital-sn": (Role.INSTITUTION,),
        "140213198507281025": (Role.PHYSICIAN,),
        "140213199003161040": (Role.PHYSICIAN,),
    }
    assert {line.username for line in printed.accounts if line.state is AccountState.INITIAL} == {
        "hospital-new",
        "140213199003161040",
    }
    (only,) = stored
    assert verify_password(printed.password, stored=only)


@pytest.mark.parametrize("number", ["140213198507281025", "140213199003161040"])
def test_a_printed_physician_has_yet_to_fill_in_the_form(demo: Session, number: str) -> None:
    with unscoped("the test looks behind the curtain"):
        hat = demo.scalars(
            select(Identity)
            .join(Physician, Physician.id == Identity.physician_id)
            .where(Physician.id_index == id_index(number))
        ).one()
        case = demo.scalars(
            select(Assessment).where(Assessment.physician_id == hat.physician_id)
        ).one()

        assert case.status is AssessmentStatus.AWAITING_FORM
        assert case.institution.name == "平城区医院"
        assert hat.account.username == id_index(number)


def test_the_hospitals_are_entrusted_to_two_agencies(demo: Session) -> None:
    with unscoped("the test looks behind the curtain"):
        found = demo.execute(
            select(Institution.name, Agency.name)
            .join(Appointment, Appointment.institution_id == Institution.id)
            .join(Agency, Agency.id == Appointment.agency_id)
        )

        assert dict(found.all()) == {
            "长治市医院": "长治医师定期考核中心",
            "平城区医院": "长治医师定期考核中心",
            "大同市中医医院": "平城区医院考核办公室",
            "潞州区医院": "长治医师定期考核中心",
            "雁塔区医院": "西安医师定期考核委员会",
        }


@pytest.mark.parametrize(
    ("username", "hospitals"),
    [
        ("hospital", {"平城区医院"}),
        ("county", {"平城区医院"}),
        ("city", {"潞州区医院"}),
        ("province", {"平城区医院", "大同市中医医院", "潞州区医院"}),
        ("agency", {"平城区医院", "潞州区医院"}),
        ("hospital-sn", {"雁塔区医院"}),
        ("province-sn", {"雁塔区医院"}),
        ("sysadmin", set()),
    ],
)
def test_an_account_sees_the_cases_of_its_own_hospitals(
    demo: Session, username: str, hospitals: set[str]
) -> None:
    with acting_as(actor(demo, username)):
        seen = set(demo.scalars(select(Assessment.institution_id).distinct()))

    with unscoped("the test names what was seen"):
        names = demo.scalars(select(Institution.name).where(Institution.id.in_(seen)))
        assert set(names) == hospitals


def test_accounts_that_nobody_has_opened_are_renewed(demo: Session) -> None:
    later = AT + timedelta(days=30)
    with unscoped("the test opens one of them"):
        account(demo, "hospital-new").last_login = AT
        demo.flush()

    renewed = renew_initial_accounts(demo, at=later)

    with unscoped("the test looks behind the curtain"):
        until = {
            row.username: row.initial_until
            for row in demo.scalars(select(Account).where(Account.initial_until > AT))
        }
    assert renewed == 1
    assert until == {
        "hospital-new": AT + timedelta(hours=72),
        id_index("140213199003161040"): later + timedelta(hours=72),
    }


def test_it_is_not_loaded_twice(demo: Session) -> None:
    assert is_loaded(demo)
    with pytest.raises(DemoLoaded):
        load(demo, at=AT)
