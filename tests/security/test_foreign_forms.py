"""Foreign ids in the fields of one's own forms: refused, and nothing of anybody is stored."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import models as m
from app.enums import AssessmentStatus, ParticipationStatus, Role
from app.security.id_numbers import mask_id_number
from app.workflows.registry import WORKFLOWS
from tests.security import foreign
from tests.security.foreign import ATTACKERS, Reach, fingerprints
from tests.support.site import Site
from tests.views.administration import uscc

pytestmark = pytest.mark.embedded

NUMBER = "140213198503150012"


def ids(site: Site, model: Any, *where: Any) -> list[int]:
    """Give the ids of rows, whoever's they are."""
    with site.session() as session:
        return list(session.scalars(select(model.id).where(*where).order_by(model.id)))


def changed(before: Mapping[str, str], site: Site) -> set[str]:
    """Name the tables that differ."""
    after = fingerprints(site)
    return {name for name in after if after[name] != before[name]}


def newcomer(department: int, **more: Any) -> dict[str, Any]:
    """Give a valid 新增医师 but for the department."""
    return {
        "name": "史无前", "id_type": "PASSPORT", "id_number": "E12345678", "sex": "MALE",
        "birth_date": "1985-03-15", "ethnic_group": "汉族", "education": "BACHELOR",
        "phone": "13900001111", "department_name": str(department), "level": "PHYSICIAN",
        "category": "CLINICAL", "practice_scope": "内科专业", "title": "ATTENDING",
        "licensed_on": "2012-07-01", "first_registered_on": "2012-07-01",
        "licence_code": "110140213000999",
        **more,
    }  # fmt: skip


def test_a_new_physician_cannot_be_put_into_a_foreign_department(site: Site) -> None:
    browser, before = site.client("hospital"), fingerprints(site)
    own = ids(site, m.Department, m.Department.institution_id == 2)[0]

    for other in ids(site, m.Department, m.Department.institution_id != 2):
        assert browser.post("/physicians/add", data=newcomer(other)).status_code == 200
    assert changed(before, site) == set()

    answer = browser.post("/physicians/add", data=newcomer(own))
    assert answer.status_code == 302, answer.text
    assert "physician" in changed(before, site)


def test_extra_fields_do_not_choose_owner_state_or_account_of_a_new_physician(site: Site) -> None:
    own = ids(site, m.Department, m.Department.institution_id == 2)[0]
    extra = {
        "institution_id": "7", "province_id": "9", "authority_path": "/1/9/", "version": "77",
        "id": "1", "id_masked": "x", "id_index": "y", "status": "CONFIRMED", "role": "AUTHORITY",
        "account_id": "1", "department_id": "60", "created_at": "2000-01-01",
    }  # fmt: skip

    assert site.client("hospital").post("/physicians/add", data=newcomer(own, **extra)).location

    with site.session() as session:
        row = session.scalars(select(m.Physician).order_by(m.Physician.id.desc())).first()
        hat = session.scalars(select(m.Identity).where(m.Identity.physician_id == row.id)).one()
        part = session.scalars(
            select(m.Participation).where(m.Participation.physician_id == row.id)
        ).one()
        assert (row.institution_id, row.province_id, row.department_id) == (2, 2, own)
        assert (row.version, row.id_masked) == (1, mask_id_number("E12345678"))
        assert (hat.role, part.status) == (Role.PHYSICIAN, ParticipationStatus.UNCONFIRMED)


def test_a_person_of_another_hospital_cannot_be_taken_over_by_number(site: Site) -> None:
    """Not in the province, and across provinces the account stays out of the newcomer's reach."""
    with site.session() as session:
        victim = session.scalars(
            select(m.Physician).where(m.Physician.institution_id == 2).order_by(m.Physician.id)
        ).first()
        number, name = victim.id_number, victim.name
        account = select(m.Account).join(m.Identity)
        statement = account.where(m.Identity.physician_id == victim.id)
        before = session.scalars(statement).one()
        state, password, account_id = before.state, before.password, before.id
    typed = {"id_type": "RESIDENT", "id_number": number, "birth_date": "", "sex": ""}
    near = ids(site, m.Department, m.Department.institution_id == 3)[0]
    far = ids(site, m.Department, m.Department.institution_id == 7)[0]

    refused = site.client("hospital-3").post("/physicians/add", data=newcomer(near, **typed))
    assert refused.status_code == 200
    assert "在本省其他机构已登记" in refused.text
    assert name not in refused.text
    assert "平城区医院" not in refused.text
    with site.session() as session:  # a linked province takes nobody up by hand
        session.execute(update(m.RegistryLink).values(is_linked=False))
        session.commit()
    site.client("hospital-sn").post("/physicians/add", data=newcomer(far, **typed))
    taken = ids(site, m.Physician, m.Physician.institution_id == 7)[-1]
    answer = site.client("hospital-sn").post(f"/physicians/reset/{taken}", follow_redirects=True)

    assert "还有其他单位的身份" in answer.text
    with site.session() as session:
        after = session.get_one(m.Account, account_id)
        assert (after.state, after.password) == (state, password)
        assert len(after.identities) == 2


