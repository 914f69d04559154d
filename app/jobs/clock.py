"""The database's clock: the only one that all processes share."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def database_now(session: Session) -> datetime:
    """Give the present instant by the database, naive UTC; on PostgreSQL also within a transaction."""
    if session.get_bind().dialect.name == "sqlite":
        stamp = session.scalar(select(func.strftime("%Y-%m-%d %H:%M:%f", "now")))
        return datetime.fromisoformat(str(stamp))
    now: datetime = session.scalars(select(func.timezone("utc", func.clock_timestamp()))).one()
    return now


def instant(session: Session) -> datetime:
    """Give the present instant to the second, as rows hold it."""
    return database_now(session).replace(microsecond=0)
