"""Send what the outbox holds: signed, in order of age, with a limit to the time of every attempt.

The form is that of Standard Webhooks: ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature`` (``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``).
"""

import asyncio
import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import httpx
from sqlalchemy.orm import Session

from app.exchange.webhook_targets import Target, TargetRefused, TargetRules, checked
from app.models import WebhookDelivery
from app.operations import webhooks as outbox
from app.operations.webhooks import SECRET_MARK

SECONDS = 10.0  # a whole attempt, from the name to the status line
STRICT = TargetRules()


@dataclass(frozen=True, slots=True)
class Notice:
    """What one attempt sends."""

    delivery_id: int
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """How one attempt ended; ``outcome`` is the status code, or what went wrong in a word."""

    delivery_id: int
    is_delivered: bool
    outcome: str


def deliver(
    session: Session, *, at: datetime, limit: int = 20, rules: TargetRules = STRICT
) -> Iterator[Sent | None]:
    """Send the notices that are due, oldest first.

    Yields None once they are claimed and then how each ended: the caller commits every time, so
    that nothing is sent that is not claimed and no result is lost with a later one.
    """
    notices = [_notice(row, at) for row in outbox.claim(session, at=at, limit=limit)]
    yield None
    for notice in notices:
        sent = send(notice, rules=rules)
        outbox.record(
            session,
            sent.delivery_id,
            is_delivered=sent.is_delivered,
            outcome=sent.outcome,
            at=at,
        )
        yield sent


def send(notice: Notice, *, rules: TargetRules = STRICT) -> Sent:
    """Post one notice; whatever the network does becomes an outcome."""
    try:
        target = checked(notice.url, rules=rules)
        status = asyncio.run(asyncio.wait_for(_post(target, notice), SECONDS))
    except TargetRefused as refusal:
        return Sent(notice.delivery_id, False, str(refusal))
    except TimeoutError:
        return Sent(notice.delivery_id, False, "timed out")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Sent(notice.delivery_id, False, type(error).__name__)
    return Sent(notice.delivery_id, 200 <= status < 300, str(status))


async def _post(target: Target, notice: Notice) -> int:
    # No proxy and no netrc from the environment, no redirects; of the answer's body nothing is read.
    async with (
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
        client.stream(
            "POST",
            target.url,
            content=notice.body,
            headers={**notice.headers, "host": target.host_header},
            extensions={"sni_hostname": target.host} if target.is_secure else {},
        ) as answer,
    ):
        return answer.status_code


def payload(row: WebhookDelivery) -> dict[str, object]:
    """Give what a notice says: ids and states, nothing personal."""
    return {
        "type": f"{row.subject}.status",
        "timestamp": f"{row.at.isoformat()}Z",
        "sequence": row.id,
        "data": {
            "id": row.subject_id,
            "participation_id": row.participation_id,
            "action": row.action,
            "from": row.from_status,
            "to": row.to_status,
        },
    }


def signature(secret: str, *, name: str, timestamp: str, body: bytes) -> str:
    """Sign a notice with an address's secret."""
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    signed = f"{name}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()


def _notice(row: WebhookDelivery, at: datetime) -> Notice:
    body = json.dumps(payload(row), separators=(",", ":")).encode()
    name = f"dingkao-{row.id}"  # the same for every attempt: a receiver can tell a repetition
    timestamp = str(int(at.replace(tzinfo=UTC).timestamp()))
    signed = signature(row.endpoint.secret, name=name, timestamp=timestamp, body=body)
    headers = {
        "content-type": "application/json",
        "user-agent": "dingkao",
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": signed,
    }
    return Notice(row.id, row.endpoint.url, body, headers)
