"""Notices of status changes for other systems: rows of the outbox, in the step's own transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from app.enums import DeliveryState, Role
from app.models import WebhookDelivery, WebhookEndpoint
from app.queries.among import among
from app.security.actor import unscoped
from app.security.scope_session import SetBased

_OWNER = ("province_id", "authority_path", "authority_id", "institution_id", "agency_id")


def announce(
    session: Session,
    workflow: Any,
    row: Any,
    ids: Sequence[int],
    *,
    before: ColumnElement[str] | str,
    at: datetime,
) -> None:
    """Write one notice for each row that takes a transition and each address that asked for it.

    One statement, however many rows, and a look whether anybody asked at all. ``before`` is the name of the state that they left, or an
    expression that gives it for each.
    """
    if not workflow.is_announced:
        return
    asked = (WebhookEndpoint.is_active, WebhookEndpoint.events.contains(workflow.name))
    with unscoped("whether anybody wants to be told of such steps"):
        if session.scalar(select(WebhookEndpoint.id).where(*asked).limit(1)) is None:
            return
    model = workflow.model
    values = {
        "subject": workflow.name,
        "action": row.name,
        "from_status": before,
        "to_status": row.target.name,
        "at": at,
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "next_at": at,
    }
    source: Any = select(
        model.id,
        workflow.participation_of(model),
        WebhookEndpoint.id,
        *(getattr(WebhookEndpoint, name) for name in _OWNER),
        *(_labelled(name, value) for name, value in values.items()),
    )
    wanted = (
        among(session, model.id, ids),
        *asked,
        _is_about(model),
    )
    names = ["subject_id", "participation_id", "endpoint_id", *_OWNER, *values]
    with unscoped("a body that subscribed is told of its own rows, whoever takes the step"):
        session.execute(
            insert(WebhookDelivery)
            .from_select(names, source.join(WebhookEndpoint, and_(*wanted)).order_by(model.id))
            .options(SetBased())
        )


def _labelled(name: str, value: Any) -> Any:
    if not isinstance(value, ColumnElement):
        value = literal(value, type_=getattr(WebhookDelivery, name).type)
    return value.label(name)


def _is_about(model: Any) -> Any:
    endpoint = WebhookEndpoint
    head = func.substr(model.authority_path, 1, func.length(endpoint.authority_path))
    return or_(
        and_(
            endpoint.owner_role == Role.INSTITUTION,
            endpoint.institution_id == model.institution_id,
        ),
        and_(endpoint.owner_role == Role.AGENCY, endpoint.agency_id == model.agency_id),
        and_(endpoint.owner_role == Role.AUTHORITY, head == endpoint.authority_path),
    )
