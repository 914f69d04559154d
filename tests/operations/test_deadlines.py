"""法定期限: calendar days, or working days of China where the rules say so."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import models as m
from app.enums import AssessmentStatus, ScheduleWindow
from app.queries.deadlines import days_between, is_working_day, moved, of_cycle, of_status
from app.rules import TERMS, CycleRules

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 10, 1), False),  # National Day
        (date(2024, 10, 12), True),  # a Saturday that makes up for it
        (date(2024, 10, 8), True),
        (date(2024, 10, 13), False),
        (date(2099, 10, 1), True),  # a Thursday of a year nobody has announced
        (date(2099, 10, 3), False),
    ],
)
def test_holidays_and_the_days_that_make_up_for_them(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@given(DAYS, st.integers(-60, 60))
def test_days_moved_are_days_between(day: date, number: int) -> None:
    assert moved(day, number, working=False) == day + timedelta(days=number)
    due = moved(day, number, working=True)
    assert days_between(day, due, working=True) == number
    assert number == 0 or is_working_day(due)


@given(DAYS, st.integers(1, 60))
def test_working_days_are_never_shorter_than_calendar_days(day: date, number: int) -> None:
    assert moved(day, number, working=True) >= day + timedelta(days=number)
    assert moved(day, -number, working=True) <= day - timedelta(days=number)


def _cycle(**rules: Any) -> m.Cycle:
    window = m.CycleWindow(
        kind=ScheduleWindow.EXAMINATION, starts_on=date(2024, 10, 14), last_day=date(2024, 11, 1)
    )
    return m.Cycle(
        starts_on=date(2024, 1, 2), windows=[window], rules=CycleRules(**rules).to_document()
    )


def test_notice_opinion_and_filing_are_due_around_the_examination() -> None:
    found = {one.name: one for one in of_cycle(_cycle(), today=date(2024, 9, 10))}

    assert found["notice_days"].due == date(2024, 8, 15)
    assert (found["notice_days"].left, found["notice_days"].tone) == (-26, "bad")
    assert found["opinion_days"].due == date(2024, 9, 14)
    assert (found["opinion_days"].left, found["opinion_days"].tone) == (4, "wait")
    assert found["filing_days"].due == date(2024, 12, 1)
    assert found["filing_days"].tone == "plain"


def test_a_rule_counts_working_days_and_the_days_left_as_well() -> None:
    word = TERMS["opinion_days"]
    found = {one.name: one for one in of_cycle(
        _cycle(working_days=(word,), opinion_days=5), today=date(2024, 9, 30)
    )}  # fmt: skip

    # back from 14 October: 12 (made up), 11, 10, 9, 8; the first week is a holiday
    assert found["opinion_days"].due == date(2024, 10, 8)
    assert (found["opinion_days"].left, found["opinion_days"].in_working_days) == (1, True)
    assert not found["notice_days"].in_working_days


def test_without_the_window_of_the_examination_nothing_is_due() -> None:
    assert (
        of_cycle(m.Cycle(starts_on=date(2024, 1, 2), windows=[], rules={}), today=date(2024, 9, 10))
        == []
    )


def test_a_day_before_the_cycle_is_no_deadline() -> None:
    cycle = _cycle()
    cycle.starts_on = date(2024, 9, 1)

    assert [one.name for one in of_cycle(cycle, today=date(2024, 9, 10))] == [
        "opinion_days",
        "recheck",
        "filing_days",
    ]


def test_what_waits_has_the_deadline_of_whoever_has_it() -> None:
    def due(status: AssessmentStatus) -> str | None:
        found = of_status(_cycle(), status, today=date(2024, 9, 10))
        return found.name if found is not None else None

    assert due(AssessmentStatus.AWAITING_INSTITUTION) == "opinion_days"
    assert due(AssessmentStatus.AWAITING_AGENCY) == "recheck"
    assert due(AssessmentStatus.AWAITING_VERDICT) == "filing_days"
    assert due(AssessmentStatus.COMPLETED) is None
    recheck = of_status(_cycle(), AssessmentStatus.AWAITING_AGENCY, today=date(2024, 9, 10))
    assert recheck is not None
    assert recheck.due == date(2024, 10, 14)  # the day the examination begins
