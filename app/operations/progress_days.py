"""考核进度 day by day: what the figures of open cycles say at the end of a day, kept for the curve."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.enums import CycleStatus
from app.models import Authority, Cycle, Figure, ProgressDay
from app.periods import local_day
from app.queries import statistics
from app.queries.statistics import Numbers, Part

MEASURES = ("whole", "reported", "reviewed", "completed")
Sums = dict[str, Numbers]
"""What was counted, by the path of the authority right above it."""


def keep(session: Session, *, at: datetime) -> int:
    """Write down how far every open cycle is today, in place of what was written today before."""
    open_cycles = select(Cycle).where(Cycle.status == CycleStatus.OPEN)
    number = 0
    for cycle in session.scalars(open_cycles).all():
        sums = statistics.sums(session, [cycle.id], by=Figure.authority_path, part=Part())
        number += store(session, cycle, local_day(at), sums)
    return number


def store(session: Session, cycle: Cycle, day: date, sums: Sums) -> int:
    """Store one day of a cycle for every authority of its province; gives how many rows."""
    p = ProgressDay
    session.execute(delete(p).where(p.cycle_id == cycle.id, p.day == day))
    found: dict[int, Numbers] = defaultdict(Numbers)
    for path, numbers in sums.items():
        for step in path.strip("/").split("/"):
            found[int(step)] = found[int(step)].plus(numbers)
    offices = session.scalars(select(Authority).where(Authority.province_id == cycle.province_id))
    rows: list[dict[str, Any]] = [
        {
            "day": day,
            "province_id": cycle.province_id,
            "authority_path": office.path,
            "authority_id": office.id,
            "cycle_id": cycle.id,
            **{name: getattr(found[office.id], name) for name in MEASURES},
        }
        for office in offices
        if office.id in found
    ]
    if rows:
        session.execute(insert(p), rows)
    return len(rows)
