"""考核报名 as a draft: everything typed is kept, and nothing foreign is taken."""

import pytest
from sqlalchemy import func, select, update

from app.enums import (
    AssessmentStatus,
    BodyStatus,
    EthicsGrade,
    EthicsItem,
)
from app.models import (
    Department,
    Registration,
    Subject,
)
from app.operations import registrations
from app.views.clock import today
from tests.support.physicians import (
    FORM_URL as URL,
)
from tests.support.physicians import (
    case_of,
    form_values,
    physician,
    registration_of,
    send,
    status_of,
    stored,
)
from tests.support.site import Site

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both

S = AssessmentStatus


@pytest.fixture
def who(site: Site) -> str:
    """A physician who was confirmed and has typed nothing yet."""
    return physician(site, S.AWAITING_FORM, is_begun=False)


def test_an_untouched_form_offers_what_is_known_and_says_that_nothing_is_submitted(
    site: Site, who: str
) -> None:
    page = site.client(who).get(URL).text

    with site.session() as session:
        person = case_of(session, who).physician
        known = (person.phone, str(person.department_id), person.id_masked, person.id_number)
        assert registration_of(session, who) is None, "looking writes nothing"
    values = form_values(page)
    assert (values["phone"], values["department_id"]) == known[:2]
    assert "未提交：保存草稿不等于提交。" in page
    assert known[2] in page
    assert known[3] not in page


def test_a_draft_with_partial_data_is_kept_and_not_submitted(site: Site, who: str) -> None:
    client = site.client(who)
    changes = {"position": "医疗组长", "ethics-RIGHTS": "EXCELLENT"}

    answer = send(client, "save", changes)
    again = form_values(client.get(URL).text)

    assert answer.status_code == 302
    kept = stored(site, who)
    assert kept["position"] == "医疗组长"
    assert kept["ethics"][EthicsItem.RIGHTS] is EthicsGrade.EXCELLENT
    assert kept["ethics"][EthicsItem.SERVICE] is None
    assert (again["position"], again["ethics-RIGHTS"]) == ("医疗组长", "EXCELLENT")
    assert status_of(site, who) is S.AWAITING_FORM


def test_unreadable_values_are_told_and_kept_as_typed_while_the_rest_is_saved(
    site: Site, who: str
) -> None:
    client = site.client(who)
    year = today().year
    months, visits = f"work-y{year}-months_present", f"work-y{year}-outpatients"
    wrong = {months: "十二", "title_since": "2020年", "phone": "12345", "email": "nowhere"}

    answer = send(client, "save", {**wrong, visits: "３２０", "position": "组长"})

    assert answer.status_code == 200
    shown = form_values(answer.text)
    assert {name: shown[name] for name in wrong} == wrong
    assert answer.text.count('aria-invalid="true"') == len(wrong)
    kept = stored(site, who)
    assert kept["position"] == "组长"
    assert kept["phone"] != "12345"
    with site.session() as session:
        row = registration_of(session, who)
        assert row is not None
        typed = next(one for one in row.work_years if one.year == year)
        assert (typed.months_present, typed.outpatients) == (None, 320)


@pytest.mark.parametrize("typed", ["13", "-1", "1.5", "99999999999"])
def test_months_outside_a_year_are_refused_beside_the_field(
    site: Site, who: str, typed: str
) -> None:
    name = f"work-y{today().year}-months_present"

    answer = send(site.client(who), "save", {name: typed})

    assert form_values(answer.text)[name] == typed
    assert set(stored(site, who)["months"]) == {None}


def test_a_disabled_department_is_neither_offered_nor_taken(site: Site, who: str) -> None:
    with site.session() as session:
        own = case_of(session, who).physician.department_id
        institution = case_of(session, who).institution_id
        other = session.scalars(
            select(Department).where(Department.institution_id == institution, Department.id != own)
        ).first()
        session.execute(
            update(Department)
            .where(Department.id == other.id)
            .values({"status": BodyStatus.STOPPED})
        )
        name, wanted = other.name, str(other.id)
        session.commit()
    client = site.client(who)

    answer = send(client, "save", {"department_id": wanted})

    assert "请从本机构已启用的科室中选择。" in answer.text
    assert f">{name}</option>" not in answer.text
    assert stored(site, who)["department"] == own
    assert client.get(f"{URL}specialties?department={wanted}").status_code == 404


