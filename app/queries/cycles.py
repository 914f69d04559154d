"""Cycles and their windows."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from app.enums import CycleStatus, ScheduleWindow
from app.models import Authority, Cycle, CycleWindow
from app.rules import CycleRules
from app.security.scope_session import KEPT

_CURRENT = (
    select(Cycle)
    .where(Cycle.province_id == bindparam("province_id"), Cycle.status == CycleStatus.OPEN)
    .order_by(Cycle.starts_on.desc(), Cycle.id.desc())
    .options(
        joinedload(Cycle.windows),
        joinedload(Cycle.province).joinedload(Authority.registry_link),
    )
    .limit(1)
    .execution_options(**KEPT)
)


def current(session: Session, *, province_id: int | None) -> Cycle | None:
    """Give the province's open cycle with windows and province, the latest if there were several."""
    if province_id is None:
        return None
    return session.scalars(_CURRENT, {"province_id": province_id}).unique().first()


def window(cycle: Cycle, kind: ScheduleWindow) -> CycleWindow | None:
    """Give one window of a cycle, or None when the province set none."""
    return next((row for row in cycle.windows if row.kind is kind), None)


def is_open(cycle: Cycle, kind: ScheduleWindow, *, today: date) -> bool:
    """Say whether today lies in the window; a window that was not set is closed."""
    found = window(cycle, kind)
    return found is not None and found.starts_on <= today <= found.last_day


def rules(cycle: Cycle) -> CycleRules:
    """Read the cycle's rules."""
    return CycleRules.from_document(cycle.rules or {})


def years(cycle: Cycle, *, until: date) -> list[int]:
    """List the calendar years that 工作业绩 is reported for: the cycle's so far, at most three."""
    last = max(cycle.starts_on.year, min(cycle.last_day.year, until.year))
    return list(range(max(cycle.starts_on.year, last - 2), last + 1))


def paper_words(session: Session, *, province_id: int | None) -> list[str]:
    """List the papers that the rules of a province's cycles name, those of the latest first."""
    own = select(Cycle).where(Cycle.province_id == province_id).order_by(Cycle.starts_on.desc())
    return list(
        dict.fromkeys(word for one in session.scalars(own) for word in rules(one).all_papers)
    )