@pytest.fixture
def drafting(site: Site) -> tuple[Any, Reach]:
    """A physician who fills in the form, and what that physician may see."""
    who = ATTACKERS["physician"]
    return foreign.client(site, who), Reach(site, who)


def test_a_registration_takes_no_foreign_department(
    site: Site, drafting: tuple[Any, Reach]
) -> None:
    browser, reach = drafting
    others = [row.id for row in reach.rows(m.Department)[1]]
    version = "0"
    for other in (others[0], others[-1]):
        browser.post(
            "/registration/", data={"version": version, "department_id": other, "action": "save"}
        )
        with site.session() as session:
            stored = session.scalars(
                select(m.Registration).where(
                    m.Registration.physician_id == reach.actor.physician_id
                )
            ).one_or_none()
            assert stored is None or stored.department_id not in others
            version = str(stored.version) if stored else "0"


def test_a_registration_touches_no_foreign_experience_or_file(
    demo_template: str, database_server: Any, tmp_path: Any
) -> None:
    with foreign.marked_site(demo_template, database_server, tmp_path) as site:
        reach = Reach(site, ATTACKERS["physician"])
        browser = foreign.client(site, ATTACKERS["physician"])
        experience = reach.rows(m.Experience)[1][0]
        own_files, files = reach.rows(m.Attachment)
        with site.session() as session:
            stored = session.scalars(
                select(m.Registration).where(
                    m.Registration.physician_id == reach.actor.physician_id
                )
            ).one_or_none()
            version = stored.version if stored else 0
        form = {
            "version": str(version),
            "experiences-0-row": str(experience.id),
            "experiences-0-started_on": "2015-01-01",
            "experiences-0-place": "偷来的医院",
        }
        browser.post("/registration/", data={**form, "action": "save"})
        mine = m.Experience.physician_id == reach.actor.physician_id
        with site.session() as session:
            assert "偷来的医院" in session.scalars(select(m.Experience.place).where(mine)).all()
        for one in (files[0], files[-1]):
            with site.session() as session:
                now_there = session.scalars(
                    select(m.Registration.version).where(
                        m.Registration.physician_id == reach.actor.physician_id
                    )
                ).one()
            action = f"remove_attachment:{one.id}"
            browser.post("/registration/", data={"version": str(now_there), "action": action})
        with site.session() as session:
            assert session.get_one(m.Experience, experience.id).place == experience.place
            count = session.scalar(select(func.count(m.Attachment.id)))
            assert count == len(files) + len(own_files)


def test_an_authority_appoints_neither_foreign_institutions_nor_agencies_nor_cycles(
    site: Site,
) -> None:
    browser, before = site.client("city-2"), fingerprints(site)
    own = {"institutions": ["3"], "agency_id": "2", "cycle_id": "1"}
    wrong = (
        {**own, "institutions": ["4"]}, {**own, "institutions": ["3", "7"]},
        {**own, "institutions": ["5", "6"]}, {**own, "agency_id": "3"},
        {**own, "cycle_id": "2"}, {**own, "institutions": ["x"]}, {**own, "agency_id": "9" * 40},
    )  # fmt: skip

    for form in wrong:
        assert browser.post("/appointments/add", data=form).status_code == 200, form
        chosen = browser.post("/appointments/chosen", data={"ids": form["institutions"]})
        assert chosen.status_code in (200, 400)
        for name in ("潞州区医院", "雁塔区医院", "太原市第二综合医院", "西安"):
            assert name not in chosen.text
    assert changed(before, site) == set()

    assert browser.post("/appointments/add", data=own).status_code == 302
    assert "appointment" in changed(before, site)


