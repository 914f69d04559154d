"""What a browser does at the sign-in pages, and accounts to do it with."""

import json
from itertools import count

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.enums import Role
from app.models import Account, WebSession
from app.operations import accounts
from app.operations.identities import Body
from app.security.actor import unscoped
from app.views.clock import now
from tests.operations.account_world import SYSTEM_ADMIN, World

NEW = "Lvshui_7788Ping"
PROBE = "/password/change"  # a page that everybody has who is signed in
_names = count(1)


def active(world: World, role: Role = Role.INSTITUTION, body: Body | None = None) -> Account:
    return world.active(f"user{next(_names)}", role, body or world.hospital)


def initial(world: World, mode: str = "manual") -> accounts.Created:
    """Open an account now: its 72 hours are counted by the application's clock."""
    created = accounts.create_account(
        world.session, username=f"user{next(_names)}", name="李明", role=Role.INSTITUTION,
        body=world.hospital, actor=SYSTEM_ADMIN, at=now(), mode=mode,
    )  # fmt: skip
    world.session.commit()
    return created


def name_of(world: World, account: Account) -> str:
    with unscoped("the test looks"):
        name = account.username
        world.session.rollback()
    return name


def send(client: FlaskClient, name: str, password: str, **more: str) -> TestResponse:
    url = more.pop("url", "/login/")
    return client.post(url, data={"account": name, "password": password, **more})


def signed_in(client: FlaskClient) -> bool:
    return client.get(PROBE).status_code == 200


def token(client: FlaskClient) -> str:
    cookie = client.get_cookie("dingkao")
    assert cookie is not None
    return cookie.value


def answer_of(world: World) -> str:
    """Read the newest 验证码 where it is kept: on the server."""
    rows = [json.loads(data) for data in world.session.scalars(select(WebSession.data))]
    world.session.rollback()
    known = [row["captcha"] for row in rows if "captcha" in row]
    return str(max(known, key=lambda row: row["at"])["answer"])
