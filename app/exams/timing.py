"""Time of a sitting: when it may begin, and when it ends. Instants are given, no clock is read."""

from datetime import date, datetime, timedelta

GRACE = timedelta(seconds=5)
"""What a save may be late on the server's clock, for the way it took."""
ALL_DAY = 1440
GENERATION = 1_000_000
"""Clients number their answers above their generation times this."""


def is_open(
    now: datetime, *, starts_on: date, last_day: date, opens: int, closes: int, late: int | None
) -> bool:
    """Say whether somebody may begin at this wall-clock time; ``late`` counts from ``opens``."""
    minute = now.hour * 60 + now.minute
    last = closes if late is None else min(closes, opens + late + 1)
    return starts_on <= now.date() <= last_day and opens <= minute < last


def deadline(now: datetime, *, minutes: int, closes: int) -> datetime:
    """Give the wall-clock end of a sitting that begins now: its minutes, or the day's close before.

    What closes at midnight is open all night: it cuts nobody short.
    """
    if closes >= ALL_DAY:
        return now + timedelta(minutes=minutes)
    close = datetime.combine(now.date(), datetime.min.time()) + timedelta(minutes=closes)
    return min(now + timedelta(minutes=minutes), close)


def left(at: datetime, *, deadline: datetime, paused_at: datetime | None) -> int:
    """Give the whole seconds that are left; a paused clock stands still."""
    return max(0, int((deadline - (paused_at or at)).total_seconds()))


def is_over(at: datetime, *, deadline: datetime, paused_at: datetime | None) -> bool:
    """Say whether nothing is taken any more, grace included."""
    return paused_at is None and at > deadline + GRACE


def clock(minute: int) -> str:
    """Write a minute of the day as 09:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
