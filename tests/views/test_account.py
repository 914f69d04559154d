"""账号管理: seen through identities, opened and stopped by the body above, roles granted."""

import pytest
from sqlalchemy import select

from app.enums import AccountState, Role
from app.models import Account, Identity, TrailEntry
from tests.support.site import Site
from tests.views.administration import identity_id, text

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both


def _state(site: Site, username: str) -> AccountState:
    with site.session() as session:
        found: AccountState = session.scalars(
            select(Account.state).where(Account.username == username)
        ).one()
    return found


def test_an_authority_lists_the_accounts_below_and_no_others(shared_site: Site) -> None:
    client = shared_site.client("city")
    shown = text(client.get("/accounts/list/?per_page=100"))
    assert " hospital-4 " in shown
    assert " county-2 " in shown
    for stranger in (" hospital ", " county ", " city-2 ", " province ", " sysadmin "):
        assert stranger not in shown
    exported = client.get("/accounts/export/csv").text
    assert "hospital-4" in exported
    assert "city-2" not in exported
    assert "county," not in exported


def test_a_physicians_account_is_a_masked_number_or_nothing(shared_site: Site) -> None:
    with shared_site.session() as session:
        index = session.scalars(
            select(Account.username).join(Identity).where(Identity.role == Role.PHYSICIAN).limit(1)
        ).first()
    below = shared_site.client("province").get("/accounts/list/?tab=physicians&per_page=200").text
    assert "*****" in below
    assert index not in below
    for admin in ("sysadmin", "secadmin", "auditor"):
        listed = shared_site.client(admin).get("/accounts/list/?tab=physicians&per_page=200").text
        assert "医师" in listed
        assert "*****" not in listed
        assert index not in listed


def test_the_administrator_sees_offices_and_administrators_first(shared_site: Site) -> None:
    shown = text(shared_site.client("sysadmin").get("/accounts/list/?per_page=50"))
    assert " nation " in shown
    assert " auditor " in shown
    assert "1402*" not in shown


def test_an_account_of_another_area_does_not_exist(site: Site) -> None:
    pk = identity_id(site, "hospital")
    client = site.client("city")
    assert client.get(f"/accounts/show/{pk}").status_code == 404
    for step in ("reset", "stop", "start"):
        assert client.post(f"/accounts/{step}/{pk}").status_code == 404
    assert _state(site, "hospital") is AccountState.ACTIVE


@pytest.mark.parametrize("username", ["city", "province"])
def test_an_authority_resets_neither_itself_nor_the_one_above(site: Site, username: str) -> None:
    client = site.client("city")
    assert client.post(f"/accounts/reset/{identity_id(site, username)}").status_code == 404
    assert _state(site, username) is AccountState.ACTIVE


def test_stopping_an_account_ends_its_sessions_until_it_is_started(site: Site) -> None:
    clerk, pk = site.client("hospital-4"), identity_id(site, "hospital-4")
    client = site.client("city")
    client.post(f"/accounts/stop/{pk}")
    assert _state(site, "hospital-4") is AccountState.STOPPED
    assert clerk.get("/departments/list/").status_code == 302
    listed = client.get("/accounts/list/?username=hospital-4").text
    assert f"/accounts/start/{pk}" in listed
    assert f"/accounts/stop/{pk}" not in listed
    refused = client.post(f"/accounts/reset/{pk}", follow_redirects=True)
    assert "该账号已停用，请先启用再重置密码。" in text(refused)
    client.post(f"/accounts/start/{pk}")
    assert _state(site, "hospital-4") is AccountState.ACTIVE


def test_the_system_administrator_opens_an_administrators_account(site: Site) -> None:
    sent = {"role": "AUDIT_ADMIN", "body": "", "username": "auditor-2", "name": "郑观复"}
    shown = text(site.client("sysadmin").post("/accounts/add", data=sent))
    assert "账号已新增" in shown
    assert "auditor-2" in shown
    with site.session() as session:
        hat = session.scalars(
            select(Identity).join(Account).where(Account.username == "auditor-2")
        ).one()
        assert (hat.role, hat.province_id) == (Role.AUDIT_ADMIN, None)


@pytest.mark.parametrize(
    ("who", "changes", "message"),
    [
        ("city", {"body": "平城区医院"}, "没有找到该单位"),
        ("city", {"body": ""}, "请填写单位。"),
        ("city", {"role": "SYSTEM_ADMIN"}, "error-summary"),
        ("city", {"role": "PHYSICIAN"}, "error-summary"),
        ("city", {"role": "AUTHORITY", "body": "长治市卫生健康委员会"}, "没有找到该单位"),
        ("city", {"username": "hospital"}, "该账号已存在"),
        ("sysadmin", {"role": "AUDIT_ADMIN"}, "管理员账号不属于单位"),
        ("sysadmin", {"role": "INSTITUTION"}, "error-summary"),
    ],
)
def test_an_account_outside_ones_powers_is_refused(
    site: Site, who: str, changes: dict[str, str], message: str
) -> None:
    sent = {"role": "INSTITUTION", "body": "潞州区医院", "username": "newcomer", "name": "齐未央"}
    shown = site.client(who).post("/accounts/add", data=sent | changes)
    assert message in shown.text
    assert "error-summary" in shown.text
    with site.session() as session:
        assert session.scalar(select(Account.id).where(Account.username == "newcomer")) is None


def test_the_list_links_to_a_prefilled_form(shared_site: Site) -> None:
    client = shared_site.client("city")
    assert "/accounts/add?role=AUTHORITY&amp;body=140403" in client.get("/authorities/list/").text
    shown = client.get("/accounts/add?role=AUTHORITY&body=140403").text
    assert 'value="140403"' in shown
    assert '<option selected value="AUTHORITY">' in shown


def test_security_and_audit_only_read_accounts(site: Site) -> None:
    pk = identity_id(site, "city")
    for who in ("secadmin", "auditor"):
        client = site.client(who)
        assert client.get(f"/accounts/show/{pk}").status_code == 200
        assert client.get("/accounts/add").status_code == 403
        for step in ("reset", "stop", "start"):
            assert client.post(f"/accounts/{step}/{pk}").status_code == 403
    assert site.client("auditor").get(f"/accounts/grant/{pk}").status_code == 403
    assert "山西省卫生健康委员会" in text(site.client("auditor").get("/accounts/list/?name=裴"))


def test_what_happened_to_an_account_stands_in_its_trail(site: Site) -> None:
    site.client("city").post(f"/accounts/reset/{identity_id(site, 'county-2')}")
    with site.session() as session:
        entry = session.scalars(
            select(TrailEntry).where(TrailEntry.action == "reset_password")
        ).one()
        assert (entry.actor_name, entry.to_status) == ("申岳阳", "INITIAL")
        assert "666666" not in (entry.comment or "")
