"""The exam load: sittings that save, show life and send pictures, with and without a storm of logins."""

import os
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from PIL import Image

from app import create_app
from app.security.actor import unscoped
from app.views.clock import now
from app.workflows import time_outs
from bench import load
from bench.country_site import Bench
from bench.examinees import Examinee, begin
from bench.harness import Report
from bench.load import Request
from bench.served import served

SITTINGS = int(os.environ.get("BENCH_SITTINGS", "1000"))
SECONDS = 60
SAVE, BEAT, PHOTO = 15.0, 30.0, 150.0  # seconds between two of one examinee
LOGINS = 20  # a second
TIMED_OUT = 10_000
CEILING = 3000
PROCESSES = 2


def measure(bench: Bench, report: Report) -> None:
    """Measure the load, the ceiling of saves, and ten thousand time-outs at one instant."""
    config = dict(bench.config, WTF_CSRF_ENABLED=False)
    people = begin(bench, number=SITTINGS, at=now(), lasting=timedelta(hours=6))
    photo = _photo()
    with served(lambda: create_app(config), processes=PROCESSES) as port:
        load.run(port, _saves(people[:50], Random(0), first=1))  # warm
        for name, logins in (("exam", 0), ("exam and logins", LOGINS)):
            requests = _load(people, photo, Random(logins), logins, bench.facts)
            before = _processor()
            outcome = load.run(port, requests)
            share = (_processor() - before) / (outcome.seconds * (os.cpu_count() or 1))
            for kinds, label in ((("save", "beat", "photo"), "examinees"), (("login",), "logins")):
                if outcome.times[kinds[0]]:
                    for which, value in zip(
                        ("p50", "p95", "p99"), outcome.percentiles(*kinds), strict=True
                    ):
                        report.add(f"{name}: {label} {which}", value, "ms")
            report.add(f"{name}: requests a second", len(requests) / outcome.seconds, "1/s")
            waits = outcome.errors.pop("login 503", 0)  # asked to come again in three seconds
            if logins:
                report.add(f"{name}: logins asked to wait", waits * 100 / (logins * SECONDS), "%")
            report.add(f"{name}: errors", sum(outcome.errors.values()), "")
            report.add(f"{name}: processor share", share * 100, "%")
            if outcome.errors:
                print(dict(outcome.errors))
        saves = _saves(people, Random(9), first=700_000, number=CEILING)
        outcome = load.run(port, saves, connections=32)
        report.add("saves a second, closed loop", CEILING / outcome.seconds, "1/s")
    _time_outs(bench, report)


def _load(
    people: list[Examinee], photo: bytes, draw: Random, logins: int, facts: dict[str, object]
) -> list[Request]:
    found = []
    first = 300_000 if logins else 1000
    for one in people:
        for kind, every in (("save", SAVE), ("beat", BEAT), ("photo", PHOTO)):
            due, number = draw.uniform(0.01, every), first
            while due < SECONDS:
                number += 1
                found.append(_request(kind, one, due, number, draw, photo))
                due += every
    form = {"account": facts["province_account"], "password": facts["password"]}
    form_type = "application/x-www-form-urlencoded"
    sent = urlencode(form).encode()
    storm = (
        Request(n / logins + 0.01, "login", "/login/", sent, form_type, expects=303)
        for n in range(logins * SECONDS)
    )
    return [*found, *storm]


def _request(
    kind: str, one: Examinee, due: float, number: int, draw: Random, photo: bytes
) -> Request:
    cookie = f"dingkao={one.cookie}"
    if kind == "photo":
        path = f"/sheets/{one.sitting_id}/snapshot?seq={number}&age=0.5"
        return Request(due, kind, path, photo, "image/jpeg", cookie)
    entries = [_entry(one, number, draw)] if kind == "save" else []
    body = load.json_body({"entries": entries} | ({} if entries else {"after": 0}))
    return Request(due, kind, f"/sheets/{one.sitting_id}/sync", body, "application/json", cookie)


def _entry(one: Examinee, number: int, draw: Random) -> list[object]:
    return [1_000_000 + number, draw.choice(one.questions), draw.choice("ABCDE"), 0]


def _saves(people: list[Examinee], draw: Random, *, first: int, number: int = 500) -> list[Request]:
    found = []
    for n in range(number):
        one = people[n % len(people)]
        found.append(_request("save", one, 0, first + n, draw, b""))
    return found


def _time_outs(bench: Bench, report: Report) -> None:
    at = now()
    begin(bench, number=TIMED_OUT, at=at, lasting=timedelta(seconds=1))
    began, ended = time.perf_counter(), 0
    while True:
        with bench.site.session() as session, unscoped("the clock ends sittings"):
            some = time_outs.hand_in(session, at=at + timedelta(seconds=60))
            session.commit()
        ended += some
        if not some:
            break
    took = time.perf_counter() - began
    report.add(f"{ended} time-outs handed in", took, "s")


def _photo() -> bytes:
    target = BytesIO()
    Image.effect_noise((320, 240), 30).convert("RGB").save(target, "JPEG", quality=60)
    return target.getvalue()


def _processor() -> float:
    """Give the seconds that all processors of the machine have worked since it was started."""
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    fields = [int(word) for word in first.split()[1:]]
    busy = sum(fields) - fields[3] - fields[4]
    return busy / os.sysconf("SC_CLK_TCK")
