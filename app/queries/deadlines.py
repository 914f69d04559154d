"""The days by which the law asks for something, from a cycle's windows and rules.

Days are calendar days; where the cycle's rules say so they are working days of China, with the
State Council's holidays and make-up days as far as they are published, and weekends alone after that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

import chinese_calendar

from app.enums import N_, AssessmentStatus, ScheduleWindow
from app.models import Cycle
from app.queries import cycles
from app.rules import CycleRules

_DAY = timedelta(days=1)
SOON = 7
"""A deadline this many days ahead or fewer is near."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One day by which something is due; ``left`` counts days from today, negative once it is over."""

    name: str
    word: str
    article: str
    due: date
    left: int
    in_working_days: bool

    @property
    def tone(self) -> str:
        """Give the colour: over, near, or far."""
        if self.left < 0:
            return "bad"
        return "wait" if self.left <= SOON else "plain"


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str  # the rule that counts the days; none: due on the day itself
    word: str
    article: str
    window_end: bool  # counted from the end of the examination, else before its beginning


_KINDS = (
    _Kind("notice_days", N_("考核机构通知医师"), N_("管理办法第十二条"), False),
    _Kind("opinion_days", N_("医疗卫生机构报送评定意见"), N_("管理办法第十三条"), False),
    _Kind("recheck", N_("考核机构复核评定意见"), N_("管理办法第十四条"), False),
    _Kind("filing_days", N_("考核机构备案考核结果"), N_("管理办法第十五条"), True),
)


def of_cycle(cycle: Cycle, *, today: date) -> list[Deadline]:
    """Give the deadlines of a cycle in the order of their days; none before its examination is set."""
    window = cycles.window(cycle, ScheduleWindow.EXAMINATION)
    if window is None:
        return []
    rules = cycles.rules(cycle)
    found = [
        _deadline(kind, rules, window.last_day if kind.window_end else window.starts_on, today)
        for kind in _KINDS
    ]
    # An examination that may begin with the cycle leaves no time before it: its day is not set yet.
    return sorted((one for one in found if one.due >= cycle.starts_on), key=lambda one: one.due)


_A = AssessmentStatus
_WAITED_FOR = {
    _A.AWAITING_FORM: "opinion_days",
    _A.INSTITUTION_REJECTED: "opinion_days",
    _A.AWAITING_INSTITUTION: "opinion_days",
    _A.AGENCY_REJECTED: "recheck",
    _A.AWAITING_AGENCY: "recheck",
    _A.AWAITING_VERDICT: "filing_days",
}


def of_status(cycle: Cycle, status: AssessmentStatus, *, today: date) -> Deadline | None:
    """Give the deadline that a case of a status has ahead, or has missed; None where there is none."""
    name = _WAITED_FOR.get(status)
    return next((one for one in of_cycle(cycle, today=today) if one.name == name), None)


def _deadline(kind: _Kind, rules: CycleRules, anchor: date, today: date) -> Deadline:
    number = getattr(rules, kind.name, 0)
    working = kind.name in rules.working_day_rules
    due = moved(anchor, number if kind.window_end else -number, working=working)
    return Deadline(
        name=kind.name,
        word=kind.word,
        article=kind.article,
        due=due,
        left=days_between(today, due, working=working),
        in_working_days=working,
    )


def moved(day: date, number: int, *, working: bool) -> date:
    """Give the day ``number`` days after ``day``, before it when negative; the day itself is not counted."""
    if not working:
        return day + number * _DAY
    step = _DAY if number > 0 else -_DAY
    return next(islice(_working_days(day, step), abs(number) - 1, None)) if number else day


def days_between(today: date, due: date, *, working: bool) -> int:
    """Count the days after today up to ``due``; negative: since it was due."""
    if not working:
        return (due - today).days
    step = _DAY if due > today else -_DAY
    day, number = today, 0
    while day != due:
        day += step
        number += is_working_day(day)
    return number if due > today else -number


def is_working_day(day: date) -> bool:
    """Say whether people work on a day in China."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year that the State Council has not announced yet
        return day.weekday() < 5


def _working_days(day: date, step: timedelta) -> Iterator[date]:
    while True:
        day += step
        if is_working_day(day):
            yield day
