"""The steps a row of a list may start: no statement per row, no status compared outside the table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Cycle
from app.security.actor import Actor
from app.workflows.engine import Offer, Step, Workflow


@dataclass(frozen=True, slots=True)
class Case:
    """What guards of participations ask of an assessment."""

    submitted_at: datetime | None
    status: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A participation as a list reads it; a stand-in for guards, never stored."""

    status: Any
    cycle: Cycle
    assessment: Case | None = None
    away_reason: Any = None


@dataclass(frozen=True, slots=True)
class Body:
    """A department, institution or agency as a list reads it."""

    status: Any


def startable(
    workflow: Workflow, session: Session, subject: Any, *, actor: Actor, at: datetime
) -> list[Offer]:
    """List the steps that leave the subject's state for the actor's role, closed ones with why.

    ``subject`` may be a stand-in that holds no more than ``status`` and what the guards read.
    """
    step = Step(session, subject, actor, at)
    offers: dict[str, Offer] = {}
    for row in workflow.transitions:
        if actor.role not in row.roles or subject.status not in row.sources:
            continue
        reason = workflow.objection(step, row)
        known = offers.get(row.button)
        if known is None or (known.closed_reason is not None and reason is None):
            offers[row.button] = Offer(row.button, row.label, reason, row.needs_comment, row.tone)
    return list(offers.values())