def test_a_bulk_step_moves_no_foreign_row_however_it_is_chosen(site: Site) -> None:
    waiting = m.Participation.status == ParticipationStatus.UNCONFIRMED
    own = ids(site, m.Participation, waiting, m.Participation.institution_id == 2)
    others = ids(site, m.Participation, waiting, m.Participation.institution_id != 2)
    with site.session() as session:
        name = session.scalars(
            select(m.Physician.name)
            .join(m.Participation, m.Participation.physician_id == m.Physician.id)
            .where(m.Participation.id == others[0])
        ).one()
    url, browser = "/steps/participation/bulk/confirm?view=PhysicianView", site.client("hospital")
    before = fingerprints(site)

    browser.post(url, data={"ids": others[:150]})
    browser.post(url, data={"ids": ["9" * 30, "-1", "x", "0", "９"]})
    browser.post(url, data={"scope": "filter", "department": "60"})
    browser.post(f"{url}&institution_id=3", data={"ids": others[:9], "institution_id": "3"})
    assert changed(before, site) == set()

    browser.post(url, data={"scope": "filter", "name": name, "id": others[0]})
    browser.post(url, data={"ids": [*own[:1], *others[:9]]})
    assert ids(site, m.Participation, waiting, m.Participation.institution_id != 2) == others
    assert own[0] not in ids(site, m.Participation, waiting)


@pytest.mark.parametrize(
    ("username", "role", "view", "status"),
    [
        ("hospital", None, "AccountView", 403),
        ("hospital", None, "InstitutionView", 403),
        ("hospital", None, "DepartmentView", 400),
        ("hospital", None, "StepView", 404),
        ("hospital", None, "", 404),
        ("hospital", Role.AGENCY, "PhysicianView", 403),
        ("city-2", None, "PhysicianView", 403),
        ("proctor", None, "ProgressView", 403),
    ],
)
def test_a_bulk_step_chooses_from_lists_of_its_own_rows_only(
    site: Site, username: str, role: Role | None, view: str, status: int
) -> None:
    before = fingerprints(site)
    answer = site.client(username, role).post(
        f"/steps/participation/bulk/confirm?view={view}", data={"ids": ["1", "2", "3"]}
    )

    assert answer.status_code == status
    assert changed(before, site) == set()


def test_only_steps_made_for_it_go_in_bulk(site: Site) -> None:
    """What follows a step of one row, such as dropping the case, must not be left out for many."""
    views = {
        "participation": ("hospital", None, "PhysicianView"),
        "assessment": ("hospital", None, "GeneralReviewView"),
        "exemption": ("hospital", None, "ExemptionReviewView"),
        "mentorship_change": ("hospital", None, "MentorshipChangeView"),
        "correction": ("hospital", None, "CorrectionView"),
        "practice_place": ("hospital", None, "PracticePlaceView"),
        "transfer_request": ("hospital", None, "TransferRequestView"),
        "outside_opinion": ("hospital", None, "OutsideOpinionView"),
        "recusal": ("hospital", Role.AGENCY, "RecusalView"),
        "agency_application": ("province", None, "AgencyApplicationReviewView"),
        "deferral": ("hospital", None, "DeferralReviewView"),
        "department": ("hospital", None, "DepartmentView"),
        "institution": ("province", None, "InstitutionView"),
        "agency": ("province", None, "AgencyView"),
        "authority": ("province", None, "AuthorityView"),
        "cycle": ("province", None, "CycleView"),
        "paper": ("hospital", Role.AGENCY, "PaperView"),
        "proctoring": ("hospital", Role.AGENCY, "ProctoringView"),
        "question": ("province", None, "QuestionView"),
        "appointment": ("province", None, "AppointmentView"),
        "registry_conflict": ("province-sn", None, "RegistryConflictView"),
        "conclusion": ("province", None, "ConclusionView"),
        "certificate": ("province", None, "CertificateView"),
        "objection": ("hospital", Role.AGENCY, "ObjectionView"),
        "remedy": ("hospital", None, "RemedyView"),
    }
    assert set(views) == set(WORKFLOWS)
    before = fingerprints(site)
    for name, (username, role, view) in views.items():
        table = WORKFLOWS[name]
        every = [str(pk) for pk in ids(site, table.model)][:150]
        for row in table.transitions:
            if row.name in table.bulk_effects:
                continue
            for who, hat in ((username, role), ("agency", None), ("county", None)):
                shown = "GeneralRecheckView" if who == "agency" else view
                url = f"/steps/{name}/bulk/{row.button}?view={shown}"
                data = {"ids": every, "comment": "批量"}
                assert site.client(who, hat).post(url, data=data).status_code in (400, 403, 404)

    assert changed(before, site) == set()


