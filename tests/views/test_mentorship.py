"""跟班带教: records of the own physicians, amendments asked by them and decided by their hospital."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import AccountState
from app.enums import RequestStatus as C
from app.models import (
    Account,
    Identity,
    Institution,
    Mentorship,
    MentorshipChange,
    Physician,
    TrailEntry,
)
from tests.support.site import Site
from tests.views.casebrowser import page, text
from tests.workflows.world import HOSPITAL

CLERK, NEIGHBOUR = "hospital", "hospital-3"
PERIOD = {
    "supervisor": "贺长青",
    "host_department": "急诊科",
    "started_on": "2024-06-03",
    "ended_on": "2024-06-28",
}


def somebody(site: Site, house: str = HOSPITAL) -> tuple[int, str, str]:
    """Give id, ID number and user name of a physician without a record."""
    with site.session() as session:
        row = session.execute(
            select(Physician, Account.username)
            .join(Identity, Identity.physician_id == Physician.id)
            .join(Account, Account.id == Identity.account_id)
            .join(Institution, Institution.id == Physician.institution_id)
            .where(
                Institution.name == house,
                Account.state == AccountState.ACTIVE,
                Physician.id.not_in(select(Mentorship.physician_id)),
            )
            .order_by(Physician.id)
        ).first()
        assert row is not None
        return row[0].id, row[0].id_number, row[1]


@pytest.fixture
def record(site: Site) -> tuple[int, FlaskClient]:
    """A record of one physician, and that physician's browser."""
    pk, number, username = somebody(site)
    answer = site.client(CLERK).post("/mentorships/add", data={**PERIOD, "id_number": number})
    assert answer.status_code == 302
    with site.session() as session:
        found = session.scalars(select(Mentorship.id).where(Mentorship.physician_id == pk)).one()
    return found, site.client(username)


def ask(client: FlaskClient, pk: int, **changes: str) -> str:
    data = {**PERIOD, "reason": "登记有误", **changes}
    return client.post(f"/mentorship/change/{pk}", data=data, follow_redirects=True).text


def decide(client: FlaskClient, pk: int, action: str, **typed: str) -> str:
    url = f"/steps/mentorship_change/{pk}/{action}"
    answer = client.post(url, data=typed, follow_redirects=True)
    return f"{answer.status_code} {answer.text}"


def change_of(site: Site, record: int) -> Any:
    with site.session() as session:
        found = session.scalars(
            select(MentorshipChange)
            .where(MentorshipChange.mentorship_id == record)
            .order_by(MentorshipChange.id.desc())
        ).first()
        session.expunge_all()
    return found


def test_an_amendment_is_asked_for_shown_side_by_side_and_applied(
    site: Site, record: tuple[int, FlaskClient]
) -> None:
    pk, doctor = record
    assert "提交成功" in ask(doctor, pk, supervisor="路知远")
    clerk, change = site.client(CLERK), change_of(site, pk)
    html = page(clerk, f"/mentorship-changes/case/{change.id}")
    assert "贺长青" in html
    assert "路知远" in html

    assert "操作成功" in decide(clerk, change.id, "accept")

    with site.session() as session:
        row = session.get_one(Mentorship, pk)
        assert (row.supervisor, row.host_department) == ("路知远", "急诊科")
        logged = session.scalars(
            select(TrailEntry.action)
            .where(TrailEntry.subject.in_(("mentorship", "mentorship_change")))
            .where(TrailEntry.physician_id == row.physician_id)
            .order_by(TrailEntry.id)
        ).all()
    assert logged == ["create", "ask_change", "accept"]
    assert "路知远" in page(doctor, "/mentorship/")


def test_a_refusal_says_why_and_changes_nothing(
    site: Site, record: tuple[int, FlaskClient]
) -> None:
    pk, doctor = record
    ask(doctor, pk, host_department="外科")
    clerk, change = site.client(CLERK), change_of(site, pk)
    assert "请填写原因后再提交。" in decide(clerk, change.id, "reject")

    decide(clerk, change.id, "reject", comment="与排班表不符")

    assert "与排班表不符" in page(doctor, "/mentorship/")
    with site.session() as session:
        assert session.get_one(Mentorship, pk).host_department == "急诊科"
    assert "提交成功" in ask(doctor, pk, host_department="外科")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "填写的内容与现有记录相同"),
        ({"ended_on": "2024-06-01"}, "结束日期不能早于开始日期。"),
        ({"supervisor": "路知远", "reason": ""}, "请填写修改理由。"),
        ({"supervisor": ""}, "请填写。"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_stays_typed(
    site: Site, record: tuple[int, FlaskClient], changes: dict[str, str], words: str
) -> None:
    pk, doctor = record

    text = ask(doctor, pk, **changes)

    assert words in text
    assert change_of(site, pk) is None
    assert changes.get("supervisor", "贺长青") in text


def test_one_request_waits_at_a_time_and_may_be_withdrawn(
    site: Site, record: tuple[int, FlaskClient]
) -> None:
    pk, doctor = record
    ask(doctor, pk, supervisor="甲")
    assert "已有待审核的修改申请" in ask(doctor, pk, supervisor="乙")

    assert "操作成功" in decide(doctor, change_of(site, pk).id, "withdraw")

    assert change_of(site, pk).status is C.WITHDRAWN
    assert "提交成功" in ask(doctor, pk, supervisor="乙")


def test_neither_physicians_nor_records_of_a_neighbour_are_reached(
    site: Site, record: tuple[int, FlaskClient]
) -> None:
    pk, doctor = record
    ask(doctor, pk, supervisor="甲")
    change = change_of(site, pk)
    neighbour = site.client(NEIGHBOUR)
    _id, number, _name = somebody(site)

    assert (
        "本机构没有该证件号码的医师"
        in neighbour.post("/mentorships/add", data={**PERIOD, "id_number": number}).text
    )
    assert neighbour.get(f"/mentorships/edit/{pk}").status_code == 404
    assert neighbour.get(f"/mentorship-changes/case/{change.id}").status_code == 404
    assert decide(neighbour, change.id, "accept").startswith("404")
    _other, _number, username = somebody(site)
    assert site.client(username).get(f"/mentorship/change/{pk}").status_code == 404


def test_the_clerk_evaluates_a_record(site: Site, record: tuple[int, FlaskClient]) -> None:
    pk, doctor = record
    data = {**PERIOD, "log": "参加抢救12例", "evaluation": "PASS"}

    assert site.client(CLERK).post(f"/mentorships/edit/{pk}", data=data).status_code == 302

    words = page(doctor, "/mentorship/")
    assert "参加抢救12例" in words
    assert "合格" in words


def waiting(site: Site) -> int:
    """Read the number on the card of the home page."""
    html = page(site.client(CLERK), "/")
    card = re.search(r'(?s)<a class="todo [^"]*" href="/mentorship-changes/list/">(.*?)</a>', html)
    assert card is not None
    number = re.search(r"跟班带教 修改申请\D*(\d+)", text(card[1]))
    assert number is not None
    return int(number[1])


def test_the_home_page_counts_what_waits(site: Site, record: tuple[int, FlaskClient]) -> None:
    pk, doctor = record
    before = waiting(site)

    ask(doctor, pk, supervisor="甲")

    assert waiting(site) == before + 1
