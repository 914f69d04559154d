"""评定意见: what an institution or an agency says of 工作业绩 and 职业道德."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.enums import OpinionPart, Role, Verdict
from app.models import Assessment, Opinion
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class OpinionInput:
    """One opinion as given; ``reason`` is required by the workflow for 不合格."""

    verdict: Verdict | None
    reason: str | None = None


Opinions = Mapping[OpinionPart, OpinionInput]


def record(
    session: Session, case: Assessment, opinions: Opinions, *, actor: Actor, at: datetime
) -> None:
    """Store what the actor's body says of each part, replacing what it said before."""
    known = {
        row.part: row
        for row in session.scalars(
            select(Opinion).where(Opinion.assessment_id == case.id, Opinion.role == actor.role)
        )
    }
    for part, given in opinions.items():
        reason = (given.reason or "").strip() or None
        if given.verdict is None or (given.verdict is Verdict.FAIL and reason is None):
            continue  # the guard says what is missing
        row = known.get(part)
        if row is None:
            row = Opinion(
                role=actor.role,
                part=part,
                assessment_id=case.id,
                province_id=case.province_id,
                authority_path=case.authority_path,
                institution_id=case.institution_id,
                agency_id=case.agency_id,
                physician_id=case.physician_id,
            )
            session.add(row)
        row.verdict = given.verdict
        row.reason = reason if given.verdict is Verdict.FAIL else None
        row.given_at = at
        row.given_by = actor.name
    session.flush()  # the guard reads them back
    session.expire(case, ["opinions"])


def clear(session: Session, case: Assessment, *, roles: frozenset[Role]) -> None:
    """Remove opinions that a new submission makes void; the trail keeps their words."""
    session.execute(
        delete(Opinion).where(Opinion.assessment_id == case.id, Opinion.role.in_(roles))
    )
    session.expire(case, ["opinions"])


def summary(case: Assessment, *, role: Role) -> str:
    """Put a body's opinions into one line for the trail."""
    return "；".join(
        f"{row.part.value}：{row.verdict.value}" + (f"（{row.reason}）" if row.reason else "")
        for row in case.opinions
        if row.role is role
    )