def account(**changes: str) -> dict[str, str]:
    """Give a form of 新增账号."""
    return {"role": "INSTITUTION", "body": "大同市中医医院", "username": "intruder",
            "name": "外来人", **changes}  # fmt: skip


def test_an_authority_opens_no_account_of_another_area_or_of_a_higher_role(site: Site) -> None:
    browser, before = site.client("city-2"), fingerprints(site)
    with site.session() as session:
        code = session.get_one(m.Institution, 7).uscc
    for form in (
        account(body="雁塔区医院"), account(body=code), account(body="潞州区医院"),
        account(role="AGENCY", body="西安医师定期考核委员会"),
        account(role="AUTHORITY", body="长治市卫生健康委员会"),
        account(role="AUTHORITY", body="大同市卫生健康委员会"),
        account(role="AUTHORITY", body="山西省卫生健康委员会"),
        account(role="SYSTEM_ADMIN", body=""), account(role="SECURITY_ADMIN", body=""),
        account(role="SYSTEM", body=""), account(role="PHYSICIAN"), account(role="nosuch"),
    ):  # fmt: skip
        answer = browser.post("/accounts/add", data=form)
        assert answer.status_code == 200, form
        assert "intruder" not in str(ids_by_name(site)), form
    assert changed(before, site) == set()

    assert browser.post("/accounts/add", data=account()).status_code == 200
    assert "intruder" in ids_by_name(site)


def ids_by_name(site: Site) -> list[str]:
    """Give all account names."""
    with site.session() as session:
        return list(session.scalars(select(m.Account.username)))


@pytest.mark.parametrize("path", ["/accounts/add", "/accounts/grant/16", "/roles/add"])
@pytest.mark.parametrize("username", ["hospital", "agency", "proctor"])
def test_a_hospital_opens_no_account_and_grants_nothing(
    site: Site, username: str, path: str
) -> None:
    before = fingerprints(site)
    form = {**account(role="AUTHORITY"), "roles": ["1", "2"], "institution_id": "3"}

    assert site.client(username).post(path, data=form).status_code == 403
    assert changed(before, site) == set()


def test_bodies_are_not_founded_below_somebody_else(site: Site) -> None:
    browser, before = site.client("city-2"), fingerprints(site)
    house = {
        "name": "外来医院", "uscc": uscc(4711), "kind": "HOSPITAL", "grade": "UNGRADED",
        "ownership": "NON_PROFIT", "contact_person": "外来人", "username": "outsider",
    }  # fmt: skip
    agency = {"name": "外来考核机构", "kind": "MEDICAL", "contact_person": "外来人",
              "username": "outsider"}  # fmt: skip
    office = {"name": "外来卫生局", "code": "140999"}
    for foreign_id in ("1", "2", "3", "7", "9", "11", "99", "x", "9" * 30):
        for path, form in (
            ("/institutions/add", {**house, "authority_id": foreign_id}),
            ("/agencies/add", {**agency, "authority_id": foreign_id}),
            ("/authorities/add", {**office, "parent_id": foreign_id}),
        ):
            assert browser.post(path, data=form).status_code in (200, 403), (path, foreign_id)
    for host in ("雁塔区医院", "潞州区医院"):
        form = {**agency, "authority_id": "4", "host": host}
        assert browser.post("/agencies/add", data=form).status_code == 200
    assert changed(before, site) == set()

    extra = {"status": "STOPPED", "province_id": "9", "authority_path": "/1/9/", "version": "9",
             "confirmed_cycle_id": "2", "id": "3"}  # fmt: skip
    answer = browser.post("/institutions/add", data={**house, "authority_id": "4", **extra})
    assert "outsider" in answer.text
    with site.session() as session:
        row = session.scalars(select(m.Institution).where(m.Institution.name == "外来医院")).one()
        assert (row.authority_id, row.province_id, row.status.name) == (4, 2, "ACTIVE")
        assert (row.authority_path, row.version, row.confirmed_cycle_id) == ("/1/2/4/", 1, None)


