"""The synchronisation against a real HTTP server, with everything that may go wrong on the way."""

import base64
import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import config as configuration
from app.exchange import registry_signature
from app.exchange.registry_client import (
    Limits,
    RegistryMisconfigured,
    RegistryUnavailable,
    client_of,
)
from app.exchange.registry_contract import RegistryAnswerInvalid, read_page
from app.exchange.registry_sync import Run, sync_due
from app.models import Physician, RegistryLink, RegistryRecord, TrailEntry
from app.periods import local_day
from app.security.actor import unscoped
from deploy.registry.server import Fault, Registry, serving
from tests.support.registry import KEY, SHANXI, Linked, linked_world
from tests.support.storage import open_storage
from tests.support.world import AT, World, small_world

DOCUMENT = Path(__file__).parents[2] / "docs" / "registry.md"
QUICK = Limits(timeout=0.5, tries=3, first_pause=0.001)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    engine, sessions = open_storage(database_url)
    with sessions() as session:
        yield small_world(session)
    engine.dispose()


@pytest.fixture
def linked(world: World) -> Linked:
    made = linked_world(world)
    world.session.commit()
    return made


@pytest.fixture
def registry() -> Registry:
    key_id, _colon, secret = KEY.partition(":")
    return Registry(key_id, base64.b64decode(secret))


@pytest.fixture
def address(registry: Registry) -> Iterator[str]:
    with serving(registry) as url:
        yield url


def client(address: str, *, size: int = 500, pauses: list[float] | None = None, **limits: Any):
    waited = [] if pauses is None else pauses
    config = {"REGISTRY_URL": address, "REGISTRY_KEY": KEY, "REGISTRY_PAGE": size}
    return client_of(
        config,
        clock=time.time,
        sleep=waited.append,
        limits=Limits(**{**vars(QUICK), **limits}),
    )


def sync(linked: Linked, asking: Any, at: datetime = AT) -> Run:
    (run,) = sync_due(linked.session, client=asking, now=lambda: at, save=linked.session.commit)
    return run


def state(linked: Linked) -> tuple[Any, ...]:
    """Cursor, time of the last synchronisation, last error, number of physicians."""
    link = RegistryLink
    with unscoped("the test looks"):
        row = linked.session.execute(select(link.cursor, link.synced_at, link.last_error)).one()
        people = linked.session.scalar(select(func.count(Physician.id)))
        linked.session.commit()
    return (*row, people)


def test_page_after_page_is_taken_in_until_the_end(
    linked: Linked, registry: Registry, address: str
) -> None:
    people = linked.world.doctors(5)
    registry.add(SHANXI, [linked.change(one, n % 2) for n, one in enumerate(people)])

    run = sync(linked, client(address, size=2))

    assert (run.pages, run.taken.created, run.error) == (3, 5, None)
    assert state(linked) == ("5", AT, None, 5)
    assert [re.sub(r"&.*", "", query) for query in registry.asked] == [
        "limit=2",
        "cursor=2",
        "cursor=4",
    ]
    again = sync(linked, client(address, size=2), AT + timedelta(hours=1))
    assert (again.pages, again.taken.created, again.taken.unchanged) == (1, 0, 0)
    assert state(linked) == ("5", AT + timedelta(hours=1), None, 5)


@pytest.mark.parametrize(
    "fault", [Fault.BUSY, Fault.BROKEN, Fault.TRUNCATED, Fault.SLOW], ids=lambda f: f.value
)
def test_a_passing_trouble_is_tried_again(
    linked: Linked, registry: Registry, address: str, fault: Fault
) -> None:
    registry.slow_seconds = 0.8
    registry.add(SHANXI, [linked.change(linked.world.doctors(1)[0])])
    registry.fail(fault, fault)
    pauses: list[float] = []

    run = sync(linked, client(address, pauses=pauses))

    assert (run.error, run.taken.created, len(registry.asked), len(pauses)) == (None, 1, 3, 2)


@pytest.mark.parametrize(
    ("fault", "error", "times"),
    [
        (Fault.BUSY, "HTTP 429", 3),
        (Fault.BROKEN, "HTTP 500", 3),
        (Fault.TRUNCATED, "RemoteProtocolError", 3),
        (Fault.FORBIDDEN, "HTTP 403", 1),
        (Fault.ELSEWHERE, "HTTP 302", 1),
        (Fault.NONSENSE, "not JSON", 1),
        (Fault.HUGE, "the answer is too large", 1),
    ],
)
def test_a_lasting_trouble_is_written_down_and_changes_nothing(
    linked: Linked, registry: Registry, address: str, fault: Fault, error: str, times: int
) -> None:
    registry.add(SHANXI, [linked.change(linked.world.doctors(1)[0])])
    registry.fail(*[fault] * times)

    run = sync(linked, client(address))

    assert (run.error, run.pages, len(registry.asked)) == (error, 0, times)
    assert state(linked) == (None, None, error, 0)
    assert sync(linked, client(address)).taken.created == 1
    assert state(linked) == ("1", AT, None, 1)


