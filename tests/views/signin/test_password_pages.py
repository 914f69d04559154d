"""密码初始化设置, 安全设置 and 切换 through the browser's eyes."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.enums import Role
from app.models import Institution, WebSession
from app.operations import accounts, identities
from app.security.actor import unscoped
from app.views.clock import now
from tests.operations.account_world import ID_NUMBER, LICENCE, PASSWORD, SYSTEM_ADMIN, World
from tests.views.signin.browser import (
    NEW,
    active,
    initial,
    name_of,
    send,
    signed_in,
    token,
)

# --- 密码初始化设置 -------------------------------------------------------------------------


def test_an_initial_account_reaches_nothing_but_its_page(client: FlaskClient, world: World) -> None:
    name = name_of(world, initial(world).account)

    page = send(client, name, "666666")

    assert page.location == "/password/initial"
    for url in ("/", "/password/change", "/switch/", "/login/", "/no-such-page"):
        answer = client.get(url)
        assert (answer.status_code, answer.location) == (303, "/password/initial"), url
    for headers in (
        {"X-Requested-With": "XMLHttpRequest"},
        {"Accept": "application/json"},
    ):
        assert client.get("/", headers=headers).status_code == 403
    assert client.post("/", json={}).status_code == 403
    assert client.get("/lang/zh").status_code == 302
    html = client.get("/password/initial").text
    assert "密码初始化设置" in html
    assert "原密码" in html


def test_the_first_password_ends_every_session_and_opens_the_rest(
    app: Flask, client: FlaskClient, world: World
) -> None:
    name = name_of(world, initial(world).account)
    other = app.test_client()
    send(other, name, "666666")
    send(client, name, "666666")
    before = token(client)
    sent = {"old": "666666", "new": NEW, "again": NEW}

    refused = client.post("/password/initial", data=sent | {"new": "666666", "again": "666666"})
    unequal = client.post("/password/initial", data=sent | {"again": f"{NEW}x"})
    wrong = client.post("/password/initial", data=sent | {"old": "666667"})
    done = client.post("/password/initial", data=sent)

    assert "新密码不能与原密码相同" in refused.text
    assert "两次输入的新密码不一致" in unequal.text
    assert "原密码不正确" in wrong.text
    assert (done.status_code, done.location) == (303, "/")
    assert token(client) != before
    assert signed_in(client)
    assert not signed_in(other)
    assert send(app.test_client(), name, "666666").status_code == 200
    assert send(app.test_client(), name, NEW).status_code == 303


def test_a_one_time_code_opens_the_page_where_that_is_the_mode(
    app: Flask, client: FlaskClient, world: World
) -> None:
    app.config["INITIAL_PASSWORD_MODE"] = "code"
    created = initial(world, "code")
    name = name_of(world, created.account)

    assert send(client, name, "666666").status_code == 200
    assert send(client, name, created.code or "").location == "/password/initial"
    done = client.post("/password/initial", data={"old": created.code, "new": NEW, "again": NEW})

    assert done.status_code == 303
    assert signed_in(client)


def test_a_physician_confirms_on_a_second_page_where_that_is_the_mode(
    app: Flask, client: FlaskClient, world: World
) -> None:
    app.config["INITIAL_PASSWORD_MODE"] = "factor"
    accounts.create_account(
        world.session, username=world.physician.id_index, name="张丽华", role=Role.PHYSICIAN,
        body=world.physician, actor=SYSTEM_ADMIN, at=now(), mode="factor",
    )  # fmt: skip
    world.session.commit()

    assert client.get("/login/confirm").location == "/login/"
    page = send(client, ID_NUMBER.lower(), "666666")
    assert page.location == "/login/confirm"
    html = client.get("/login/confirm").text
    assert "证件号码后六位" in html
    assert "医师执业证书编码" in html
    assert client.get("/password/initial").location == "/login/"  # not signed in yet

    wrong = client.post("/login/confirm", data={"last_six": "000000", "licence_code": LICENCE})
    right = client.post(
        "/login/confirm", data={"last_six": ID_NUMBER[-6:], "licence_code": LICENCE}
    )

    assert "核对未通过" in wrong.text
    assert right.location == "/password/initial"
    done = client.post("/password/initial", data={"old": "666666", "new": NEW, "again": NEW})
    assert (done.status_code, done.location) == (303, "/")


def test_an_institution_is_asked_for_its_activation_code(
    app: Flask, client: FlaskClient, world: World
) -> None:
    app.config["INITIAL_PASSWORD_MODE"] = "factor"
    created = initial(world, "factor")

    send(client, name_of(world, created.account), "666666")
    assert "激活码" in client.get("/login/confirm").text
    page = client.post("/login/confirm", data={"code": created.code})

    assert page.location == "/password/initial"


# --- 安全设置, 切换 -------------------------------------------------------------------------


def test_changing_the_password_ends_the_other_sessions_only(
    app: Flask, client: FlaskClient, world: World
) -> None:
    name = name_of(world, active(world))
    other = app.test_client()
    send(other, name, PASSWORD)
    send(client, name, PASSWORD)
    html = client.get("/password/change").text
    for word in ("安全设置", "原始密码", "新密码", "确认新密码", "确认"):
        assert word in html
    sent = {"old": PASSWORD, "new": NEW, "again": NEW}

    wrong = client.post("/password/change", data=sent | {"old": "Wrong#2024words"})
    done = client.post("/password/change", data=sent)

    assert "原始密码不正确" in wrong.text
    assert (done.status_code, done.location) == (303, "/")
    assert signed_in(client)
    assert not signed_in(other)


def test_a_refused_change_of_an_idle_session_is_answered_at_once(
    client: FlaskClient, world: World
) -> None:
    account = active(world)
    account_id = account.id
    send(client, name_of(world, account), PASSWORD)
    world.session.execute(
        update(WebSession)
        .where(WebSession.account_id == account_id)
        .values(seen_at=now().replace(year=now().year - 1))
    )
    world.session.commit()

    page = client.post(
        "/password/change", data={"old": "Wrong#2024words", "new": NEW, "again": NEW}
    )

    assert page.status_code == 200
    assert "原始密码不正确" in page.text


def test_another_identity_is_put_on_under_a_fresh_token(
    app: Flask, client: FlaskClient, world: World
) -> None:
    account = active(world)
    second = identities.add_identity(
        world.session, account, role=Role.AGENCY, body=world.agency, actor=SYSTEM_ADMIN, at=now()
    )
    second_id = second.id
    foreign = world.identity(active(world, Role.AUTHORITY, world.city)).id
    world.session.commit()
    send(client, name_of(world, account), PASSWORD)
    before = token(client)
    html = client.get("/switch/").text
    assert "长治市医院" in html
    assert "长治市考核办" in html

    assert client.post(f"/switch/{foreign}").status_code == 404
    assert client.get(f"/switch/{second_id}").status_code == 405
    page = client.post(f"/switch/{second_id}")

    assert (page.status_code, page.location) == (303, "/")
    assert token(client) != before
    thief = app.test_client()
    thief.set_cookie("dingkao", before)
    assert not signed_in(thief)
    rows = world.session.scalars(
        select(WebSession.identity_id).where(WebSession.account_id == account.id)
    ).all()
    world.session.rollback()
    assert rows == [second_id]


def test_a_stopped_body_closes_the_door(client: FlaskClient, world: World) -> None:
    with unscoped("the test founds and closes a hospital"):
        closed = Institution(
            uscc="12140400333333333C", name="已撤销医院", province_id=1, authority_path="/1/2/",
            authority_id=2,
        )  # fmt: skip
        world.session.add(closed)
        world.session.commit()
    account = active(world, Role.INSTITUTION, closed)
    name = name_of(world, account)
    send(client, name, PASSWORD)
    assert signed_in(client)

    accounts.stop_account(world.session, account.id, actor=SYSTEM_ADMIN, at=now())
    world.session.commit()

    assert not signed_in(client)
    assert "账号或密码错误" in send(client, name, PASSWORD).text
