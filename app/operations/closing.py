"""结束周期: what is still open and whose it is, what the end does to it (T38), and the figures that freeze."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.enums import (
    AssessmentStatus as S,
)
from app.enums import (
    FilingStatus,
    ObjectionStatus,
    ParticipationStatus,
    Verdict,
)
from app.models import Assessment, Conclusion, Cycle, Figure, Objection, Participation
from app.operations import registrations

LAPSING = registrations.WITH_PHYSICIAN
"""The physician's turn: whoever handed nothing in has not taken part (T38)."""
_ENDED = frozenset({S.COMPLETED, S.HALTED})
BLOCKING = frozenset(S) - LAPSING - _ENDED
"""Somebody else's turn, or under way: nobody fails for what another left undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What stands at the end of a cycle; ``cases`` counts by state."""

    cases: Mapping[S, int]
    unconfirmed: int
    unfiled: int
    objections: int

    @property
    def lapsing(self) -> int:
        """Cases that the end makes 不合格（未参加）."""
        return sum(self.cases.get(one, 0) for one in LAPSING)

    @property
    def blocking(self) -> dict[S, int]:
        """Cases that somebody has to finish first, by state."""
        return {one: self.cases[one] for one in S if one in BLOCKING and self.cases.get(one)}


def look(session: Session, cycle: Cycle) -> Closing:
    """Count what a cycle holds."""
    rows = session.execute(
        select(Assessment.status, func.count(Assessment.id))
        .where(Assessment.cycle_id == cycle.id)
        .group_by(Assessment.status)
    )
    c = Conclusion
    return Closing(
        cases={row[0]: row[1] for row in rows},
        unconfirmed=_number(
            session,
            Participation.id,
            (Participation.cycle_id == cycle.id)
            & (Participation.status == ParticipationStatus.UNCONFIRMED),
        ),
        unfiled=_number(session, c.id, (c.cycle_id == cycle.id) & (c.status != FilingStatus.FILED)),
        objections=_number(
            session,
            Objection.id,
            (Objection.status == ObjectionStatus.AWAITING)
            & Objection.assessment_id.in_(
                select(Assessment.id).where(Assessment.cycle_id == cycle.id)
            ),
        ),
    )


def lapsing(cycle_id: int) -> ColumnElement[bool]:
    """Match the cases that the end of a cycle makes 不合格（未参加）."""
    return (Assessment.cycle_id == cycle_id) & Assessment.status.in_(LAPSING)


def is_open(session: Session, cycle_id: int) -> bool:
    """Say whether any case of a cycle has not ended."""
    found = select(Assessment.id).where(
        Assessment.cycle_id == cycle_id, Assessment.status.not_in(_ENDED)
    )
    return session.scalar(found.limit(1)) is not None


def figures(session: Session, cycle: Cycle) -> str:
    """Write the figures of a cycle down as they are: totals, and a digest of all that charts show.

    The trail keeps it sealed: whoever draws a chart of the cycle later can prove it by the digest.
    """
    a = Assessment
    counted = session.execute(
        select(a.result, func.count(a.id))
        .where(a.cycle_id == cycle.id, a.result.is_not(None))
        .group_by(a.result)
    )
    results = {row[0]: row[1] for row in counted}
    lapsed = _number(
        session, Conclusion.id, (Conclusion.cycle_id == cycle.id) & Conclusion.is_lapsed
    )
    total = _number(session, Participation.id, Participation.cycle_id == cycle.id)
    told = {
        "应考核": total,
        "合格": results.get(Verdict.PASS, 0),
        "不合格": results.get(Verdict.FAIL, 0),
        "其中未参加": lapsed,
    }
    words = "，".join(f"{word}{number}" for word, number in told.items())
    return f"{words}；SHA-256 {digest(session, cycle.id)}"


def digest(session: Session, cycle_id: int) -> str:
    """Give the digest of every figure of a cycle."""
    kept = ("id", "number")
    columns = [column for column in Figure.__mapper__.columns if column.key not in kept]
    total = func.sum(Figure.number)
    rows = session.execute(
        select(*columns, total)
        .where(Figure.cycle_id == cycle_id)
        .group_by(*columns)
        .having(total != 0)
        .order_by(*columns)
    )
    text = json.dumps([[str(value) for value in row] for row in rows], ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _number(session: Session, column: Any, criterion: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(criterion)) or 0
