"""医疗卫生机构管理: opened with its account, seen by its own line of authorities only."""

from pathlib import Path

import pytest
from sqlalchemy import event, select

from app.enums import AccountState, BodyStatus
from app.extensions import db
from app.models import Account, Agency, Cycle, Institution
from tests.support.site import Site, open_site
from tests.views.administration import (
    PASSWORD,
    authority_id,
    fresh_province,
    id_of,
    identity_id,
    institution_form,
    rules_form,
    settle,
    text,
)


def test_the_first_step_of_the_story(site: Site) -> None:
    """A province opens a cycle, a city creates an institution, an agency is appointed to it."""
    made = fresh_province(site)
    made.province.post("/cycles/add", data=rules_form())
    cycle = id_of(site, Cycle, province_id=made.id)
    made.province.post(f"/steps/cycle/{cycle}/open")

    told = text(made.city.post("/institutions/add", data=institution_form(made.city_id, 1)))
    assert "清河第1医院" in told
    assert "qinghe-1" in told
    assert "初始密码 666666" in told
    with site.session() as session:
        account = session.scalars(select(Account).where(Account.username == "qinghe-1")).one()
        assert (account.state, account.password) == (AccountState.INITIAL, None)

    agency = text(made.province.post("/agencies/add", data={
        "authority_id": made.id, "name": "山东医师定期考核中心", "kind": "SOCIETY",
        "contact_person": "路明非", "username": "shandong-agency",
    }))  # fmt: skip
    assert "shandong-agency" in agency
    house = id_of(site, Institution, name="清河第1医院")
    answer = made.province.post("/appointments/add", data={
        "institutions": [house], "cycle_id": cycle,
        "agency_id": id_of(site, Agency, name="山东医师定期考核中心"),
    })  # fmt: skip
    assert answer.status_code == 302, text(answer)
    listed = text(made.province.get("/appointments/list/"))
    assert "清河第1医院 山东医师定期考核中心 07" in listed
    assert "已指派" in listed

    clerk = settle(site, "qinghe-1")
    assert "第07周期" in text(clerk.get("/"))


def test_nobody_of_another_province_or_city_finds_the_institution(site: Site) -> None:
    made = fresh_province(site)
    made.city.post("/institutions/add", data=institution_form(made.city_id, 1))
    pk = id_of(site, Institution, name="清河第1医院")
    for stranger in ("province", "city"):
        client = site.client(stranger)
        assert "清河" not in client.get("/institutions/list/?per_page=100").text
        for method, path in _ROUTES:
            answer = getattr(client, method)(path.format(pk=pk), data={"comment": "x"})
            assert answer.status_code == 404, path


_ROUTES = (
    ("get", "/institutions/show/{pk}"),
    ("get", "/institutions/edit/{pk}"),
    ("post", "/institutions/edit/{pk}"),
    ("post", "/institutions/reset/{pk}"),
    ("post", "/steps/institution/{pk}/stop"),
)


@pytest.mark.parametrize(("method", "path"), _ROUTES)
def test_a_sibling_citys_institution_does_not_exist(
    shared_site: Site, method: str, path: str
) -> None:
    pk = id_of(shared_site, Institution, name="平城区医院")
    client = shared_site.client("city")
    answer = getattr(client, method)(path.format(pk=pk), data={"comment": "x"})
    assert answer.status_code == 404
    assert "平城区医院" not in client.get("/institutions/list/?name=平城").text
    assert "平城区医院" not in client.get("/institutions/export/csv").text


def test_a_sibling_city_is_no_superior_of_a_new_institution(site: Site) -> None:
    sent = institution_form(authority_id(site, "140200"), 3)
    shown = site.client("city").post("/institutions/add", data=sent)
    assert 'id="authority_id-error"' in shown.text
    assert "error-summary" in shown.text
    with site.session() as session:
        known = select(Institution.id).where(Institution.uscc == sent["uscc"])
        assert session.scalar(known) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"uscc": "123"}, "统一社会信用代码应为18位，读到3位"),
        ({"username": "hospital"}, "该账号已存在"),
        ({"contact_person": "   "}, "联系人"),
    ],
)
def test_a_refused_institution_leaves_nothing_and_keeps_what_was_typed(
    site: Site, changes: dict[str, str], message: str
) -> None:
    sent = institution_form(authority_id(site, "140400"), 4, **changes)
    shown = site.client("city").post("/institutions/add", data=sent)
    assert message in text(shown)
    assert "error-summary" in shown.text
    assert 'value="清河第4医院"' in shown.text
    with site.session() as session:
        known = select(Institution.id).where(Institution.name == sent["name"])
        assert session.scalar(known) is None
        assert session.scalar(select(Account.id).where(Account.username == "qinghe-4")) is None


