"""Days of the calendar as the law counts them; never reads the clock."""

from datetime import date, datetime, timedelta

CHINA = timedelta(hours=8)


def local_day(at: datetime) -> date:
    """Give the date in China of a naive UTC instant."""
    return (at + CHINA).date()


def local_time(at: datetime) -> datetime:
    """Give the wall-clock time in China of a naive UTC instant."""
    return at + CHINA


def full_years(since: date, until: date) -> int:
    """Count completed years between two days."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def years_ago(day: date, years: int) -> date:
    """Give the same day ``years`` earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
