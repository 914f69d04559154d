"""状态推送: the secret shown once, the last notices with their result, 重新发送."""

import re

from sqlalchemy import select

from app.enums import DeliveryState, Role
from app.models import WebhookDelivery, WebhookEndpoint
from app.operations.webhooks import claim, record
from app.views.clock import now
from app.workflows.participation import PARTICIPATION
from tests.support.site import Site
from tests.views.physicians import waiting

FORM = {"url": "https://hook.example/dingkao", "events": ["PARTICIPATION"]}
SECRET = re.compile(r"whsec_[\w+/=]{44}")


def subscribed(site: Site) -> int:
    """Add an address and let its first notice fail for good."""
    client = site.client("hospital")
    assert SECRET.search(client.post("/webhooks/add", data=FORM).text)
    actor, pk = site.actor("hospital"), waiting(site).id
    with site.session("hospital") as session:
        PARTICIPATION.fire(session, pk, "confirm", actor=actor, at=now())
        (row,) = claim(session, at=now(), limit=5)
        row.attempts = 99
        record(session, row.id, is_delivered=False, outcome="500", at=now())
        session.commit()
        return int(row.endpoint_id)


def test_an_address_is_set_shown_and_changed(site: Site) -> None:
    pk = subscribed(site)
    client = site.client("hospital")

    listed = client.get("/webhooks/list/").text
    shown = client.get(f"/webhooks/show/{pk}").text
    form = client.get(f"/webhooks/edit/{pk}").text
    changed = client.post(
        f"/webhooks/edit/{pk}",
        data={"url": "https://hook.example/new", "events": ["ASSESSMENT"]},
        follow_redirects=True,
    )

    for page in (listed, shown, form):
        assert "https://hook.example/dingkao" in page
        assert not SECRET.search(page)
    assert "未确认参加 → 已确认参加" in shown
    assert "发送失败" in shown
    assert "https://hook.example/new" in changed.text
    with site.session() as session:
        row = session.scalars(select(WebhookEndpoint)).one()
        assert (row.events, row.is_active) == ("assessment", False)


def test_a_notice_is_sent_again_unless_its_address_is_stopped(site: Site) -> None:
    pk = subscribed(site)
    client = site.client("hospital")
    with site.session() as session:
        notice = session.scalars(select(WebhookDelivery.id)).one()
        session.get_one(WebhookEndpoint, pk).is_active = False
        session.commit()

    stopped = client.post(f"/webhooks/resend/{notice}", follow_redirects=True)
    assert "已停用" in stopped.text
    with site.session() as session:
        session.get_one(WebhookEndpoint, pk).is_active = True
        session.commit()
    again = client.post(f"/webhooks/resend/{notice}", follow_redirects=True)

    assert "已列入待发送" in again.text
    with site.session() as session:
        row = session.get_one(WebhookDelivery, notice)
        assert (row.state, row.attempts) == (DeliveryState.WAITING, 0)


def test_an_inner_or_plain_address_is_refused_beside_the_field(site: Site) -> None:
    answer = site.client("hospital").post("/webhooks/add", data={**FORM, "url": "http://a.example"})
    assert "推送地址须为 https://" in answer.text
    with site.session() as session:
        assert session.scalars(select(WebhookEndpoint)).all() == []


def test_another_body_s_address_does_not_exist(site: Site) -> None:
    pk = subscribed(site)
    with site.session() as session:
        notice = session.scalars(select(WebhookDelivery.id)).one()
    for username, role in (
        ("hospital-sn", Role.INSTITUTION),
        ("hospital", Role.AGENCY),
        ("province", Role.AUTHORITY),
    ):
        client = site.client(username, role)
        assert client.get(f"/webhooks/show/{pk}").status_code == 404
        assert client.post(f"/webhooks/edit/{pk}", data=FORM).status_code == 404
        assert client.post(f"/webhooks/resend/{notice}").status_code == 404
        assert "hook.example" not in client.get("/webhooks/list/").text
