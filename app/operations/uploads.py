"""附件 sent in pieces: begun or gone on with, put together when the last piece is there."""

import secrets
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.models import Attachment, Participation, Upload, UploadPiece
from app.operations import attachments, registrations
from app.operations.attachments import AttachmentRefused
from app.security.actor import Actor

PIECE = 512 * 1024
"""How many bytes one piece may have."""
KEPT = timedelta(days=2)
_MOST = 3  # unfinished files of one physician
_CONTEXT = "upload"
_OWNER = ("province_id", "authority_path", "institution_id", "physician_id")


class PieceMisplaced(RuntimeError):
    """A piece that does not follow on what is there; the sender goes on from ``received``."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


def begin(
    session: Session, seat: Participation, *, filename: str, size: int, mark: str, at: datetime
) -> Upload:
    """Give the unfinished upload of this very file, or begin one.

    :raises AttachmentRefused: empty or too large, before a byte is sent.
    :raises RegistrationClosed: the case is no longer the physician's to change.
    """
    if seat.assessment is None:
        raise AttachmentRefused(_l("没有上传：目前没有进行中的考核。"))
    registrations.lock_editable(session, case_id=seat.assessment.id)
    if size <= 0:
        raise AttachmentRefused(_l("没有上传：未选择文件或文件为空。请选择文件后再上传。"))
    if size > attachments.MAX_BYTES:
        raise AttachmentRefused(_l("没有上传：文件超过5MB。请压缩后重新上传。"))
    begun = session.scalars(
        select(Upload).where(Upload.participation_id == seat.id).order_by(Upload.id)
    ).all()
    for row in begun:
        if (row.filename, row.size, row.mark) == (filename, size, mark):
            return row
    for row in begun[: max(0, len(begun) - _MOST + 1)]:
        session.delete(row)
    found = Upload(
        token=secrets.token_urlsafe(32),
        filename=filename,
        size=size,
        mark=mark,
        received=0,
        started_at=at,
        participation_id=seat.id,
        **{name: getattr(seat, name) for name in _OWNER},
    )
    session.add(found)
    session.flush()
    return found


def add_piece(
    session: Session, token: str, *, position: int, content: bytes, actor: Actor, at: datetime
) -> tuple[Upload, Attachment | None]:
    """Take the next piece; with the last one the file becomes an attachment of the case.

    :raises PieceMisplaced: the piece does not begin where the last one ended, or is none.
    :raises NoResultFound: there is no such upload of the actor.
    :raises AttachmentRefused: the whole file is not taken.
    :raises RegistrationClosed: the case is no longer the physician's to change.
    """
    row = session.scalars(select(Upload).where(Upload.token == token).with_for_update()).one()
    is_piece = 0 < len(content) <= PIECE and row.received + len(content) <= row.size
    if position != row.received or not is_piece:
        raise PieceMisplaced(row.received)
    owner = {name: getattr(row, name) for name in _OWNER}
    sealed = keyring().seal_bytes(content, context=_CONTEXT)
    row.pieces.append(UploadPiece(position=position, content=sealed, **owner))
    row.received += len(content)
    session.flush()
    return row, _finish(session, row, actor=actor, at=at) if row.received == row.size else None


def forget_old(session: Session, *, at: datetime) -> int:
    """Delete what was never finished; for a periodic task."""
    old = select(Upload.id).where(Upload.started_at < at - KEPT)
    session.execute(delete(UploadPiece).where(UploadPiece.upload_id.in_(old)))
    done = session.execute(delete(Upload).where(Upload.started_at < at - KEPT))
    return int(getattr(done, "rowcount", 0))


def drop(session: Session, token: str) -> None:
    """Delete an upload whose file was refused."""
    found = session.scalars(select(Upload).where(Upload.token == token)).one_or_none()
    if found is not None:
        session.delete(found)
        session.flush()


def _finish(session: Session, row: Upload, *, actor: Actor, at: datetime) -> Attachment:
    seat = session.get_one(Participation, row.participation_id)
    if seat.assessment is None:
        raise AttachmentRefused(_l("没有上传：目前没有进行中的考核。"))
    content = b"".join(
        keyring().open_bytes(piece.content, context=_CONTEXT) for piece in row.pieces
    )
    found = attachments.store(
        session,
        case_id=seat.assessment.id,
        filename=row.filename,
        content=content,
        actor=actor,
        at=at,
    )
    session.delete(row)
    session.flush()
    return found
