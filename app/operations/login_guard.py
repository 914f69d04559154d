"""Failed logins of one (account name, network): asked before any hash, also for unknown names.

Five failures close the pair for 15 minutes, every further five for twice as long. The row holds
a keyed digest only, so that it tells neither the name nor the network.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.models import LoginGuard
from app.operations.login_names import fingerprint

LIMIT = 5
WINDOW = timedelta(minutes=15)  # without a failure, and the failures are forgotten
MEMORY = timedelta(days=1)  # the same once a pair was locked
LONGEST = timedelta(hours=12)


def guard_key(name: str, *, network: str) -> str:
    """Digest a typed name and the network it comes from; all spellings give one key."""
    return keyring().blind_index(f"{fingerprint(name)}|{network}", context="login_guard")


def locked_minutes(session: Session, key: str, *, at: datetime) -> int | None:
    """Say for how many minutes the pair is still closed, None when it may try.

    Takes the row's lock, so that attempts sent at once are counted one after the other.
    """
    row = _row(session, key, at=at)
    if row.locked_until is None or row.locked_until <= at:
        return None
    return max(1, -(-int((row.locked_until - at).total_seconds()) // 60))


def record_failure(session: Session, key: str, *, at: datetime) -> None:
    """Count a failure and close the pair at every fifth."""
    row = _row(session, key, at=at)
    quiet_since = max(row.last_failure_at, row.locked_until or row.last_failure_at)
    if at - quiet_since >= (MEMORY if row.locked_until else WINDOW):
        row.failures, row.locked_until = 0, None
    row.failures += 1
    row.last_failure_at = at
    if row.failures % LIMIT == 0:
        rounds = row.failures // LIMIT - 1
        row.locked_until = at + min(WINDOW * 2 ** min(rounds, 10), LONGEST)
    session.flush()  # the caller may go on to read it


def reset(session: Session, key: str) -> None:
    """Forget the pair after a success."""
    session.execute(delete(LoginGuard).where(LoginGuard.key == key))


def forget_stale(session: Session, *, at: datetime) -> int:
    """Remove what no longer matters and count it; a periodic task does so."""
    stale = LoginGuard.last_failure_at < at - MEMORY - LONGEST
    gone = session.scalars(delete(LoginGuard).where(stale).returning(LoginGuard.key))
    return len(gone.all())


def _row(session: Session, key: str, *, at: datetime) -> LoginGuard:
    found = session.get(LoginGuard, key, with_for_update=True, populate_existing=True)
    if found is not None:
        return found
    fresh = LoginGuard(key=key, failures=0, last_failure_at=at)
    try:
        with session.begin_nested():
            session.add(fresh)
        return fresh
    except IntegrityError:  # another request made it in between: wait for its lock
        return session.get_one(LoginGuard, key, with_for_update=True)
