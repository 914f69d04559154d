"""申请考核机构 (manual 1.4): only where it was opened, with its form, decided above, again after a refusal."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import AgencyApplicationStatus as A
from app.enums import Role, ScheduleWindow
from app.models import (
    Account,
    Agency,
    AgencyApplication,
    AgencyApplicationFile,
    Cycle,
    CycleWindow,
    Identity,
    Institution,
)
from app.periods import local_day
from app.views.clock import now
from tests.security.foreign_requests import PDF
from tests.support.site import Site
from tests.views.casebrowser import page

CLERK, HOUSE = "hospital-4", "潞州区医院"
NEIGHBOUR = "hospital-3"
MENU = 'href="/agency-application/"'


@pytest.fixture
def house(site: Site) -> int:
    """A hospital to which its authority has opened the application."""
    with site.session() as session:
        row = session.scalars(select(Institution).where(Institution.name == HOUSE)).one()
        row.may_apply_as_agency = True
        for old in session.scalars(
            select(AgencyApplication).where(AgencyApplication.institution_id == row.id)
        ).all():
            for file in list(old.files):
                session.delete(file)
            session.flush()
            session.delete(old)
        session.commit()
        return row.id


def send(client: FlaskClient, action: str, *, has_file: bool = True, **typed: Any) -> str:
    data: dict[str, Any] = {"action": action, **typed}
    if has_file:
        data["attachment"] = (BytesIO(PDF), "申请表.pdf")
    answer = client.post("/agency-application/", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def application(site: Site, house: int) -> Any:
    with site.session() as session:
        found = session.scalars(
            select(AgencyApplication).where(AgencyApplication.institution_id == house)
        ).one()
        assert len(found.files) >= 0  # read before the session goes
        session.expunge_all()
    return found


def decide(client: FlaskClient, pk: int, action: str, **typed: str) -> str:
    answer = client.post(
        f"/steps/agency_application/{pk}/{action}", data=typed, follow_redirects=True
    )
    return f"{answer.status_code} {answer.text}"


def test_the_menu_offers_it_only_where_the_authority_has_opened_it(site: Site, house: int) -> None:
    assert MENU in page(site.client(CLERK), "/")
    with site.session() as session:
        session.get_one(Institution, house).may_apply_as_agency = False
        session.commit()

    client = site.client(CLERK)

    assert MENU not in page(client, "/")
    assert "尚未为本机构开通" in send(client, "submit", note="申请")
    assert application(site, house).status is A.DRAFT


def test_a_granted_application_gives_the_hospital_a_second_identity(site: Site, house: int) -> None:
    client, province = site.client(CLERK), site.client("province")
    assert "提交成功" in send(client, "submit", note="床位450张")
    found = application(site, house)
    assert f"/agency-applications/case/{found.id}" in page(province, "/agency-applications/list/")
    html = page(province, f"/agency-applications/case/{found.id}")
    assert "申请表.pdf" in html
    assert "床位数" in html

    assert "操作成功" in decide(province, found.id, "grant")

    html = page(client, "/agency-application/")
    for words in ("周期", "申请时间", "审核时间", "审核状态", "通过"):
        assert words in html
    with site.session() as session:
        agency = session.scalars(select(Agency).where(Agency.institution_id == house)).one()
        wearing = session.scalars(
            select(Account.username)
            .join(Identity, Identity.account_id == Account.id)
            .where(Identity.agency_id == agency.id, Identity.role == Role.AGENCY)
        ).all()
        assert agency.name == HOUSE
    assert wearing == [CLERK]
    assert site.client(CLERK, Role.AGENCY).get("/review/general/list/").status_code == 403
    assert site.client(CLERK, Role.AGENCY).get("/recheck/general/list/").status_code == 200


def test_a_refusal_says_why_and_it_may_be_asked_again(site: Site, house: int) -> None:
    client, province = site.client(CLERK), site.client("province")
    send(client, "submit", note="申请")
    pk = application(site, house).id
    assert "请填写原因后再提交。" in decide(province, pk, "reject")

    decide(province, pk, "reject", comment="附件未盖章")

    assert "附件未盖章" in page(client, "/agency-application/")
    assert "提交成功" in send(client, "submit", has_file=False, note="已盖章")
    assert application(site, house).status is A.AWAITING


def test_it_needs_its_form_and_its_window(site: Site, house: int) -> None:
    client = site.client(CLERK)
    assert "请先上传申请考核机构的附件表格。" in send(client, "submit", has_file=False, note="申请")
    with site.session() as session:
        province_id = session.get_one(Institution, house).province_id
        for window in session.scalars(
            select(CycleWindow)
            .join(Cycle, Cycle.id == CycleWindow.cycle_id)
            .where(
                Cycle.province_id == province_id,
                CycleWindow.kind == ScheduleWindow.AGENCY_APPLICATION,
            )
        ):
            window.last_day = window.starts_on
            assert window.last_day < local_day(now())
        session.commit()

    assert "不在申请考核医疗机构时间内" in send(client, "submit", note="申请")
    assert application(site, house).status is A.DRAFT


def test_a_submitted_application_is_withdrawn_but_not_changed(site: Site, house: int) -> None:
    client = site.client(CLERK)
    send(client, "submit", note="申请")
    pk = application(site, house).id

    assert "不能修改" in send(client, "save", note="另一说明")
    assert "操作成功" in decide(client, pk, "withdraw")
    (file,) = application(site, house).files
    send(client, f"remove:{file.id}", has_file=False, note="申请")

    assert application(site, house).files == []


def test_neither_neighbours_nor_drafts_are_read(site: Site, house: int) -> None:
    client = site.client(CLERK)
    send(client, "save", note="申请")
    found = application(site, house)
    (file,) = found.files

    assert site.client("province").get(f"/agency-applications/case/{found.id}").status_code == 404
    assert site.client(NEIGHBOUR).get(f"/agency-application/file/{file.id}").status_code == 404
    assert site.client("province-sn").get(f"/agency-application/file/{file.id}").status_code == 404
    assert client.get(f"/agency-application/file/{file.id}").data == PDF


def test_what_is_stored_is_sealed(site: Site, house: int) -> None:
    send(site.client(CLERK), "save", note="申请")

    with site.session() as session:
        stored = session.scalars(
            select(AgencyApplicationFile.content).where(
                AgencyApplicationFile.institution_id == house
            )
        ).one()
    assert b"PDF" not in stored
