"""The registry's side of the contract over plain HTTP: checks signatures, pages, fails when told to.

Not for real data: it keeps everything in memory, and serves the loopback only.
"""

import hashlib
import hmac
import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/v1/changes"
_SKEW = 300


class Fault(StrEnum):
    """What the next answer is to be instead of a page."""

    BUSY = "busy"
    BROKEN = "broken"
    TRUNCATED = "truncated"
    SLOW = "slow"
    NONSENSE = "nonsense"
    HUGE = "huge"
    FORBIDDEN = "forbidden"
    ELSEWHERE = "elsewhere"


@dataclass
class Registry:
    """What the server knows: one key, the changes of each province, and its next faults."""

    key_id: str
    secret: bytes
    changes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    retry_after: str = "0"
    slow_seconds: float = 5.0
    asked: list[str] = field(default_factory=list)
    _nonces: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, province: str, changes: Sequence[Mapping[str, Any]]) -> None:
        """Append changes, numbering those without ``seq``."""
        with self._lock:
            known = self.changes.setdefault(province, [])
            for change in changes:
                last = known[-1]["seq"] if known else 0
                known.append({"seq": last + 1, **change})

    def fail(self, *faults: Fault) -> None:
        """Spoil the next answers, in this order."""
        with self._lock:
            self.faults.extend(faults)

    def next_fault(self, query: str) -> Fault | None:
        """Note a request and give the fault that is due."""
        with self._lock:
            self.asked.append(query)
            return self.faults.popleft() if self.faults else None

    def objection(self, headers: Mapping[str, str], *, path: str, query: str) -> str | None:
        """Say what is wrong with a request's signature, or None; a nonce is good once."""
        stamp, nonce = headers.get("X-Registry-Timestamp", ""), headers.get("X-Registry-Nonce", "")
        if headers.get("X-Registry-Key") != self.key_id:
            return "unknown_key"
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > _SKEW:
            return "stale"
        message = f"GET\n{path}\n{query}\n{stamp}\n{nonce}".encode()
        wanted = hmac.new(self.secret, message, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, headers.get("X-Registry-Signature", "")):
            return "bad_signature"
        with self._lock:
            if len(nonce) < 16 or nonce in self._nonces:
                return "replayed"
            self._nonces.add(nonce)
        return None

    def page(self, *, province: str, cursor: str, limit: int) -> dict[str, Any] | None:
        """Give the page after a cursor, None for a cursor that was never given out."""
        if not cursor.isdigit():
            return None
        with self._lock:
            later = [one for one in self.changes.get(province, []) if one["seq"] > int(cursor)]
        found = later[:limit]
        return {
            "contract": "1",
            "province": province,
            "changes": found,
            "next_cursor": str(found[-1]["seq"]) if found else cursor,
            "has_more": len(later) > limit,
        }


@contextmanager
def serving(registry: Registry, *, port: int = 0) -> Iterator[str]:
    """Serve until the block ends; gives the base address."""

    class Handler(_Handler):
        known = registry

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    known: Registry

    def do_GET(self) -> None:
        """Answer with a page, an error, or the fault that is due."""
        parts = urlsplit(self.path)
        fault = self.known.next_fault(parts.query)
        if fault is not None and self._spoilt(fault):
            return
        if parts.path != PATH:
            self._error(404, "no_such_path")
            return
        headers = dict(self.headers.items())
        wrong = self.known.objection(headers, path=parts.path, query=parts.query)
        if wrong is not None:
            self._error(401, wrong)
            return
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        limit = query.get("limit", "500")
        page = self.known.page(
            province=query.get("province", ""),
            cursor=query.get("cursor", "0"),
            limit=min(int(limit), 2000) if limit.isdigit() else 500,
        )
        if page is None:
            self._error(400, "bad_cursor")
            return
        self._send(200, json.dumps(page, ensure_ascii=False).encode())

    def _spoilt(self, fault: Fault) -> bool:
        if fault is Fault.BUSY:
            self._error(429, "busy", {"Retry-After": self.known.retry_after})
        elif fault is Fault.BROKEN:
            self._error(500, "broken")
        elif fault is Fault.FORBIDDEN:
            self._error(403, "province_not_allowed")
        elif fault is Fault.NONSENSE:
            self._send(200, b"<html>maintenance</html>")
        elif fault is Fault.HUGE:
            self._send(200, b" " * (9 * 1024 * 1024))
        elif fault is Fault.ELSEWHERE:
            self._send(302, b"", {"Location": "http://127.0.0.1:9/"})
        elif fault is Fault.TRUNCATED:
            self._send(200, b'{"contract": "1", "chan', {"Content-Length": "5000"})
            self.close_connection = True
        else:
            time.sleep(self.known.slow_seconds)
            return False
        return True

    def _error(self, status: int, code: str, more: Mapping[str, str] | None = None) -> None:
        self._send(status, json.dumps({"error": {"code": code}}).encode(), more)

    def _send(self, status: int, body: bytes, more: Mapping[str, str] | None = None) -> None:
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        self.send_response(status)
        for name, value in {**headers, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had enough

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Write nothing: a query holds no person, but tests need no noise."""
