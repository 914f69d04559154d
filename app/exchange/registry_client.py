"""Asking the registry over HTTP: signed, within limits of time and size, again when it fails.

Knows no database. The clock and the waiting are passed in from the edge.
"""

import base64
import binascii
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from app.exchange import registry_signature

_PATH = "/v1/changes"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_AGAIN = frozenset({429, 500, 502, 503, 504})
_LEAST_SECRET = 32


class RegistryUnavailable(RuntimeError):
    """The registry did not answer as it should; ``reason`` may be shown and holds no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RegistryMisconfigured(RegistryUnavailable):
    """The settings do not allow to ask at all."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how much one waits for. Seconds, bytes, and tries of one page."""

    timeout: float = 10.0
    page_seconds: float = 60.0
    page_bytes: int = 8 * 1024 * 1024
    tries: int = 5
    first_pause: float = 0.5
    longest_pause: float = 30.0
    longest_wish: float = 120.0


@dataclass(frozen=True, kw_only=True)
class RegistryClient:
    """Fetches pages of one registry.

    :param clock: seconds since 1970, for signatures and limits.
    :param sleep: waits that many seconds between tries.
    """

    base_url: str
    key_id: str
    secret: bytes = field(repr=False)
    page_size: int
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    limits: Limits = Limits()

    def fetch(self, *, province_code: str, cursor: str | None) -> bytes:
        """Fetch one page of changes after the cursor; None begins at the beginning.

        :raises RegistryUnavailable: refused, or still failing after the last try.
        """
        query = {"province": province_code, "limit": str(self.page_size)}
        if cursor is not None:
            query["cursor"] = cursor
        encoded = urlencode(sorted(query.items()))
        with httpx.Client(
            timeout=self.limits.timeout, follow_redirects=False, trust_env=False
        ) as client:
            answer = self._once(client, encoded)
            for attempt in range(1, self.limits.tries):
                if isinstance(answer, bytes):
                    break
                self.sleep(self._pause(attempt - 1, answer))
                answer = self._once(client, encoded)
        if isinstance(answer, _Failure):
            raise RegistryUnavailable(answer.reason)
        return answer

    def _once(self, client: httpx.Client, query: str) -> "bytes | _Failure":
        path = urlsplit(self.base_url).path.rstrip("/") + _PATH
        signed = registry_signature.headers(
            self.key_id,
            self.secret,
            path=path,
            query=query,
            timestamp=str(int(self.clock())),
            nonce=secrets.token_hex(16),
        )
        url = f"{self.base_url.rstrip('/')}{_PATH}?{query}"
        try:
            with client.stream("GET", url, headers=dict(signed)) as response:
                if response.status_code == 200:
                    return self._read(response)
                return self._refused(response)
        except httpx.TransportError as error:
            return _Failure(f"{type(error).__name__}")

    def _read(self, response: httpx.Response) -> bytes:
        """Read no more than allowed, however it is packed, and no longer."""
        until = self.clock() + self.limits.page_seconds
        content = bytearray()
        try:
            for chunk in response.iter_bytes(65536):
                content += chunk
                if len(content) > self.limits.page_bytes:
                    raise RegistryUnavailable("the answer is too large")
                if self.clock() > until:
                    raise RegistryUnavailable("the answer takes too long")
        except httpx.DecodingError:
            raise RegistryUnavailable("the answer cannot be unpacked") from None
        return bytes(content)

    def _refused(self, response: httpx.Response) -> "_Failure":
        reason = f"HTTP {response.status_code}"
        if response.status_code not in _AGAIN:
            raise RegistryUnavailable(reason)
        wish = self._wish(response.headers.get("Retry-After"))
        if wish is not None and wish > self.limits.longest_wish:
            raise RegistryUnavailable(f"{reason}, asks to wait {int(wish)} s")
        return _Failure(reason, wish)

    def _wish(self, header: str | None) -> float | None:
        """Read Retry-After (RFC 9110 10.2.3): seconds, or a date."""
        if not header:
            return None
        if header.strip().isascii() and header.strip().isdigit():
            return float(header.strip()[:9])
        try:
            return max(0.0, parsedate_to_datetime(header).timestamp() - self.clock())
        except (ValueError, OverflowError):
            return None

    def _pause(self, attempt: int, failure: "_Failure") -> float:
        """Wait longer each time, by chance, so that many do not come back at once."""
        highest = min(self.limits.longest_pause, self.limits.first_pause * 2**attempt)
        drawn = random.SystemRandom().uniform(highest / 2, highest)
        return drawn if failure.wish is None else failure.wish + drawn


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: str
    wish: float | None = None


def client_of(
    config: Mapping[str, Any],
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    limits: Limits | None = None,
) -> RegistryClient:
    """Make the client of the configuration.

    :raises RegistryMisconfigured: no address, not HTTPS although not on this machine, no key.
    """
    url = config["REGISTRY_URL"]
    reason = url_problem(url) or key_problem(config["REGISTRY_KEY"])
    if reason is not None:
        raise RegistryMisconfigured(reason)
    key_id, _colon, secret = config["REGISTRY_KEY"].partition(":")
    return RegistryClient(
        base_url=url,
        key_id=key_id,
        secret=base64.b64decode(secret, validate=True),
        page_size=config["REGISTRY_PAGE"],
        clock=clock,
        sleep=sleep,
        limits=limits or Limits(),
    )


def url_problem(url: str) -> str | None:
    """Say why an address may not be asked: personal data go over HTTPS, or stay on the machine."""
    if not url:
        return "REGISTRY_URL is not set"
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname and not parts.query:
        return None
    if parts.scheme == "http" and parts.hostname in _LOOPBACK and not parts.query:
        return None
    return "REGISTRY_URL must be https:// (http:// on the loopback only)"


def key_problem(text: str) -> str | None:
    """Say what is wrong with ``id:base64``."""
    key_id, colon, encoded = text.partition(":")
    if not colon or not key_id.isascii() or not key_id.isprintable() or not key_id:
        return "REGISTRY_KEY must be id:base64"
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return "REGISTRY_KEY has no valid base64 after the colon"
    if len(secret) < _LEAST_SECRET:
        return f"REGISTRY_KEY is shorter than {_LEAST_SECRET} bytes"
    return None
