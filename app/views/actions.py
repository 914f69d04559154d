"""Buttons as data: what templates draw, and the offers of a workflow turned into them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from app.views import paths, words
from app.views.stepgate import may_take
from app.workflows.engine import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One button or link. ``closed_reason`` draws it closed and says why."""

    name: str
    label: Any
    url: str = ""
    method: str = "get"
    closed_reason: Any = None
    needs_reason: bool = False
    reason_label: Any = None
    confirm: Any = None
    tone: str = "plain"
    fields: Mapping[str, str] = field(default_factory=dict)


CONFIRMED = frozenset({"withdraw", "stop", "close", "take_back"})


def link(name: str, label: Any, url: str, *, tone: str = "plain", closed: Any = None) -> Action:
    """Make a plain link."""
    return Action(name=name, label=words.said(label), url=url, tone=tone, closed_reason=closed)


def post(name: str, label: Any, url: str, **options: Any) -> Action:
    """Make a button that posts."""
    return Action(name=name, label=words.said(label), url=url, method="post", **options)


def with_fields(action: Action, fields: Mapping[str, str]) -> Action:
    """Let a button send more fields along."""
    return replace(action, fields={**action.fields, **fields})


def step(workflow: str, subject_id: int, offer: Offer) -> Action:
    """Make the button of one workflow step."""
    label = words.said(offer.label)
    confirm = _("确定要%(label)s吗？", label=label) if offer.action in CONFIRMED else None
    return Action(
        name=offer.action,
        label=label,
        url=paths.to("StepView.fire", workflow=workflow, pk=subject_id, action=offer.action),
        method="post",
        closed_reason=offer.closed_reason and words.said(offer.closed_reason),
        needs_reason=offer.needs_comment,
        reason_label=_("%(label)s原因", label=label) if offer.needs_comment else None,
        confirm=confirm,
        tone=offer.tone if offer.tone in ("primary", "danger") else "plain",
    )


def steps(workflow: str, subject_id: int, offers: Iterable[Offer]) -> list[Action]:
    """Make the buttons of a row; none for somebody who takes no such steps."""
    if not may_take(workflow):
        return []
    return [step(workflow, subject_id, offer) for offer in offers]
