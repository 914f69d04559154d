"""重新判分: a pass mark that is set or changed afterwards judges the papers of a cycle anew (domain 1.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, PaperStatus, PhysicianLevel, Verdict
from app.models import Assessment, Paper, Physician
from app.queries.among import among
from app.rules import CycleRules
from app.security.actor import SYSTEM, unscoped
from app.workflows.bulk import fire_many
from app.workflows.paper import PAPER


@dataclass(frozen=True, slots=True)
class Preview:
    """How many papers would pass that had failed, and fail that had passed; of how many people."""

    passes: int
    fails: int
    physicians: int

    def __bool__(self) -> bool:
        return bool(self.passes or self.fails)


def preview(session: Session, cycle_id: int, rules: CycleRules) -> Preview:
    """Count what other pass marks would change; completed cases keep their result."""
    passes, fails = _turns(rules)
    row = session.execute(
        _differing(
            cycle_id,
            rules,
            func.coalesce(func.sum(cast(passes, Integer)), 0),
            func.coalesce(func.sum(cast(fails, Integer)), 0),
            func.count(Paper.physician_id.distinct()),
        )
    ).one()
    return Preview(*row)


def differing(session: Session, cycle_id: int, rules: CycleRules) -> list[int]:
    """List the papers whose result is not what the rules say."""
    return list(session.scalars(_differing(cycle_id, rules, Paper.id).order_by(Paper.id)))


def rescore(
    session: Session,
    cycle_id: int,
    ids: Sequence[int],
    rules: CycleRules,
    *,
    comment: str,
    at: datetime,
) -> int:
    """Judge some papers anew, move their cases on or back, and say how many results changed."""
    with unscoped("what follows from rules that the province was allowed to change"):
        chosen = _differing(cycle_id, rules, Paper.id).where(among(session, Paper.id, ids))
        still = session.scalars(chosen).all()
        if still:
            fire_many(
                PAPER, session, among(session, Paper.id, still), "rescore", actor=SYSTEM, at=at,
                comment=comment,
            )  # fmt: skip
    return len(still)


def _turns(rules: CycleRules) -> tuple[Any, Any]:
    line = case(
        (Physician.level == PhysicianLevel.ASSISTANT, rules.pass_mark_assistant * 10),
        else_=rules.pass_mark_physician * 10,
    )
    passes = and_(Paper.result == Verdict.FAIL, Paper.score_tenths >= line)
    fails = and_(Paper.result == Verdict.PASS, Paper.score_tenths < line)
    return passes, fails


def _differing(cycle_id: int, rules: CycleRules, *columns: Any) -> Any:
    return (
        select(*columns)
        .join(Physician, Physician.id == Paper.physician_id)
        .join(Assessment, Assessment.id == Paper.assessment_id)
        .where(
            Paper.cycle_id == cycle_id,
            Paper.status == PaperStatus.DONE,
            Paper.score_tenths.is_not(None),
            Assessment.status != AssessmentStatus.COMPLETED,
            or_(*_turns(rules)),
        )
    )
