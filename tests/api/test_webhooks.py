"""Webhooks: told in the step's own transaction, signed, retried, and never to an inner address."""

import base64
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus, DeliveryState, Procedure, Role, WebhookEvent
from app.exchange import webhooks as sending
from app.exchange.webhook_targets import TargetRefused, TargetRules, checked
from app.exchange.webhooks import Notice, deliver, payload, send
from app.models import Assessment, Participation, WebhookDelivery, WebhookEndpoint
from app.operations.webhooks import (
    BACK_OFF,
    LEASE,
    MOST_ADDRESSES,
    WebhookRefused,
    create_endpoint,
    resend,
)
from app.views.clock import now
from app.workflows.assessment import ASSESSMENT
from app.workflows.bulk import fire_many
from app.workflows.participation import PARTICIPATION
from tests.support.site import Site
from tests.views.physicians import counted, waiting
from tests.workflows.world import case_id

EVENTS = tuple(WebhookEvent)
LOCAL = TargetRules(is_local_allowed=True)
AT = now()


@dataclass
class Receiver:
    """A server that keeps what it gets and answers what it is told to."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiving(status: int = 204, **headers: str) -> Iterator[Receiver]:
    receiver = Receiver(status=status, headers=headers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def subscribe(site: Site, username: str, url: str = "", role: Role | None = None) -> str:
    """Add an address of an account's body and give its secret; a test's own address by its number."""
    actor = site.actor(username, role)
    with site.session(username) as session:
        done = create_endpoint(
            session, url="https://hook.example/x", events=EVENTS, actor=actor, at=AT
        )
        if url:
            done.endpoint.url = url
        session.commit()
        return done.secret


def confirm(site: Site, pk: int) -> None:
    with site.session("hospital") as session:
        PARTICIPATION.fire(session, pk, "confirm", actor=site.actor("hospital"), at=AT)
        session.commit()


def outbox(site: Site) -> list[WebhookDelivery]:
    with site.session() as session:
        rows = list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))
        session.expunge_all()
        return rows


def sweep(site: Site, *, at: Any = AT, rules: TargetRules = LOCAL) -> list[str]:
    with site.session() as session:
        found = []
        for sent in deliver(session, at=at, rules=rules):
            session.commit()
            if sent is not None:
                found.append(sent.outcome)
        return found


def test_every_body_above_a_case_is_told_and_no_other(site: Site) -> None:
    told = ("hospital", "agency", "county", "province")
    for name in (*told, "hospital-sn", "province-sn", "agency-sn"):
        subscribe(site, name)
    pk = waiting(site).id

    confirm(site, pk)

    with site.session() as session:
        owners = session.execute(
            select(WebhookEndpoint.owner_role, WebhookEndpoint.authority_path)
            .join(WebhookDelivery, WebhookDelivery.endpoint_id == WebhookEndpoint.id)
            .order_by(WebhookEndpoint.id)
        ).all()
    assert [role for role, _path in owners] == [
        Role.INSTITUTION, Role.AGENCY, Role.AUTHORITY, Role.AUTHORITY,
    ]  # fmt: skip
    row = outbox(site)[0]
    assert (row.subject, row.subject_id, row.action) == ("participation", pk, "confirm")
    assert (row.from_status, row.to_status) == ("UNCONFIRMED", "CONFIRMED")


def test_a_step_that_is_rolled_back_tells_nothing(site: Site) -> None:
    subscribe(site, "hospital")
    with site.session("hospital") as session:
        actor = site.actor("hospital")
        PARTICIPATION.fire(session, waiting(site).id, "confirm", actor=actor, at=AT)
        session.rollback()

    assert outbox(site) == []


def test_many_rows_are_told_in_one_statement(site: Site) -> None:
    subscribe(site, "hospital")
    subscribe(site, "province")
    with site.session("hospital") as session, counted() as statements:
        done = fire_many(
            PARTICIPATION, session, Participation.institution_id == 2, "confirm",
            actor=site.actor("hospital"), at=AT,
        ).done  # fmt: skip
        session.commit()

    rows = outbox(site)
    assert len(done) > 1
    assert sorted(row.subject_id for row in rows) == sorted(2 * done)
    assert {row.from_status for row in rows} == {"UNCONFIRMED"}
    assert sum("INSERT INTO webhook_delivery" in text for text in statements) == 1


def test_a_stopped_address_or_another_event_is_not_told(site: Site) -> None:
    subscribe(site, "hospital")
    with site.session() as session:
        row = session.scalars(select(WebhookEndpoint)).one()
        row.events = WebhookEvent.ASSESSMENT.code
        session.commit()
    confirm(site, waiting(site).id)
    with site.session() as session:
        row = session.scalars(select(WebhookEndpoint)).one()
        row.events, row.is_active = "participation", False
        session.commit()
    confirm(site, waiting(site).id)

    assert outbox(site) == []


def test_what_is_sent_is_signed_and_says_nothing_personal(site: Site) -> None:
    who = waiting(site)
    with receiving() as receiver:
        secret = subscribe(site, "hospital", receiver.url)
        confirm(site, who.id)
        outcomes = sweep(site)

    ((headers, body),) = receiver.got
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, sha256)).decode()
    (row,) = outbox(site)
    assert outcomes == ["204"]
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body) == payload(row)
    assert set(payload(row)) == {"type", "timestamp", "sequence", "data"}
    data: Any = payload(row)["data"]
    assert set(data) == {"id", "participation_id", "action", "from", "to"}
    assert who.name not in body.decode()
    assert (row.state, row.attempts, row.outcome) == (DeliveryState.DELIVERED, 1, "204")
    assert sweep(site, at=AT + timedelta(days=9)) == []


def test_a_failure_is_retried_later_and_later_then_given_up_and_sent_again(site: Site) -> None:
    with receiving(status=500) as receiver:
        subscribe(site, "hospital", receiver.url)
        confirm(site, waiting(site).id)
        at, tries = AT, 0
        for wait in BACK_OFF:
            assert sweep(site, at=at) == ["500"]
            assert sweep(site, at=at + wait - timedelta(seconds=1)) == []
            at, tries = at + wait, tries + 1
        assert sweep(site, at=at) == ["500"]

        (row,) = outbox(site)
        assert (row.state, row.attempts) == (DeliveryState.FAILED, tries + 1)
        assert sweep(site, at=at + timedelta(days=30)) == []

        receiver.status = 200
        actor = site.actor("hospital")
        with site.session("hospital") as session:
            again = session.get_one(WebhookDelivery, row.id)
            resend(session, again, actor=actor, at=at)
            session.commit()
        assert sweep(site, at=at) == ["200"]
    ids = {headers["webhook-id"] for headers, _body in receiver.got}
    assert len(ids) == 1
    assert len(receiver.got) == tries + 2


def test_a_redirect_is_no_delivery_and_is_not_followed(site: Site) -> None:
    with receiving() as inner, receiving(status=302, Location=inner.url) as receiver:
        subscribe(site, "hospital", receiver.url)
        confirm(site, waiting(site).id)

        assert sweep(site) == ["302"]
        assert inner.got == []


def test_a_sender_killed_on_the_way_leaves_the_notice_to_the_next(site: Site) -> None:
    with receiving() as receiver:
        subscribe(site, "hospital", receiver.url)
        confirm(site, waiting(site).id)
        with site.session() as session:
            run = deliver(session, at=AT, rules=LOCAL)
            assert next(run) is None  # claimed
            session.commit()

        assert sweep(site) == []
        assert sweep(site, at=AT + LEASE) == ["204"]
    assert outbox(site)[0].attempts == 2


def test_a_receiver_that_drips_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.3)

    class Slow(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            stop.wait(5)

    stop = Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    notice = Notice(1, f"http://127.0.0.1:{server.server_port}/", b"{}", {})
    try:
        assert send(notice, rules=LOCAL).outcome in {"timed out", "ReadTimeout"}
    finally:
        stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1",  # noqa: S104 - refused, not bound
        "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "ff02::1", "100.100.100.200",
    ],
)  # fmt: skip
def test_no_inner_address_is_called(address: str) -> None:
    alone = TargetRules(resolve=lambda _host, _port: [address])
    among = TargetRules(resolve=lambda _host, _port: ["93.184.215.14", address])

    for rules in (alone, among):
        with pytest.raises(TargetRefused, match="address not public"):
            checked("https://hook.example/x", rules=rules)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    target = checked("https://hook.example/a?b=c", rules=TargetRules(resolve=resolve))

    assert asked == ["hook.example"]
    assert target.url == "https://93.184.215.14:443/a?b=c"
    assert (target.host, target.host_header) == ("hook.example", "hook.example")


@pytest.mark.parametrize(
    "url",
    ["http://hook.example/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/",
     "https://localhost/", "https://nosuch.invalid/", "file:///etc/passwd", "https:///x"],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_an_outcome(url: str) -> None:
    sent = send(Notice(1, url, b"{}", {}))
    assert not sent.is_delivered
    assert sent.outcome in {"address not public", "no https address", "unknown host"}


def test_what_cannot_be_an_address_is_refused_when_it_is_set(site: Site) -> None:
    actor = site.actor("hospital")
    wrong = ("http://a.example/", "https://u:p@a.example/", "https://a.example:8443/", "https://",
             "https://a.example/ x", "https://例.example/", "javascript:x", "https://[x/")  # fmt: skip
    with site.session("hospital") as session:
        for url in wrong:
            with pytest.raises(WebhookRefused):
                create_endpoint(session, url=url, events=EVENTS, actor=actor, at=AT)
        for number in range(MOST_ADDRESSES):
            create_endpoint(
                session, url=f"https://a.example/{number}", events=EVENTS, actor=actor, at=AT
            )
        with pytest.raises(WebhookRefused):
            create_endpoint(session, url="https://a.example/", events=EVENTS, actor=actor, at=AT)


def test_a_case_that_moves_is_told_whoever_moves_it(site: Site) -> None:
    subscribe(site, "hospital")
    pk = case_id(site, AssessmentStatus.AWAITING_AGENCY, Procedure.GENERAL)
    with site.session() as session:
        case = session.get_one(Assessment, pk)
        assert case.agency_id is not None
    actor = site.actor("agency")
    with site.session("agency") as session:
        ASSESSMENT.fire(session, pk, "agency_reject", actor=actor, at=AT, comment="材料不全")
        session.commit()

    (row,) = outbox(site)
    assert (row.subject, row.subject_id, row.to_status) == ("assessment", pk, "AGENCY_REJECTED")
