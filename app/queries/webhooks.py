"""The notices of an address, newest first."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import WebhookDelivery

SHOWN = 50


def last_notices(session: Session, *, endpoint_id: int) -> Sequence[WebhookDelivery]:
    """List the last notices of an address of the actor's body."""
    statement = (
        select(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id)
        .order_by(WebhookDelivery.id.desc())
        .limit(SHOWN)
    )
    return session.scalars(statement).all()


def notice(session: Session, delivery_id: int) -> WebhookDelivery | None:
    """Give one notice of the actor's body under its lock, with its address."""
    statement = (
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id)
        .options(joinedload(WebhookDelivery.endpoint))
        .with_for_update(of=WebhookDelivery)
    )
    return session.scalars(statement).one_or_none()