def test_the_registry_may_say_how_long_to_wait(registry: Registry, address: str) -> None:
    pauses: list[float] = []
    registry.retry_after = "7"
    registry.fail(Fault.BUSY)
    client(address, pauses=pauses).fetch(province_code=SHANXI, cursor=None)
    assert 7 <= pauses[0] < 8

    registry.retry_after = "900"
    registry.fail(Fault.BUSY)
    with pytest.raises(RegistryUnavailable, match="asks to wait 900 s"):
        client(address, pauses=pauses).fetch(province_code=SHANXI, cursor=None)


def test_pauses_grow_and_differ(registry: Registry, address: str) -> None:
    pauses: list[float] = []
    registry.fail(*[Fault.BROKEN] * 6)
    with pytest.raises(RegistryUnavailable):
        client(address, pauses=pauses, tries=6, first_pause=1.0).fetch(
            province_code=SHANXI, cursor=None
        )

    assert all(low <= p <= 2 * low for p, low in zip(pauses, (0.5, 1, 2, 4, 8), strict=True))


def test_a_run_that_dies_between_pages_goes_on_without_repeating(
    linked: Linked, registry: Registry, address: str
) -> None:
    people = linked.world.doctors(6)
    registry.add(SHANXI, [linked.change(one) for one in people])
    asking = client(address, size=2)

    class Killed(BaseException):
        """What no handler of the application catches."""

    for dies_at in (2, 3, 2, 3):  # before and after a page lasts
        calls = iter(range(1, 99))

        def save(dies_at: int = dies_at, calls: Iterator[int] = calls) -> None:
            if next(calls) == dies_at:
                raise Killed
            linked.session.commit()

        with pytest.raises(Killed):
            sync_due(linked.session, client=asking, now=lambda: AT, save=save)
        linked.session.rollback()
    sync(linked, asking)

    assert state(linked) == ("6", AT, None, 6)
    with unscoped("the test counts"):
        told = select(func.count(TrailEntry.id)).where(TrailEntry.action_label == "新增医师")
        assert linked.session.scalar(told) == 6
        assert linked.session.scalar(select(func.count(RegistryRecord.id))) == 6


def test_no_transaction_is_open_while_the_registry_is_asked(
    linked: Linked, registry: Registry, address: str
) -> None:
    asking = client(address)
    seen: list[bool] = []
    fetch = type(asking).fetch

    class Watched(type(asking)):  # type: ignore[misc]  # a class of the test
        def fetch(self, **how: Any) -> bytes:
            seen.append(linked.session.in_transaction())
            return fetch(self, **how)

    sync(linked, Watched(**vars(asking)))

    assert seen == [False]


def test_a_wrong_key_is_refused_by_the_registry(registry: Registry, address: str) -> None:
    registry.secret = b"another secret of thirty-two bytes"

    with pytest.raises(RegistryUnavailable, match="HTTP 401"):
        client(address).fetch(province_code=SHANXI, cursor=None)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("", KEY),
        ("http://registry.example/", KEY),
        ("ftp://registry.example/", KEY),
        ("https://registry.example/?x=1", KEY),
        ("https://registry.example/", ""),
        ("https://registry.example/", "id:???"),
        ("https://registry.example/", "id:c2hvcnQ="),
    ],
)
def test_unsafe_settings_ask_nobody(url: str, key: str) -> None:
    config = {"REGISTRY_URL": url, "REGISTRY_KEY": key, "REGISTRY_PAGE": 5}
    with pytest.raises(RegistryMisconfigured):
        client_of(config, clock=lambda: 0.0, sleep=lambda _s: None)


def test_production_wants_the_key_of_the_registry() -> None:
    config = configuration.load({"DINGKAO_PROFILE": "production", "REGISTRY_URL": "https://r.cn"})

    assert [one for one in configuration.problems(config) if "REGISTRY" in one]


@pytest.mark.parametrize(
    "change",
    [
        {"contract": "2"},
        {"province": "610000"},
        {"changes": {}},
        {"next_cursor": ""},
        {"has_more": "no"},
        {"changes": [{"seq": "1"}]},
        {"changes": [{"seq": 1, "kind": "registration", "physician": {}, "institution": {}}]},
    ],
)
def test_a_page_that_breaks_the_contract_is_refused(change: dict[str, Any]) -> None:
    good = {"contract": "1", "province": SHANXI, "changes": [], "next_cursor": "1"}
    content = json.dumps({**good, "has_more": False, **change}).encode()

    with pytest.raises(RegistryAnswerInvalid):
        read_page(content, province_code=SHANXI, today=local_day(AT))


def test_the_signature_of_the_document_is_the_one_we_send() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    (block,) = re.findall(r"^```text\n(GET\n.*?)^```", text, re.MULTILINE | re.DOTALL)
    method, path, query, timestamp, nonce = block.splitlines()
    (secret,) = re.findall(r"`example:([A-Za-z0-9+/=]+)`", text)
    (wanted,) = re.findall(r"X-Registry-Signature: ([0-9a-f]{64})", text)

    signed = registry_signature.signature(
        base64.b64decode(secret),
        method=method,
        path=path,
        query=query,
        timestamp=timestamp,
        nonce=nonce,
    )

    assert signed == wanted


def test_the_page_of_the_document_can_be_read() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    (block,) = re.findall(r"^```json\n(\{\n  \"contract\".*?)^```", text, re.MULTILINE | re.DOTALL)

    page = read_page(block.encode(), province_code="610000", today=local_day(AT))

    assert [one.problem for one in page.changes] == [None]
    assert page.changes[0].facts is not None
