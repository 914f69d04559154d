"""考核进度 day by day, for the curve of 考核统计."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import AuthorityLevel
from app.models import Authority, ProgressDay


@dataclass(frozen=True, slots=True)
class Day:
    """One day: of ``whole`` physicians so many had reported, were reviewed, had completed."""

    day: date
    whole: int
    reported: int
    reviewed: int
    completed: int


def of_area(session: Session, cycle_ids: Sequence[int], *, area: Authority) -> list[Day]:
    """Give the days on record of some cycles below an authority, the earliest first.

    The nation's are the sums of its provinces': a day counts the cycles that were open on it.
    """
    p = ProgressDay
    measures = (p.whole, p.reported, p.reviewed, p.completed)
    statement = select(p.day, *(func.sum(one) for one in measures)).where(p.cycle_id.in_(cycle_ids))
    if area.level is AuthorityLevel.NATION:
        statement = statement.where(p.authority_id == p.province_id)
    else:
        statement = statement.where(p.authority_id == area.id)
    rows = session.execute(statement.group_by(p.day).order_by(p.day))
    return [Day(row[0], *(int(value) for value in row[1:])) for row in rows]
