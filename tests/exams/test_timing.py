"""Time of a sitting: half-open hours, a late rule, a day that closes, a clock that can stand still."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams import timing

DAY = datetime(2026, 3, 2)
NIGHT = timing.ALL_DAY


@pytest.mark.parametrize(
    ("minute", "late", "opens", "closes", "is_open"),
    [
        (539, None, 540, 1080, False), (540, None, 540, 1080, True), (1079, None, 540, 1080, True),
        (1080, None, 540, 1080, False), (570, 30, 540, 1080, True), (571, 30, 540, 1080, False),
        (0, None, 0, NIGHT, True), (1439, None, 0, NIGHT, True), (1079, 900, 540, 1080, True),
    ],
)  # fmt: skip
def test_hours_are_half_open_and_a_late_rule_ends_with_its_minute(
    minute: int, late: int | None, opens: int, closes: int, *, is_open: bool
) -> None:
    at = DAY + timedelta(minutes=minute)

    def on(first: int, last: int) -> bool:
        return timing.is_open(
            at,
            starts_on=DAY.date() + timedelta(days=first),
            last_day=DAY.date() + timedelta(days=last),
            opens=opens,
            closes=closes,
            late=late,
        )

    assert on(0, 0) is is_open
    assert on(-3, 3) is is_open
    assert not on(1, 2)
    assert not on(-2, -1)


@given(st.integers(0, 1439), st.integers(1, 600), st.integers(1, NIGHT))
def test_nobody_sits_longer_than_allowed_nor_after_the_close(
    minute: int, minutes: int, closes: int
) -> None:
    at = DAY + timedelta(minutes=minute)
    end = timing.deadline(at, minutes=minutes, closes=closes)
    assert end <= at + timedelta(minutes=minutes)
    assert closes == NIGHT or end <= DAY + timedelta(minutes=closes)
    assert end in (at + timedelta(minutes=minutes), DAY + timedelta(minutes=closes))


@given(st.integers(-100, 100), st.integers(0, 100))
def test_grace_is_given_once_and_a_paused_clock_never_ends(late: int, paused: int) -> None:
    at = DAY + timedelta(seconds=late)
    assert timing.is_over(at, deadline=DAY, paused_at=None) is (late > 5)
    stood = DAY - timedelta(seconds=paused)
    assert not timing.is_over(at, deadline=DAY, paused_at=stood)
    assert timing.left(at, deadline=DAY, paused_at=None) == max(0, -late)
    assert timing.left(at, deadline=DAY, paused_at=stood) == paused


def test_minutes_are_written_as_a_clock() -> None:
    assert [timing.clock(n) for n in (0, 65, 1439, NIGHT)] == ["00:00", "01:05", "23:59", "24:00"]