def test_a_department_of_another_hospital_is_not_taken(site: Site, who: str) -> None:
    with site.session() as session:
        own = case_of(session, who)
        foreign = session.scalars(
            select(Department).where(Department.institution_id != own.institution_id)
        ).first()
        wanted, kept = str(foreign.id), own.physician.department_id
    client = site.client(who)

    answer = send(client, "save", {"department_id": wanted})

    assert answer.status_code == 200
    assert stored(site, who)["department"] == kept
    assert client.get(f"{URL}specialties?department={wanted}").status_code == 404


def test_a_specialty_of_another_department_is_refused(site: Site, who: str) -> None:
    with site.session() as session:
        department = case_of(session, who).physician.department_id
        allowed = {row.id for row in registrations.specialties(session, department_id=department)}
        foreign = session.scalars(select(Subject).where(Subject.id.not_in(allowed))).first()
        wanted = str(foreign.id)

    answer = send(site.client(who), "save", {"specialty_id": wanted})

    assert "请从所选科室的关联诊疗科目中选择从事专业。" in answer.text
    assert stored(site, who)["specialty"] is None


def test_specialties_follow_the_department_with_and_without_scripts(site: Site, who: str) -> None:
    with site.session() as session:
        case = case_of(session, who)
        other = next(
            row
            for row in registrations.enabled_departments(
                session, institution_id=case.institution_id
            )
            if row.id != case.physician.department_id
        )
        expected = registrations.specialties(session, department_id=other.id)
        department, options = str(other.id), {str(row.id) for row in expected}
    client = site.client(who)

    by_script = client.get(f"{URL}specialties?department={department}").json
    by_button = send(client, "specialties", {"department_id": department, "specialty_id": ""})
    redrawn = client.get(by_button.location).text

    assert {row["value"] for row in (by_script or {})["options"]} == options
    assert all(f'value="{one}"' in redrawn for one in options)


def test_experiences_are_added_and_removed_without_losing_the_others(site: Site, who: str) -> None:
    client = site.client(who)
    values = form_values(client.get(URL).text)
    for number, place in enumerate(("甲院", "乙院", "丙院")):
        answer = client.post(URL, data=values | {"action": "add_experience"})
        values = form_values(answer.text)
        values |= {
            f"experiences-{number}-started_on": f"201{number}-01-01",
            f"experiences-{number}-place": place,
        }
    client.post(URL, data=values | {"action": "save"})

    send(client, "remove_experience:1", {"position": "主任"})

    kept = stored(site, who)
    assert (kept["places"], kept["position"]) == (["甲院", "丙院"], "主任")


def test_an_incomplete_experience_stays_on_the_page_until_it_is_completed(
    site: Site, who: str
) -> None:
    client = site.client(who)
    typed = {"experiences-0-place": "甲院", "experiences-0-started_on": ""}

    answer = send(client, "save", {**typed, "position": "主任"})
    values = form_values(answer.text)

    assert values["experiences-0-place"] == "甲院"
    assert stored(site, who)["places"] == []
    assert stored(site, who)["position"] == "主任"
    values["experiences-0-started_on"] = "2015-07-01"
    assert client.post(URL, data=values | {"action": "save"}).status_code == 302
    assert stored(site, who)["places"] == ["甲院"]


def test_the_second_of_two_windows_overwrites_nothing_unasked(site: Site, who: str) -> None:
    client = site.client(who)
    opened = form_values(client.get(URL).text)
    send(client, "save", {"position": "先保存"})

    answer = client.post(URL, data=opened | {"position": "后保存", "action": "save"})

    assert "已在别处" in answer.text
    assert stored(site, who)["position"] == "先保存"
    values = form_values(answer.text)
    assert values["position"] == "后保存"
    client.post(URL, data=values | {"action": "save"})
    assert stored(site, who)["position"] == "后保存"


def test_only_physicians_have_the_form(site: Site) -> None:
    for username in ("hospital", "agency", "province", "sysadmin"):
        assert site.client(username).get(URL).status_code == 403


def test_a_physician_reaches_nobody_elses_registration(site: Site, who: str) -> None:
    with site.session() as session:
        everybody = session.scalar(select(func.count()).select_from(Registration))
    send(site.client(who), "save", {"position": "主任"})

    with site.session(who) as session:
        rows = session.scalars(select(Registration)).all()
        assert [row.position for row in rows] == ["主任"]
    with site.session() as session:
        assert session.scalar(select(func.count()).select_from(Registration)) == everybody + 1
