"""登录, 验证码 and 退出 through the browser's eyes."""

import re
from contextlib import ExitStack

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.models import LoginGuard
from app.views.signin import lane
from tests.operations.account_world import PASSWORD, World
from tests.views.signin.browser import (
    active,
    answer_of,
    name_of,
    send,
    signed_in,
    token,
)


def test_the_page_has_what_the_manual_names(app: Flask, client: FlaskClient) -> None:
    app.config["CAPTCHA"] = True
    html = client.get("/login/").text

    assert re.search(r"<h1[^>]*>([^<]*)</h1>", html)[1] == "医师定期考核信息登记管理系统"  # type: ignore[index] # None would fail as it should
    labels = re.findall(r'<label[^>]*class="field-label"[^>]*>(?:<span.*?</span>)?([^<]+)', html)
    assert labels == ["账号", "密码", "验证码"]
    assert re.search(r'<button class="btn btn-primary[^>]*>登录</button>', html)
    assert "换用文字题" in html


# --- 验证码 ----------------------------------------------------------------------------------


def test_the_captcha_is_a_picture_whose_answer_stays_on_the_server(
    app: Flask, client: FlaskClient, world: World
) -> None:
    app.config["CAPTCHA"] = True
    name = name_of(world, active(world))
    client.get("/login/")
    picture = client.get("/captcha.png")
    answer = answer_of(world)

    assert (picture.mimetype, picture.data[:4]) == ("image/png", b"\x89PNG")
    assert answer not in str(picture.headers)
    assert send(client, name, PASSWORD, captcha=answer.lower()).status_code == 303
    assert signed_in(client)


def test_a_captcha_serves_one_attempt_and_a_wrong_one_costs_no_try(
    app: Flask, client: FlaskClient, world: World
) -> None:
    app.config["CAPTCHA"] = True
    world.session.execute(delete(LoginGuard))
    world.session.commit()
    name = name_of(world, active(world))
    client.get("/login/")
    client.get("/captcha.png")
    answer = answer_of(world)

    wrong = send(client, name, PASSWORD, captcha="?????")
    again = send(client, name, PASSWORD, captcha=answer)

    for page in (wrong, again):
        assert "验证码不正确或已失效" in page.text
        assert f'value="{name}"' in page.text
        assert PASSWORD not in page.text
    assert not signed_in(client)
    assert world.session.query(LoginGuard).count() == 0
    world.session.rollback()


def test_a_question_in_words_can_be_answered_instead(
    app: Flask, client: FlaskClient, world: World
) -> None:
    app.config["CAPTCHA"] = True
    name = name_of(world, active(world))
    html = client.get("/login/?words=1").text

    assert "等于几" in html
    assert "captcha.png" not in html
    answer = answer_of(world)
    page = send(client, name, PASSWORD, captcha=answer, url="/login/?words=1")
    assert page.status_code == 303


# --- 登录 ------------------------------------------------------------------------------------


def test_signing_in_gives_a_fresh_token_and_ends_the_visitors(
    app: Flask, client: FlaskClient, world: World
) -> None:
    app.config["CAPTCHA"] = True  # so that the visitor has a session
    name = name_of(world, active(world))
    client.get("/login/?words=1")
    fixed = token(client)
    send(client, name, PASSWORD, captcha=answer_of(world))

    assert token(client) != fixed
    attacker = app.test_client()
    attacker.set_cookie("dingkao", fixed)
    assert signed_in(client)
    assert not signed_in(attacker)


def _lasting(page: str) -> str:
    """Leave out what is drawn anew for every page: tokens and the picture's address."""
    return re.sub(r'(name="csrf_token" value="|captcha\.png\?t=)[^"]*', r"\1", page)


def test_a_failure_keeps_the_name_and_says_the_same_of_everybody(
    client: FlaskClient, world: World
) -> None:
    name = name_of(world, active(world))

    wrong = send(client, name, "Wrong#2024words")
    unknown = send(client, "nobody-has-it", "Wrong#2024words")

    assert wrong.status_code == unknown.status_code == 200
    assert "账号或密码错误" in wrong.text
    assert _lasting(wrong.text).replace(name, "nobody-has-it") == _lasting(unknown.text)
    assert f'value="{name}"' in wrong.text
    assert "Wrong#2024words" not in wrong.text


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/password/change?a=1", "/password/change?a=1"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\t/evil.example", "/"),
        ("/logout/", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_only_an_own_path_is_gone_to(
    client: FlaskClient, world: World, wanted: str, target: str
) -> None:
    name = name_of(world, active(world))

    page = client.post(
        "/login/", query_string={"next": wanted}, data={"account": name, "password": PASSWORD}
    )

    assert (page.status_code, page.location) == (303, target)


def test_too_many_requests_of_one_network_are_answered_in_the_form(client: FlaskClient) -> None:
    codes = [send(client, "", "").status_code for _ in range(30)]
    page = send(client, "somebody", "")
    elsewhere = client.post(
        "/login/", data={"account": "somebody"}, environ_base={"REMOTE_ADDR": "10.9.9.9"}
    )

    assert codes == [200] * 30
    assert page.status_code == 429
    assert "操作过于频繁" in page.text
    assert 'value="somebody"' in page.text
    assert elsewhere.status_code == 200


def test_addresses_of_one_ipv6_network_count_as_one(client: FlaskClient) -> None:
    codes = [
        client.post("/login/", environ_base={"REMOTE_ADDR": f"2001:db8::{n:x}"}).status_code
        for n in range(1, 32)
    ]

    assert codes == [200] * 30 + [429]


def test_signing_out_ends_the_session_on_the_server(
    app: Flask, client: FlaskClient, world: World
) -> None:
    account = active(world)
    send(client, name_of(world, account), PASSWORD)
    captured = token(client)

    assert client.get("/logout/").status_code == 405
    page = client.post("/logout/")

    assert (page.status_code, page.location) == (303, "/login/")
    thief = app.test_client()
    thief.set_cookie("dingkao", captured)
    assert not signed_in(thief)
    assert [entry.action_label for entry in world.trail(account)][-1] == "退出"
    world.session.rollback()


def test_a_visitor_may_press_the_way_out_too(app: Flask, client: FlaskClient) -> None:
    app.config["CAPTCHA"] = True
    client.get("/login/?words=1")

    assert client.post("/logout/").status_code == 303


def test_a_full_lane_sends_logins_away_and_nobody_else(
    app: Flask, client: FlaskClient, world: World
) -> None:
    name = name_of(world, active(world))
    with ExitStack() as lanes:
        with app.app_context():
            taken = [lanes.enter_context(lane.entered()) for _n in range(app.config["WEB_THREADS"])]
        assert taken.count(True) == app.config["WEB_THREADS"] // 2
        page = send(client, name, PASSWORD)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "3")
        assert "登录人数较多" in page.text
        assert f'value="{name}"' in page.text
        assert client.get("/login/").status_code == 200
    assert send(client, name, PASSWORD).status_code == 303
