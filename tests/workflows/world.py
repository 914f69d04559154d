"""What the workflow tests share: cases of the demo, opinions, and the people who act."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, OpinionPart, Procedure, Role, Verdict
from app.models import Account, Assessment, Identity, Institution, TrailEntry
from app.operations.opinions import OpinionInput
from app.operations.trail import msgid
from app.security.actor import Actor
from app.views.clock import now
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import StepRefused
from tests.support.site import Site

HOSPITAL = "平城区医院"
NEIGHBOUR = "雁塔区医院"
AT = now()
LONG_AFTER = AT + timedelta(days=1000)
REASON = "门诊量与系统记录不符，请核对。"


def case_id(
    site: Site,
    status: AssessmentStatus,
    procedure: Procedure | None = None,
    *,
    institution: str = HOSPITAL,
    which: int = 0,
) -> int:
    """Find a case of the demo in a state; the test fails here when the demo has none."""
    with site.session() as session:
        statement = (
            select(Assessment.id)
            .join(Institution, Institution.id == Assessment.institution_id)
            .where(Assessment.status == status, Institution.name == institution)
            .order_by(Assessment.id)
        )
        if procedure is not None:
            statement = statement.where(Assessment.procedure == procedure)
        found = session.scalars(statement).all()
    assert len(found) > which, f"the demo has too few {status.name} {procedure}"
    return int(found[which])


def physician_of(site: Site, pk: int) -> Actor:
    """Give the actor that the physician of a case is."""
    with site.session() as session:
        username = session.scalars(
            select(Account.username)
            .join(Identity, Identity.account_id == Account.id)
            .join(Assessment, Assessment.physician_id == Identity.physician_id)
            .where(Assessment.id == pk)
        ).one()
    return site.actor(username)


def opinions(
    work: Verdict | None = Verdict.PASS,
    ethics: Verdict | None = Verdict.PASS,
    reason: str | None = None,
) -> dict[OpinionPart, OpinionInput]:
    """Make what a body says of both parts."""
    return {
        OpinionPart.WORK: OpinionInput(work, reason),
        OpinionPart.ETHICS: OpinionInput(ethics, reason),
    }


@contextmanager
def refused(words: str, kind: type[StepRefused] = StepRefused) -> Iterator[None]:
    """Expect a refusal of exactly this kind whose reason holds the words."""
    with pytest.raises(StepRefused) as found:
        yield
    assert type(found.value) is kind
    assert words in msgid(found.value.reason)


@dataclass(frozen=True)
class Clerk:
    """Takes steps on cases as one person, in one session."""

    session: Session
    actor: Actor

    def fire(self, pk: int, action: str, **how: Any) -> Assessment:
        how.setdefault("at", AT)
        case: Assessment = ASSESSMENT.fire(self.session, pk, action, actor=self.actor, **how)
        return case


def entries(session: Session, participation_id: int) -> list[TrailEntry]:
    """List the trail of a case."""
    statement = select(TrailEntry).where(TrailEntry.participation_id == participation_id)
    return list(session.scalars(statement.order_by(TrailEntry.id)))


def number_of_entries(site: Site, pk: int, since: datetime) -> int:
    """Count what was logged of a case from an instant on."""
    with site.session() as session:
        statement = (
            select(func.count(TrailEntry.id))
            .join(Assessment, Assessment.participation_id == TrailEntry.participation_id)
            .where(Assessment.id == pk, TrailEntry.at >= since)
        )
        return int(session.scalar(statement) or 0)


@contextmanager
def clerk(site: Site, username: str) -> Iterator[Clerk]:
    """Act as an account of the demo; nothing is committed."""
    actor = site.actor(username)
    with site.session(username) as session:
        yield Clerk(session, actor)


def given(case: Assessment) -> dict[tuple[Role, OpinionPart], tuple[Verdict, str | None]]:
    return {(row.role, row.part): (row.verdict, row.reason) for row in case.opinions}
