"""接口令牌: shown once, listed without its secret, revoked at once; other bodies' do not exist."""

import re

from sqlalchemy import select

from app.enums import Role
from app.models import ApiToken, TrailEntry
from tests.support.programs import BASE, program
from tests.support.site import Site

FORM = {"label": "院内人事系统", "scopes": ["CASES_READ", "PHYSICIANS_READ"], "days": "90"}
TOKEN = re.compile(r"dk_[0-9a-f]{12}_[\w-]{43}")


def test_a_token_is_shown_once_and_opens_what_was_chosen(site: Site) -> None:
    client = site.client("hospital")

    shown = client.post("/api-tokens/add", data=FORM)
    (text,) = TOKEN.findall(shown.text)
    listed = client.get("/api-tokens/list/").text
    exported = client.get("/api-tokens/export/csv").text
    one = client.get("/api-tokens/show/1").text
    told = (
        site.app.test_client()
        .get(f"{BASE}/token", headers={"Authorization": f"Bearer {text}"})
        .get_json()
    )

    assert told["scopes"] == ["physicians:read", "cases:read"]
    for page in (listed, exported, one):
        assert "院内人事系统" in page
        assert text.split("_", 2)[2] not in page
    assert "读取医师" in one


def test_a_revoked_token_opens_nothing_and_its_end_is_in_the_trail(site: Site) -> None:
    caller = program(site, "hospital")
    client = site.client("hospital")
    assert "作废" in client.get("/api-tokens/list/").text

    answer = client.post(f"/api-tokens/revoke/{caller.token_id}", follow_redirects=True)

    assert "已作废" in answer.text
    assert caller.get("/token").status_code == 401
    with site.session() as session:
        actions = session.scalars(
            select(TrailEntry.action)
            .where(TrailEntry.subject == "api_token")
            .order_by(TrailEntry.id)
        ).all()
    assert actions == ["create", "revoke"]


def test_what_a_form_lacks_is_said_beside_it(site: Site) -> None:
    answer = site.client("province").post(
        "/api-tokens/add", data={"label": "", "scopes": ["PHYSICIANS_WRITE"], "days": "7"}
    )
    assert answer.status_code == 200
    assert not TOKEN.search(answer.text)
    with site.session() as session:
        assert session.scalars(select(ApiToken)).all() == []


def test_another_body_s_token_does_not_exist(site: Site) -> None:
    own = program(site, "hospital", Role.INSTITUTION)
    for username, role in (
        ("hospital-sn", Role.INSTITUTION),
        ("hospital", Role.AGENCY),  # the agency inside the same hospital
        ("province", Role.AUTHORITY),
    ):
        client = site.client(username, role)
        assert client.get(f"/api-tokens/show/{own.token_id}").status_code == 404
        assert client.post(f"/api-tokens/revoke/{own.token_id}").status_code == 404
        assert "院内系统" not in client.get("/api-tokens/list/").text
    assert own.get("/token").status_code == 200
