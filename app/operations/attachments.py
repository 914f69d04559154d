"""附件 of a case: judged by content, images re-encoded, sealed at rest; never trusted by name."""

import re
import struct
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.models import Assessment, Attachment, Deferral, Exemption
from app.operations import registrations, trail
from app.refusals import Refusal
from app.security.actor import Actor

MAX_BYTES = 5 * 1024 * 1024
MAX_FILES = 10
MAX_PIXELS = 40_000_000  # what a decoder may unpack into memory
_CONTEXT = "attachment"
_NAME_LENGTH = 120
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\"\\/:*?<>|]")
_SIGNATURES = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
)
_BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
)


class AttachmentRefused(Refusal):
    """A file that is not taken; ``message`` says what, why and what next."""

    field = "attachment"


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was judged and cleaned."""

    filename: str
    content_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """What tells it from other files."""
        return sha256(self.content).hexdigest()

    def columns(self) -> dict[str, Any]:
        """Give what is stored of it in the open."""
        return {
            "filename": self.filename,
            "content_type": self.content_type,
            "size": len(self.content),
            "sha256": self.digest,
        }


def store(
    session: Session,
    *,
    case_id: int,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
) -> Attachment:
    """Take one file up into a case whose form is still the physician's.

    :raises AttachmentRefused: empty, too large, of another kind, broken, a duplicate, one too many.
    :raises RegistrationClosed: the case is no longer the physician's to change.
    """
    case = registrations.lock_editable(session, case_id=case_id)
    owner = {"exemption_id": None, "deferral_id": None}
    return _take_up(session, case, owner, filename=filename, content=content, actor=actor, at=at)


def store_evidence(
    session: Session,
    request: Exemption | Deferral,
    *,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
) -> Attachment:
    """Take one file up into a 免考 or 延考 that the caller has locked and found to be a draft.

    :raises AttachmentRefused: as :func:`store`.
    """
    key = "exemption_id" if isinstance(request, Exemption) else "deferral_id"
    owner = {"exemption_id": None, "deferral_id": None, key: request.id}
    return _take_up(session, request, owner, filename=filename, content=content, actor=actor, at=at)


def _take_up(
    session: Session,
    row: Assessment | Exemption | Deferral,
    owner: Mapping[str, int | None],
    *,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
) -> Attachment:
    file = examined(filename, content)
    known = session.scalars(
        select(Attachment.sha256).where(
            Attachment.participation_id == row.participation_id,
            *(getattr(Attachment, name).is_not_distinct_from(key) for name, key in owner.items()),
        )
    ).all()
    refuse_surplus(file, known)
    found = Attachment(
        **file.columns(),
        content=keyring().seal_bytes(file.content, context=_CONTEXT),
        uploaded_at=at,
        participation_id=row.participation_id,
        **owner,
        **{name: getattr(row, name) for name in registrations.SCOPE},
    )
    session.add(found)
    session.flush()  # the entry of the trail names its id
    _log(session, found, actor=actor, at=at, action="upload", label=_l("上传附件"))
    return found


def remove(
    session: Session, *, case_id: int, attachment_id: int, actor: Actor, at: datetime
) -> None:
    """Delete a file of a case whose form is still the physician's; none there is nothing to do.

    :raises RegistrationClosed: the case is no longer the physician's to change.
    """
    case = registrations.lock_editable(session, case_id=case_id)
    found = session.get(Attachment, attachment_id)
    if found is None or found.participation_id != case.participation_id:
        return
    if found.exemption_id is None and found.deferral_id is None:
        _remove(session, found, actor=actor, at=at)


def remove_evidence(
    session: Session,
    request: Exemption | Deferral,
    *,
    attachment_id: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Delete a file of a 免考 or 延考 that the caller has locked; none there is nothing to do."""
    found = next((row for row in request.attachments if row.id == attachment_id), None)
    if found is not None:
        _remove(session, found, actor=actor, at=at)


def _remove(session: Session, found: Attachment, *, actor: Actor, at: datetime) -> None:
    _log(session, found, actor=actor, at=at, action="remove", label=_l("删除附件"))
    session.delete(found)
    session.flush()  # the list is read again in this transaction


def opened(attachment: Attachment) -> bytes:
    """Give the file as it was stored, unsealed."""
    return keyring().open_bytes(attachment.content, context=_CONTEXT)


def examined(filename: str, content: bytes) -> Examined:
    """Judge a file by its content and make it harmless.

    :raises AttachmentRefused: empty, too large, of another kind, broken.
    """
    if not content:
        raise AttachmentRefused(_l("没有上传：未选择文件或文件为空。请选择文件后再上传。"))
    if len(content) > MAX_BYTES:
        raise AttachmentRefused(_l("没有上传：文件超过5MB。请压缩后重新上传。"))
    content_type, suffixes = _kind(content)
    if content_type != "application/pdf":
        content = _redrawn(content, content_type)
    return Examined(_safe_name(filename, suffixes), content_type, content)


def refuse_surplus(file: Examined, known: Collection[str]) -> None:
    """Refuse a file that is there already, or one too many; ``known`` are digests.

    :raises AttachmentRefused: so it is.
    """
    if file.digest in known:
        raise AttachmentRefused(_l("没有上传：该文件已在附件列表中，无需重复上传。"))
    if len(known) >= MAX_FILES:
        raise AttachmentRefused(
            _l("没有上传：附件最多%(n)s个。请先删除不需要的附件。", n=MAX_FILES)
        )


def _kind(content: bytes) -> tuple[str, tuple[str, ...]]:
    for signature, content_type, suffixes in _SIGNATURES:
        if content.startswith(signature):
            return content_type, suffixes
    raise AttachmentRefused(
        _l("没有上传：文件内容不是PDF、JPEG或PNG。请转换为其中一种格式后重新上传。")
    )


def _redrawn(content: bytes, content_type: str) -> bytes:
    """Verify an image and write it anew: nothing but the picture is kept (no EXIF, no place)."""
    kind = "JPEG" if content_type == "image/jpeg" else "PNG"
    try:
        with Image.open(BytesIO(content), formats=(kind,)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise AttachmentRefused(
                    _l("没有上传：图片尺寸过大（超过4000万像素）。请缩小后重新上传。")
                )
            image.verify()
        with Image.open(BytesIO(content), formats=(kind,)) as image:
            upright = ImageOps.exif_transpose(image)
            has_alpha = kind == "PNG" and upright.has_transparency_data
            clean = upright.convert("RGBA" if has_alpha else "RGB")
    except _BROKEN as error:
        raise AttachmentRefused(
            _l("没有上传：图片已损坏，无法读取。请重新拍照或扫描后上传。")
        ) from error
    clean.info.clear()
    target = BytesIO()
    clean.save(target, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return target.getvalue()


def _safe_name(filename: str, suffixes: tuple[str, ...]) -> str:
    """Keep what a person recognises of a name, and give it the suffix of what the file is."""
    last = re.split(r"[\\/]", filename)[-1]
    name = PurePosixPath(_UNSAFE.sub("", last).strip(" .") or "file")
    suffix = name.suffix.lower()
    stem = name.name if suffix not in suffixes else name.stem
    return stem[:_NAME_LENGTH] + (suffix if suffix in suffixes else suffixes[0])


def _log(
    session: Session,
    attachment: Attachment,
    *,
    actor: Actor,
    at: datetime,
    action: str,
    label: LazyString,
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="attachment",
        subject_id=attachment.id,
        action=action,
        label=label,
        comment=attachment.filename,
        participation_id=attachment.participation_id,
        **{name: getattr(attachment, name) for name in registrations.SCOPE},
    )
