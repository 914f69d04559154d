"""The numbers of a home page as frozen values: schedule, rates, contacts, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from app.dashboards.contacts import Contact, contacts
from app.enums import HoldUp, Role, ScheduleWindow
from app.models import Cycle, Figure, Institution
from app.periods import local_day
from app.queries import cycles, hold_ups, statistics
from app.queries.deadlines import Deadline, of_cycle
from app.queries.progress_summary import DepartmentProgress, by_department
from app.queries.statistics import Numbers, Part
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Rate:
    """One completion rate; ``tab`` is the list behind its numerator."""

    label: str
    part: int
    whole: int
    tab: str

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down: 100 only when nothing is left."""
        return 100 * self.part // self.whole if self.whole else 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One window of the schedule; x0, x1, now are per cent of the cycle."""

    label: Any
    start: str
    end: str
    state: str
    tone: str
    x0: float
    x1: float
    now: float | None


@dataclass(frozen=True, slots=True)
class Board:
    """A home page."""

    cycle_text: str = ""
    schedule: tuple[Bar, ...] = ()
    rates: tuple[Rate, ...] = ()
    contacts: tuple[Contact, ...] = ()
    todo: Mapping[str, int] = field(default_factory=dict)
    departments: tuple[DepartmentProgress, ...] = ()
    hold_ups: Mapping[HoldUp, int] = field(default_factory=dict)
    notice: tuple[date, date] | None = None
    deadlines: tuple[Deadline, ...] = ()


def board(
    session: Session,
    *,
    actor: Actor,
    at: datetime,
    waiting: Mapping[str, int] = MappingProxyType({}),
) -> Board:
    """Read what a role's home page shows; with the frame of the page at most eight statements.

    ``waiting`` is what the menu counts as well (see ``todo``).
    """
    today = local_day(at)
    cycle = cycles.current(session, province_id=actor.province_id)
    own = _own(session, actor)
    if cycle is None:
        return Board(contacts=contacts(session, actor, None, own), todo=waiting)
    departments: tuple[DepartmentProgress, ...] = ()
    held: Mapping[HoldUp, int] = {}
    if actor.role is Role.INSTITUTION:
        departments = behind_first(by_department(session, cycle_id=cycle.id))
        held = hold_ups.counts(session, cycle_id=cycle.id, at=at)
    return Board(
        cycle_text=_(
            "第%(label)s周期 %(start)s 至 %(end)s",
            label=cycle.label,
            start=cycle.starts_on,
            end=cycle.last_day,
        ),
        schedule=schedule(cycle, today=today),
        deadlines=tuple(of_cycle(cycle, today=today)) if actor.role in _COUNTING else (),
        rates=_rates(session, cycle, departments) if actor.role in _COUNTING else (),
        contacts=contacts(session, actor, cycle, own),
        todo=waiting,
        notice=_notice(own, cycle),
        departments=departments,
        hold_ups=held,
    )


def _own(session: Session, actor: Actor) -> Institution | None:
    if actor.role is not Role.INSTITUTION or actor.institution_id is None:
        return None
    return session.get(
        Institution, actor.institution_id, options=[joinedload(Institution.authority)]
    )


def _notice(own: Institution | None, cycle: Cycle) -> tuple[date, date] | None:
    """Give the cycle's period to a hospital that has not confirmed its facts for it yet."""
    if own is None or own.confirmed_cycle_id == cycle.id:
        return None
    return cycle.starts_on, cycle.last_day


def behind_first(rows: Sequence[DepartmentProgress]) -> tuple[DepartmentProgress, ...]:
    """Order departments by how far they are behind: in 报名, then in 审核, then in all."""

    def share(part: int, whole: int) -> float:
        return part / whole if whole else 1.0

    def rank(row: DepartmentProgress) -> tuple[float, float, float, int]:
        return (
            share(row.reported, row.whole),
            share(row.reviewed, row.reported),
            share(row.completed, row.whole),
            row.department_id,
        )

    return tuple(sorted(rows, key=rank))


_COUNTING = frozenset({Role.INSTITUTION, Role.AUTHORITY, Role.AGENCY, Role.PROCTOR})


def _rates(
    session: Session, cycle: Cycle, departments: Sequence[DepartmentProgress]
) -> tuple[Rate, ...]:
    """Give the manual's three rates: a hospital's from its departments, others' from the figures."""
    if departments:
        return rates(
            whole=sum(row.whole for row in departments),
            reported=sum(row.reported for row in departments),
            reviewed=sum(row.reviewed for row in departments),
            completed=sum(row.completed for row in departments),
        )
    found = statistics.sums(session, [cycle.id], by=Figure.cycle_id, part=Part())
    whole = found.get(cycle.id, Numbers())
    return rates(
        whole=whole.whole,
        reported=whole.reported,
        reviewed=whole.reviewed,
        completed=whole.completed,
    )


def rates(*, whole: int, reported: int, reviewed: int, completed: int) -> tuple[Rate, ...]:
    """Give the manual's three rates of some physicians."""
    return (
        Rate(_("报名完成率"), reported, whole, "reported"),
        Rate(_("审核完成率"), reviewed, reported, "reviewed"),
        Rate(_("最终完成率"), completed, whole, "completed"),
    )


def schedule(cycle: Cycle, *, today: date) -> tuple[Bar, ...]:
    """Place the windows of a cycle on its length (考核安排)."""
    length = max((cycle.last_day - cycle.starts_on).days + 1, 1)

    def at(day: date) -> float:
        return round(min(max((day - cycle.starts_on).days / length * 100, 0.0), 100.0), 2)

    now = at(today) if cycle.starts_on <= today <= cycle.last_day else None
    bars = []
    for kind in ScheduleWindow:
        window = cycles.window(cycle, kind)
        if window is None:
            continue
        state, tone = _state(window.starts_on, window.last_day, today)
        bars.append(
            Bar(
                kind.label,
                window.starts_on.isoformat(),
                window.last_day.isoformat(),
                state,
                tone,
                at(window.starts_on),
                at(date.fromordinal(window.last_day.toordinal() + 1)),
                now,
            )
        )
    return tuple(bars)


def _state(start: date, last: date, today: date) -> tuple[str, str]:
    if today < start:
        return _("%(n)s天后开始", n=(start - today).days), "info"
    if today > last:
        return _("已结束"), "plain"
    left = (last - today).days + 1
    return _("还剩%(n)s天", n=left), "wait" if left <= 7 else "ok"
