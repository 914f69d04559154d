"""Open-loop load: requests start when they are due, whatever became of those before them.

Latency counts from the instant a request was due, so that a server which falls behind cannot hide it.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

CONNECTIONS = 96


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``due`` is in seconds from the beginning, ``expects`` the status."""

    due: float
    kind: str
    path: str
    body: bytes
    content_type: str
    cookie: str = ""
    expects: int = 200


@dataclass
class Outcome:
    """Milliseconds by kind, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: float = 0.0

    def percentiles(self, *kinds: str) -> tuple[float, float, float]:
        """Give p50, p95 and p99 of some kinds, or of all."""
        every = sorted(ms for kind in (kinds or tuple(self.times)) for ms in self.times[kind])
        return (_at(every, 0.50), _at(every, 0.95), _at(every, 0.99))


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run(port: int, requests: Iterable[Request], *, connections: int = CONNECTIONS) -> Outcome:
    """Send everything when it is due; nothing is due in closed loops, where ``due`` is 0."""
    return asyncio.run(_run(port, sorted(requests, key=lambda one: one.due), connections))


async def _run(port: int, requests: list[Request], connections: int) -> Outcome:
    outcome, waiting = Outcome(), asyncio.Queue[Request | None]()
    began = time.perf_counter()
    workers = [
        asyncio.create_task(_worker(port, waiting, outcome, began)) for _ in range(connections)
    ]
    for request in requests:
        pause = request.due - (time.perf_counter() - began)
        if pause > 0:
            await asyncio.sleep(pause)
        waiting.put_nowait(request)
    for _ in workers:
        waiting.put_nowait(None)
    await asyncio.gather(*workers)
    outcome.seconds = time.perf_counter() - began
    return outcome


async def _worker(
    port: int, waiting: "asyncio.Queue[Request | None]", outcome: Outcome, began: float
) -> None:
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while (request := await waiting.get()) is not None:
        started = time.perf_counter()
        due = began + request.due if request.due else started
        try:
            if streams is None:
                streams = await asyncio.open_connection("127.0.0.1", port)
            status, closes = await _ask(*streams, request)
            if status != request.expects:
                outcome.errors[f"{request.kind} {status}"] += 1
            if closes:
                streams[1].close()
                streams = None
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            outcome.errors[f"{request.kind} {type(error).__name__}"] += 1
            streams = None
        outcome.times[request.kind].append((time.perf_counter() - due) * 1000)
    if streams is not None:
        streams[1].close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request
) -> tuple[int, bool]:
    head = (
        f"POST {request.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {request.content_type}\r\n"
        f"Content-Length: {len(request.body)}\r\nCookie: {request.cookie}\r\n\r\n"
    )
    writer.write(head.encode() + request.body)
    await writer.drain()
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    if "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
    elif headers.get("transfer-encoding") == "chunked":
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(lines[0].split()[1]), headers.get("connection") == "close"


def json_body(value: object) -> bytes:
    """Write a body."""
    return json.dumps(value).encode()
