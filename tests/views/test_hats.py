"""授予身份 and 代理: a role made in pages, or a colleague's hat, for a term and not a day longer."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import Role
from app.models import Identity, TrailEntry
from app.periods import local_day
from app.queries import permissions
from app.security.roles import grants
from app.security.step_pages import STEP_PAGES
from app.views.clock import now
from app.workflows.registry import WORKFLOWS
from tests.support.site import Site
from tests.views.administration import identity_id, text

pytestmark = pytest.mark.embedded

PROVINCE = "山西省卫生健康委员会"
TODAY = local_day(now())
READS = {"StatisticsView": ("can_see",), "ProgressView": ("can_list", "can_case")}


def _role(site: Site, name: str, base: str, pages: dict[str, tuple[str, ...]]) -> Any:
    with site.session() as session:
        chosen = [
            row.id
            for row in permissions.rights(session)
            if row.permission.name in pages.get(row.view_menu.name, ())
        ]
    sent = {"name": name, "base": base, "permissions": chosen}
    return site.client("secadmin").post("/roles/add", data=sent)


def _give(site: Site, username: str, role: str, body: str, **term: Any) -> Any:
    with site.session() as session:
        role_id = next(row.id for row in permissions.page_roles(session) if row.name == role)
    sent = {"page_role": role_id, "body": body, **term}
    pk = identity_id(site, username)
    return site.client("secadmin").post(f"/accounts/hat/{pk}", data=sent)


def _newest(site: Site) -> int:
    with site.session() as session:
        return int(session.scalars(select(Identity.id).order_by(Identity.id.desc())).first())


def _reader(site: Site, **term: Any) -> int:
    assert _role(site, "统计查看", "AUTHORITY", READS).status_code == 302
    assert _give(site, "county", "统计查看", PROVINCE, **term).status_code == 302
    return _newest(site)


def _wearing(site: Site, username: str, hat: int) -> FlaskClient:
    client = site.client(username)
    assert client.post(f"/switch/{hat}").status_code == 303
    return client


def test_a_hat_of_a_role_made_in_pages_does_exactly_what_it_says(site: Site) -> None:
    hat = _reader(site, last_day=TODAY)
    client = _wearing(site, "county", hat)

    home = client.get("/")
    assert "统计查看" in home.text
    assert "/progress/list/" in home.text
    assert "/cycles/list/" not in home.text, "no menu entry, no card leads where one may not go"
    assert "大同市卫生健康委员会" in client.get("/statistics/").text
    assert "长治市卫生健康委员会" in client.get("/statistics/").text, "the province's rows"
    assert client.get("/progress/list/").status_code == 200
    for path in ("/physicians/list/", "/cycles/list/", "/trail/list/", "/accounts/list/"):
        assert client.get(path).status_code == 403, path
    step = client.post("/steps/assessment/1/return_by_authority", data={"comment": "不可"})
    assert step.status_code == 403
    explained = text(site.client("auditor").get(f"/rights/person/{hat}"))
    assert "统计查看" in explained
    assert "本级及下级" in explained
    people = text(site.client("secadmin").get("/rights/people/ProgressView/can_list"))
    assert "安守平" in people
    assert "统计查看" in people
    with site.session() as session:
        noted = session.scalars(select(TrailEntry).where(TrailEntry.action == "give_hat")).one()
        assert PROVINCE in (noted.comment or "")


def test_a_hat_is_worn_only_within_its_term_and_until_it_is_taken(site: Site) -> None:
    hat = _reader(site, starts_on=TODAY + timedelta(days=1))
    early = site.client("county")
    assert early.post(f"/switch/{hat}").status_code == 404, "the term has not begun"
    assert "未开始" in text(
        site.client("secadmin").get(f"/accounts/grant/{identity_id(site, 'county')}")
    )
    with site.session() as session:
        session.get(Identity, hat).starts_on = None
        session.commit()

    client = _wearing(site, "county", hat)
    assert client.get("/progress/list/").status_code == 200
    assert site.client("secadmin").post(f"/accounts/hat/take/{hat}").status_code == 302
    assert client.get("/progress/list/").status_code == 302, "nobody any more: sign in again"
    ordinary = identity_id(site, "county")
    assert site.client("secadmin").post(f"/accounts/hat/take/{ordinary}").status_code == 404


@pytest.mark.parametrize(
    ("term", "told"),
    [
        ({"last_day": TODAY - timedelta(days=1)}, "结束日期已过"),
        ({"starts_on": TODAY, "last_day": TODAY - timedelta(days=3)}, "结束日期不能早于开始日期"),
    ],
)
def test_a_wrong_term_is_told_and_nothing_is_stored(site: Site, term: Any, told: str) -> None:
    assert _role(site, "统计查看", "AUTHORITY", READS).status_code == 302
    before = _newest(site)
    answer = _give(site, "county", "统计查看", PROVINCE, **term)
    assert told in text(answer)
    assert PROVINCE in answer.text, "what was typed stays"
    assert _newest(site) == before


@pytest.mark.parametrize(
    ("view", "verb", "word"),
    [("CycleView", "can_edit", "考核周期"), ("ApiTokenView", "can_add", "接口令牌")],
)
def test_a_role_may_not_permit_more_than_the_rows_it_reaches_are_for(
    site: Site, view: str, verb: str, word: str
) -> None:
    answer = _role(site, "越界", "INSTITUTION", {view: (verb,)})
    assert f"超出所选数据范围的角色本身：{word}" in text(answer)
    with site.session() as session:
        assert not permissions.page_roles(session)


def test_a_role_that_goes_takes_its_hats_along(site: Site) -> None:
    hat = _reader(site)
    client = _wearing(site, "county", hat)
    with site.session() as session:
        role_id = permissions.page_roles(session)[0].id
    site.client("secadmin").post(f"/roles/delete/{role_id}", data={"confirmed": "1"})
    assert client.get("/progress/list/").status_code == 302
    with site.session() as session:
        assert not session.get(Identity, hat).is_active


def _deputy(site: Site, **term: Any) -> int:
    _reader(site)
    worn = identity_id(site, "county")
    with site.session() as session:
        account = session.get(Identity, worn).account_id
    sent = {"account": account, "last_day": TODAY + timedelta(days=7), **term}
    answer = site.client("province").post("/deputies/", data=sent)
    assert answer.status_code == 302, text(answer)
    return _newest(site)


def test_a_deputy_acts_in_the_principals_place_and_signs_for_both(site: Site) -> None:
    hat = _deputy(site)
    client = _wearing(site, "county", hat)
    assert client.get("/cycles/list/").status_code == 200
    assert site.actor_of_identity(hat).name == "安守平（代裴知内）"
    assert "安守平（代裴知内）" in client.get("/").text
    assert "不能再委托他人代理" in text(client.get("/deputies/"))
    assert site.client("city").post(f"/deputies/end/{hat}").status_code == 404
    assert site.client("province").post(f"/deputies/end/{hat}").status_code == 302
    assert client.get("/cycles/list/").status_code == 302


def test_a_deputy_ends_with_the_principals_account(site: Site) -> None:
    hat = _deputy(site)
    client = _wearing(site, "county", hat)
    province = identity_id(site, "province")
    assert site.client("sysadmin").post(f"/accounts/stop/{province}").status_code == 302
    assert client.get("/cycles/list/").status_code == 302


def test_no_hat_brings_security_and_audit_together(site: Site) -> None:
    assert _role(site, "授权员", "", {"RoleView": ("can_edit",)}).status_code == 302
    with site.session() as session:
        added = permissions.page_roles(session)[0].id
    pk = identity_id(site, "hospital")
    granted = site.client("secadmin").post(f"/accounts/grant/{pk}", data={"roles": [added]})
    assert granted.status_code == 302, "a hospital does not audit, so that it may"
    assert _role(site, "审计员", "AUTHORITY", {"TrailView": ("can_list",)}).status_code == 302
    assert "职责分离" in text(_give(site, "hospital", "审计员", PROVINCE))


def test_a_deputy_lasts_no_longer_than_the_principal(site: Site) -> None:
    hat = _deputy(site)
    client = _wearing(site, "county", hat)
    principal = identity_id(site, "province")
    with site.session() as session:
        session.get(Identity, principal).last_day = TODAY - timedelta(days=1)
        session.commit()
    assert client.get("/cycles/list/").status_code == 302


def test_a_deputy_cannot_be_asked_beyond_ones_own_term(site: Site) -> None:
    _reader(site)
    hats = [identity_id(site, name) for name in ("province", "county")]
    with site.session() as session:
        session.get(Identity, hats[0]).last_day = TODAY + timedelta(days=3)
        account = session.get(Identity, hats[1]).account_id
        session.commit()
    sent = {"account": account, "last_day": TODAY + timedelta(days=7)}
    assert "不能晚于您本人身份的结束日期" in text(
        site.client("province").post("/deputies/", data=sent)
    )
    assert not _deputies(site)


def test_a_deputy_is_a_colleague_for_at_most_a_year(site: Site) -> None:
    _reader(site)
    hats = [identity_id(site, name) for name in ("province-sn", "county")]
    with site.session() as session:
        stranger, known = (session.get(Identity, hat).account_id for hat in hats)
    client = site.client("province")
    far = {"account": known, "last_day": TODAY + timedelta(days=800)}
    assert "不能超过一年" in text(client.post("/deputies/", data=far))
    other = {"account": stranger, "last_day": TODAY + timedelta(days=8)}
    assert client.post("/deputies/", data=other).status_code == 200
    assert not _deputies(site)


def _deputies(site: Site) -> list[int]:
    with site.session() as session:
        return list(session.scalars(select(Identity.id).where(Identity.principal_id.is_not(None))))


def test_every_step_belongs_to_a_page_that_its_roles_may_open() -> None:
    assert set(STEP_PAGES) == set(WORKFLOWS)
    for name, workflow in WORKFLOWS.items():
        for transition in workflow.transitions:
            for role in transition.roles - {Role.SYSTEM}:
                assert grants(role) & set(STEP_PAGES[name]), (name, transition.name, role)
