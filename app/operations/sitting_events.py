"""监考事件 of a sitting: what its page reports and what proctors do; evidence, never a verdict."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import SittingEventKind
from app.models import Sitting, SittingEvent

K = SittingEventKind
REPORTED = frozenset(
    {K.SECOND_TAB, K.LEFT_PAGE, K.CAME_BACK, K.CAMERA_LOST, K.CAMERA_BACK, K.OFFLINE, K.ONLINE,
     K.CLOCK_CHANGED}
)  # fmt: skip
"""What a page may report of itself."""
SCOPE = (
    "province_id", "authority_path", "institution_id", "agency_id", "physician_id", "assessment_id",
)  # fmt: skip
"""What evidence copies from its sitting."""
MOST = 1000
"""A page that reports more is broken or hostile; the rest is not kept."""


def note(
    session: Session,
    sitting: Sitting,
    kind: SittingEventKind,
    *,
    at: datetime,
    detail: str | None = None,
    by: str | None = None,
) -> None:
    """Add an event."""
    scope = {name: getattr(sitting, name) for name in SCOPE}
    session.add(
        SittingEvent(sitting_id=sitting.id, kind=kind, at=at, detail=detail, by=by, **scope)
    )


def report(
    session: Session, sitting: Sitting, kinds: Sequence[SittingEventKind], *, at: datetime
) -> None:
    """Take up what a page reports."""
    wanted = [kind for kind in kinds if kind in REPORTED]
    if not wanted:
        return
    known = select(func.count(SittingEvent.id)).where(SittingEvent.sitting_id == sitting.id)
    for kind in wanted[: max(0, MOST - (session.scalar(known) or 0))]:
        note(session, sitting, kind, at=at)


def of_sitting(session: Session, sitting_id: int) -> Sequence[SittingEvent]:
    """Read the events of a sitting in their order."""
    statement = select(SittingEvent).where(SittingEvent.sitting_id == sitting_id)
    return session.scalars(statement.order_by(SittingEvent.id)).all()


def messages(session: Session, sitting_id: int, *, after: int) -> list[tuple[int, str]]:
    """Give what proctors wrote to the examinee since an event."""
    e = SittingEvent
    rows = session.execute(
        select(e.id, e.detail)
        .where(e.sitting_id == sitting_id, e.kind == K.MESSAGE, e.id > after)
        .order_by(e.id)
    )
    return [(row.id, row.detail or "") for row in rows]