def test_the_one_time_code_is_shown_once_and_opens_the_account(site: Site, tmp_path: Path) -> None:
    coded = open_site(site.url, tmp_path, INITIAL_PASSWORD_MODE="code")
    client = coded.client("city")
    sent = institution_form(authority_id(site, "140400"), 5)
    shown = text(client.post("/institutions/add", data=sent))
    assert "666666" not in shown
    assert "激活码只在本页显示一次" in shown
    code = shown.partition("一次性激活码 ")[2].split(" ")[0]
    pk = id_of(site, Institution, name="清河第5医院")
    assert code not in client.get(f"/institutions/show/{pk}").text
    person = coded.client("qinghe-5")
    answer = person.post("/password/initial", data={
        "old": code, "new": PASSWORD, "again": PASSWORD,
    })  # fmt: skip
    with coded.app.app_context():
        db.engine.dispose()
    assert answer.status_code == 303


def test_a_reset_ends_the_clerks_sessions_and_puts_the_account_in_the_initial_state(
    site: Site,
) -> None:
    clerk = site.client("hospital-4")
    assert clerk.get("/").status_code == 200
    pk = id_of(site, Institution, name="潞州区医院")
    shown = text(site.client("city").post(f"/institutions/reset/{pk}"))
    assert "hospital-4" in shown
    assert "666666" in shown
    assert clerk.get("/departments/list/").status_code == 302
    with site.session() as session:
        account = session.scalars(select(Account).where(Account.username == "hospital-4")).one()
        assert account.state is AccountState.INITIAL


def test_an_institution_is_stopped_with_a_reason_and_started_again(site: Site) -> None:
    client, pk = site.client("city"), id_of(site, Institution, name="潞州区医院")
    listed = client.get("/institutions/list/?name=潞州").text
    assert f"/steps/institution/{pk}/stop" in listed
    assert f"/{pk}/start" not in listed
    client.post(f"/steps/institution/{pk}/stop", data={"comment": "停业整顿"})
    with site.session() as session:
        assert session.get_one(Institution, pk).status is BodyStatus.STOPPED
    assert site.client("hospital-4").get("/departments/list/").status_code == 302
    client.post(f"/steps/institution/{pk}/start")
    with site.session() as session:
        assert session.get_one(Institution, pk).status is BodyStatus.ACTIVE


def test_the_list_costs_at_most_six_statements(shared_site: Site) -> None:
    for who, path in (
        ("province", "/institutions/list/"), ("province", "/accounts/list/"),
        ("province", "/trail/list/"), ("auditor", "/trail/list/"), ("province", "/cycles/list/"),
        ("province", "/agencies/list/"), ("province", "/appointments/list/"),
        ("province", "/authorities/list/"), ("secadmin", "/accounts/list/"),
    ):  # fmt: skip
        client = shared_site.client(who)
        seen: list[str] = []
        client.get(path)
        with shared_site.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", lambda *a, s=seen: s.append(a[2]))
        assert client.get(path).status_code == 200
        assert len(seen) <= 6, (path, seen)


def test_the_clerk_of_an_institution_has_no_such_pages(shared_site: Site) -> None:
    client = shared_site.client("hospital")
    for path in (
        "/institutions/list/", "/authorities/list/", "/agencies/list/", "/appointments/list/",
        "/cycles/list/", "/accounts/list/", "/roles/list/", "/permissions/list/", "/trail/list/",
    ):  # fmt: skip
        assert client.get(path).status_code == 403, path
    assert client.get(f"/accounts/show/{identity_id(shared_site, 'hospital')}").status_code == 403
