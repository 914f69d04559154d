"""Physicians one by one: taken up, looked at, reset and deleted by a clerk."""

import re
from datetime import date
from typing import Any

from sqlalchemy import select, update

from app.enums import AccountState, Role
from app.enums import ParticipationStatus as P
from app.models import (
    Account,
    Conclusion,
    Identity,
    Participation,
    Physician,
    TrailEntry,
)
from app.security.actor import unscoped
from tests.support.site import Site
from tests.views.physicians import LIST, NEWCOMER, first, waiting


def test_a_new_physician_gets_account_identity_and_participation(site: Site) -> None:
    client = site.client("hospital")
    unit = waiting(site).department_id

    answer = client.post("/physicians/add", data=NEWCOMER | {"department_name": str(unit)})

    assert answer.status_code == 302
    with site.session("hospital") as session:
        row = session.scalars(select(Physician).where(Physician.name == "张丽华")).one()
        assert (row.id_number, row.birth_date, row.phone, row.department_id) == (
            "11010519491231002X", date(1949, 12, 31), "13800000000", unit,
        )  # fmt: skip
        status = session.scalar(
            select(Participation.status).where(Participation.physician_id == row.id)
        )
        assert status is P.UNCONFIRMED
        assert session.scalar(
            select(Identity.role).where(Identity.physician_id == row.id)
        ) is Role.PHYSICIAN  # fmt: skip


def test_a_wrong_new_physician_is_refused_beside_the_fields_and_stays_typed(
    shared_site: Site,
) -> None:
    wrong = NEWCOMER | {"id_number": "110105194912310021", "licensed_on": "2999-01-01"}

    answer = shared_site.client("hospital").post("/physicians/add", data=wrong)

    errors = dict(re.findall(r'field-error" id="([a-z_]+)-error">([^<]+)<', answer.text))
    assert set(errors) == {"id_number", "licensed_on", "department_name"}
    assert errors["department_name"] == "未填写科室，此项必填"
    assert 'value="张丽华"' in answer.text
    assert 'value="2999-01-01"' in answer.text


def test_a_number_of_another_hospital_is_refused_without_telling_which(site: Site) -> None:
    clerk = site.actor("hospital")
    with site.session() as session:
        stranger = session.scalars(
            select(Physician.id_number).where(
                Physician.province_id == clerk.province_id,
                Physician.institution_id != clerk.institution_id,
            )
        ).first()
    unit = waiting(site).department_id

    answer = site.client("hospital").post(
        "/physicians/add",
        data=NEWCOMER | {"id_number": stranger, "department_name": str(unit)},
    )

    assert "在本省其他机构已登记，请先办理转移。" in answer.text
    assert 'id="id_number-error">证件号码' in answer.text


def test_the_page_of_a_physician_masks_numbers_until_a_reason_is_given(site: Site) -> None:
    client = site.client("hospital")
    person = waiting(site)
    url = f"/physicians/reveal/{person.physician_id}"

    shown = client.get(f"/physicians/show/{person.physician_id}").text
    unreasoned = client.post(url, follow_redirects=True).text
    revealed = client.post(url, data={"comment": "核对执业证"}).text
    afterwards = client.get(f"/physicians/show/{person.physician_id}").text

    for html in (shown, unreasoned, afterwards):
        assert person.number not in html
        assert person.phone not in html
        assert person.masked in html
    assert "请填写原因后再提交。" in unreasoned
    assert person.number in revealed
    assert person.phone in revealed
    with site.session() as session:
        entries = session.scalars(select(TrailEntry).where(TrailEntry.action == "reveal")).all()
        assert [(e.physician_id, e.comment) for e in entries] == [
            (person.physician_id, "核对执业证")
        ]


def test_resetting_a_password_returns_the_account_to_its_initial_state(site: Site) -> None:
    client = site.client("hospital")
    person = _with_account_in_use(site)

    answer = client.post(
        f"/physicians/reset/{person.physician_id}",
        data={"back": f"{LIST}?tab=confirmed"},
    )

    assert answer.headers["Location"] == f"{LIST}?tab=confirmed"
    assert f"{person.name}的登录密码已重置为初始密码666666" in client.get(LIST).text
    assert _account(site, person.physician_id) == (AccountState.INITIAL, None)


def test_in_code_mode_the_code_is_shown_once(site: Site) -> None:
    site.app.config["INITIAL_PASSWORD_MODE"] = "code"
    client = site.client("hospital")
    person = _with_account_in_use(site)

    answer = client.post(f"/physicians/reset/{person.physician_id}")

    code = re.search(r"<b>([^<]{6,})</b>", answer.text)
    assert code is not None
    assert "激活码只显示这一次" in answer.text
    assert code[1] not in client.get(LIST).text
    assert answer.headers["Cache-Control"] == "no-store"


def _with_account_in_use(site: Site) -> Any:
    with site.session() as session:
        session.execute(update(Account).values(state=AccountState.ACTIVE, password="x"))
        session.commit()
    return waiting(site)


def _account(site: Site, physician_id: int) -> tuple[AccountState, str | None]:
    with site.session() as session:
        row = session.scalars(
            select(Account)
            .join(Identity, Identity.account_id == Account.id)
            .where(Identity.physician_id == physician_id)
        ).one()
        return row.state, row.password


def test_who_takes_part_cannot_be_deleted_and_who_does_not_can(site: Site) -> None:
    client = site.client("hospital")
    enrolled = first(site, Participation.status == P.CONFIRMED)
    house = site.actor("hospital").institution_id
    with site.session() as session, unscoped("a test looks"):
        known = select(Conclusion.physician_id)
        free = session.scalars(
            select(Participation).where(
                Participation.status == P.UNCONFIRMED,
                Participation.institution_id == house,
                Participation.physician_id.not_in(known),
            )
        ).first()
        remembered = session.scalars(
            select(Participation).where(
                Participation.status == P.UNCONFIRMED,
                Participation.institution_id == house,
                Participation.physician_id.in_(known),
            )
        ).first()
        assert free is not None
        assert remembered is not None
        session.expunge_all()

    told = client.post(f"/physicians/delete/{remembered.physician_id}", follow_redirects=True)
    assert "不能删除" in told.text
    refused = client.post(f"/physicians/delete/{enrolled.physician_id}", follow_redirects=True).text
    client.post(f"/physicians/delete/{free.physician_id}")

    assert "该医师已确认参加本周期考核，不能删除。请先取消参加。" in refused
    with site.session() as session:
        assert session.get(Physician, enrolled.physician_id) is not None
        assert session.get(Physician, free.physician_id) is None


def test_links_that_change_something_answer_to_post_only(shared_site: Site) -> None:
    client = shared_site.client("hospital")

    codes = {client.get(f"/physicians/{name}/1").status_code for name in
             ("delete", "reset", "reveal")}  # fmt: skip

    assert codes == {405}
