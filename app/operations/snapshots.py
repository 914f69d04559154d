"""监考照片: re-encoded, sealed at rest, opened for proctors only, deleted after their days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

from flask_babel import lazy_gettext as _l
from PIL import Image
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, undefer

from app.crypto import keyring
from app.enums import AssessmentStatus, MarkStatus
from app.models import AnswerSheet, Assessment, Cycle, Sitting, Snapshot
from app.operations.attachments import AttachmentRefused, examined
from app.operations.sitting_events import SCOPE
from app.queries import cycles
from app.refusals import Refusal

MAX_BYTES = 400_000
MOST = 1000
"""Pictures of one sitting; a page that sends more is broken or hostile."""
LATEST = timedelta(minutes=30)
"""How long after the end pictures are still taken up that waited for a network."""
OLDEST = timedelta(hours=6)
_SIZE = (640, 480)
_CONTEXT = "snapshot"


class SnapshotRefused(Refusal):
    """A picture that is not taken, and would not be taken later either."""


def store(
    session: Session, sitting: Sitting, *, seq: int, content: bytes, age: float, at: datetime
) -> bool:
    """Take up a picture made ``age`` seconds ago; False: it is there already.

    :raises SnapshotRefused: too large, no JPEG, one too many, or the sitting ended long ago.
    """
    closed_at = session.scalar(
        select(AnswerSheet.closed_at).where(AnswerSheet.sitting_id == sitting.id)
    )
    if closed_at is not None and at > closed_at + LATEST:
        raise SnapshotRefused(_l("本次作答已经结束。"))
    s = Snapshot
    mine = s.sitting_id == sitting.id
    number, known = session.execute(
        select(func.count(s.id), func.count(s.id).filter(s.seq == seq)).where(mine)
    ).one()
    if known:
        return False
    if number >= MOST:
        raise SnapshotRefused(_l("照片数量过多。"))
    picture = _shaped(content)
    taken = at - timedelta(seconds=min(max(age, 0.0), OLDEST.total_seconds()))
    session.add(
        Snapshot(
            seq=seq, taken_at=max(taken, sitting.begun_at), received_at=at, size=len(picture),
            sha256=sha256(picture).hexdigest(), sitting_id=sitting.id,
            content=keyring().seal_bytes(picture, context=_CONTEXT),
            **{name: getattr(sitting, name) for name in SCOPE},
        )
    )  # fmt: skip
    return True


def _shaped(content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise SnapshotRefused(_l("照片过大。"))
    try:
        file = examined("snapshot.jpg", content)
    except AttachmentRefused as refusal:
        raise SnapshotRefused(refusal.message) from refusal
    if file.content_type != "image/jpeg":
        raise SnapshotRefused(_l("照片不是JPEG格式。"))
    with Image.open(BytesIO(file.content)) as image:
        if image.width <= _SIZE[0] and image.height <= _SIZE[1]:
            return file.content
        image.thumbnail(_SIZE)
        target = BytesIO()
        image.save(target, "JPEG", quality=75)
    return target.getvalue()


def of_sitting(session: Session, sitting_id: int) -> Sequence[Snapshot]:
    """List the pictures of a sitting without their content, the earliest first."""
    statement = select(Snapshot).where(Snapshot.sitting_id == sitting_id)
    return session.scalars(statement.order_by(Snapshot.taken_at, Snapshot.id)).all()


def opened(session: Session, snapshot_id: int) -> tuple[Snapshot, bytes] | None:
    """Read one picture of the actor's scope, unsealed; None: there is none."""
    found = session.scalars(
        select(Snapshot).where(Snapshot.id == snapshot_id).options(undefer(Snapshot.content))
    ).first()
    if found is None:
        return None
    return found, keyring().open_bytes(found.content, context=_CONTEXT)


def forget_old(session: Session, *, at: datetime, at_once: int = 2000) -> int:
    """Delete pictures past the days of their cycle's rules; marked ones stay until the case ends."""
    gone = 0
    for cycle in session.scalars(select(Cycle)):
        limit = at - timedelta(days=cycles.rules(cycle).photo_days)
        free = (Sitting.status == MarkStatus.NONE) | (
            Assessment.status == AssessmentStatus.COMPLETED
        )
        old = (
            select(Snapshot.id)
            .join(Sitting, Sitting.id == Snapshot.sitting_id)
            .join(Assessment, Assessment.id == Snapshot.assessment_id)
            .where(Sitting.cycle_id == cycle.id, Snapshot.received_at < limit, free)
            .limit(at_once)
        )
        ids = session.scalars(old).all()
        if ids:
            session.execute(delete(Snapshot).where(Snapshot.id.in_(ids)))
            gone += len(ids)
    return gone