EXTRA = {
    "id": "999", "status": "STOPPED", "result": "PASS", "institution_id": "3", "province_id": "9",
    "authority_path": "/1/9/10/11/", "authority_id": "11", "agency_id": "3", "cycle_id": "2",
    "physician_id": "1", "role": "SYSTEM_ADMIN", "state": "ACTIVE", "path": "/", "parent_id": "1",
    "level": "NATION", "code": "000001", "uscc": "123456789012345678", "confirmed_cycle_id": "2",
    "may_apply_as_agency": "", "submitted_at": "2024-01-01", "procedure": "GENERAL",
}  # fmt: skip
PROTECTED = (
    "id", "status", "result", "institution_id", "province_id", "authority_path", "authority_id",
    "agency_id", "cycle_id", "physician_id", "path", "parent_id", "code",
)  # fmt: skip


def edits(site: Site) -> list[tuple[str, str, type[Any], int, dict[str, Any]]]:
    """Give who edits what with which valid form."""
    with site.session() as session:
        unit = session.scalars(select(m.Department).where(m.Department.institution_id == 2)).first()
        house = session.get_one(m.Institution, 2)
        person = {"contact_person": "新联系人", "contact_phone": "0352-5000001"}
        kinds = {"kind": "HOSPITAL", "grade": "SECOND_A", "ownership": "NON_PROFIT"}
        subjects, pk = [str(link.subject_id) for link in unit.links], unit.id
        department = {"name": "新科室名", "subjects": subjects, "version": str(unit.version)}
        profile = {**person, **kinds, "name": house.name, "version": str(house.version)}
        body = {**person, **kinds, "name": house.name, "uscc": house.uscc}
    agency = {**person, "name": "新名考核机构", "kind": "MEDICAL"}
    office = {**person, "name": "新名卫生局"}
    return [
        ("hospital", f"/departments/edit/{pk}", m.Department, pk, department),
        ("hospital", "/institution/profile", m.Institution, 2, profile),
        ("city-2", "/institutions/edit/2", m.Institution, 2, body),
        ("county", "/agencies/edit/2", m.Agency, 2, agency),
        ("city-2", "/authorities/edit/6", m.Authority, 6, office),
    ]


def test_extra_fields_of_an_edit_change_nothing_that_is_not_in_the_form(site: Site) -> None:
    for username, path, model, pk, form in edits(site):
        with site.session() as session:
            row = session.get_one(model, pk)
            kept = {name: getattr(row, name) for name in PROTECTED if hasattr(row, name)}
        before = fingerprints(site)

        answer = site.client(username).post(path, data={**EXTRA, **form})

        assert answer.status_code == 302, (path, answer.text)
        assert model.__tablename__ in changed(before, site), path
        touched = {
            model.__tablename__,
            "trail_entry",
            "setting",
        }  # a version that pages are kept by
        assert changed(before, site) <= touched, path
        with site.session() as session:
            row = session.get_one(model, pk)
            assert {name: getattr(row, name) for name in kept} == kept, path
            assert getattr(row, "confirmed_cycle_id", 1) in (None, 1)


def test_extra_fields_of_a_registration_choose_neither_state_nor_owner(
    site: Site, drafting: tuple[Any, Reach]
) -> None:
    browser, reach = drafting
    mine = m.Assessment.physician_id == reach.actor.physician_id
    with site.session() as session:
        before = session.scalars(select(m.Assessment).where(mine)).one()
        kept = (before.status, before.result, before.institution_id, before.agency_id)
        stored = before.participation.registration
        version = str(stored.version if stored else 0)

    browser.post("/registration/", data={**EXTRA, "version": version, "phone": "13900001112"})

    with site.session() as session:
        after = session.scalars(select(m.Assessment).where(mine)).one()
        assert (after.status, after.result, after.institution_id, after.agency_id) == kept
        draft = after.participation.registration
        assert (draft.phone, draft.institution_id, draft.province_id) == ("13900001112", 2, 2)
        assert draft.physician_id == reach.actor.physician_id


def test_a_steps_form_chooses_neither_target_nor_owner(site: Site) -> None:
    waiting = m.Assessment.status == AssessmentStatus.AWAITING_INSTITUTION
    case = ids(site, m.Assessment, waiting, m.Assessment.institution_id == 2)[0]
    form = {
        **EXTRA, "comment": "请补充", "target": "COMPLETED", "to_status": "COMPLETED",
        "status": "COMPLETED", "actor": "1", "at": "2024-01-01",
    }  # fmt: skip

    site.client("hospital").post(f"/steps/assessment/{case}/institution_reject", data=form)

    with site.session() as session:
        row = session.get_one(m.Assessment, case)
        assert (row.status, row.result) == (AssessmentStatus.INSTITUTION_REJECTED, None)
        assert (row.institution_id, row.agency_id, row.cycle_id) == (2, 1, 1)
