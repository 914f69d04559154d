"""The edge's clock: the only place of the web application that asks what time it is."""

from datetime import UTC, date, datetime

from app.periods import local_day


def now() -> datetime:
    """Give the present instant, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def today() -> date:
    """Give today's date in China."""
    return local_day(now())
