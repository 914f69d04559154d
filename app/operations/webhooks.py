"""状态推送: the addresses of a body, and the notices of the outbox between due and delivered."""

import base64
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from app.enums import N_, DeliveryState, WebhookEvent
from app.models import WebhookDelivery, WebhookEndpoint
from app.operations import trail
from app.refusals import Refusal
from app.security.actor import Actor
from app.security.owners import BODY_ROLES, body_columns

SECRET_MARK = "whsec_"  # noqa: S105 - the public beginning of every secret
BACK_OFF = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 180, 360, 720, 1440))
LEASE = timedelta(minutes=5)  # longer than any attempt: a killed sender's notice is due again then
KEPT = timedelta(days=30)
MOST_ADDRESSES = 5


class WebhookRefused(Refusal):
    """An address or a repetition that is refused; ``field`` names what was typed wrong."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A new address; ``secret`` is told once."""

    endpoint: WebhookEndpoint
    secret: str


def create_endpoint(
    session: Session, *, url: str, events: Iterable[WebhookEvent], actor: Actor, at: datetime
) -> Subscribed:
    """Add an address of the actor's body, with a secret of its own.

    :raises WebhookRefused: no HTTPS address, no event, too many addresses, or a role without a body.
    """
    if actor.role not in BODY_ROLES or actor.account_id is None:
        raise WebhookRefused(_l("您的角色不能设置状态推送。"))
    if len(session.scalars(select(WebhookEndpoint.id)).all()) >= MOST_ADDRESSES:
        raise WebhookRefused(
            _l("每个单位最多设置%(n)s个推送地址，请先修改已有的地址。", n=MOST_ADDRESSES)
        )
    raw = secrets.token_bytes(32)
    secret = SECRET_MARK + base64.b64encode(raw).decode()
    row = WebhookEndpoint(
        url=_checked(url),
        secret=secret,
        events=_listed(events),
        is_active=True,
        created_at=at,
        owner_role=actor.role,
        account_id=actor.account_id,
        **body_columns(actor),
    )
    session.add(row)
    session.flush()  # the entry of the trail names its id
    _log(session, row, "create", N_("新增推送地址"), actor=actor, at=at)
    return Subscribed(row, secret)


def update_endpoint(
    session: Session,
    row: WebhookEndpoint,
    *,
    url: str,
    events: Iterable[WebhookEvent],
    is_active: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Change an address; what waits for a stopped one waits until it is active again.

    :raises WebhookRefused: as for a new one.
    """
    row.url, row.events, row.is_active = _checked(url), _listed(events), is_active
    _log(session, row, "edit", N_("修改推送地址"), actor=actor, at=at)


def resend(session: Session, row: WebhookDelivery, *, actor: Actor, at: datetime) -> None:
    """Make a notice due again, with all its attempts.

    :raises WebhookRefused: its address is stopped.
    """
    if not row.endpoint.is_active:
        raise WebhookRefused(_l("该推送地址已停用，请先启用后再重新发送。"))
    row.state, row.attempts, row.next_at, row.ended_at = DeliveryState.WAITING, 0, at, None
    _log(session, row.endpoint, "resend", N_("重新发送状态推送"), actor=actor, at=at)


def claim(session: Session, *, at: datetime, limit: int) -> Sequence[WebhookDelivery]:
    """Take the notices that are due, oldest first, so that no other sender takes them meanwhile."""
    found = session.scalars(
        select(WebhookDelivery)
        .join(WebhookDelivery.endpoint)
        .where(
            WebhookDelivery.state == DeliveryState.WAITING,
            WebhookDelivery.next_at <= at,
            WebhookEndpoint.is_active,
        )
        .order_by(WebhookDelivery.id)
        .limit(limit)
        .options(joinedload(WebhookDelivery.endpoint))
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    ).all()
    for row in found:
        row.attempts += 1
        row.next_at = at + LEASE
    session.flush()  # the claim must be in the database before anything is sent
    return found


def record(
    session: Session, delivery_id: int, *, is_delivered: bool, outcome: str, at: datetime
) -> None:
    """Write down how an attempt ended: delivered, due again later, or given up."""
    row = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
    row.outcome = outcome[:64]
    if is_delivered:
        row.state, row.ended_at = DeliveryState.DELIVERED, at
    elif row.attempts > len(BACK_OFF):
        row.state, row.ended_at = DeliveryState.FAILED, at
    else:
        row.next_at = at + BACK_OFF[max(row.attempts, 1) - 1]
    session.flush()  # the next notice is sent after this one's end is known


def forget_old(session: Session, *, at: datetime) -> None:
    """Drop notices that ended a month ago."""
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.ended_at < at - KEPT))


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port in (None, 443)
    except ValueError:
        is_address = False
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not is_address or not is_plain or parts.scheme != "https" or parts.username is not None:
        raise WebhookRefused(
            _l("推送地址须为 https:// 开头的完整公网地址，端口为443，不含用户名。"), field="url"
        )
    return url


def _listed(events: Iterable[WebhookEvent]) -> str:
    chosen = frozenset(events)
    if not chosen:
        raise WebhookRefused(_l("请至少选择一种推送内容。"), field="events")
    return " ".join(event.code for event in WebhookEvent if event in chosen)


def _log(
    session: Session, row: WebhookEndpoint, action: str, label: str, *, actor: Actor, at: datetime
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="webhook_endpoint",
        subject_id=row.id,
        action=action,
        label=label,
        comment=f"{row.url} {row.events}",
        province_id=row.province_id,
        authority_path=row.authority_path,
        institution_id=row.institution_id,
        agency_id=row.agency_id,
    )
