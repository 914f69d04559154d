"""头像（证件照）: judged by content, cropped to a portrait's shape, re-encoded, sealed at rest."""

from datetime import datetime
from hashlib import sha256
from io import BytesIO

from flask_babel import lazy_gettext as _l
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.enums import N_
from app.models import Physician, Portrait
from app.operations import trail
from app.operations.attachments import AttachmentRefused, examined
from app.refusals import Refusal
from app.security.actor import Actor

SIZE = (413, 579)
"""Width and height in pixels of what is stored: two inches at 300 dpi."""
SMALLEST = (206, 289)
_CONTEXT = "portrait"
_OWNER = ("province_id", "authority_path", "institution_id")


class PortraitRefused(Refusal):
    """A picture that is not taken; ``message`` says what, why and what next."""

    field = "portrait"


def of(session: Session, physician_id: int) -> Portrait | None:
    """Give a physician's portrait in the actor's scope, or None."""
    return session.scalars(
        select(Portrait).where(Portrait.physician_id == physician_id)
    ).one_or_none()


def exists(session: Session, physician_id: int) -> bool:
    """Say whether a physician has a portrait, without reading it."""
    statement = select(Portrait.id).where(Portrait.physician_id == physician_id)
    return session.scalar(statement) is not None


def store(
    session: Session,
    physician: Physician,
    *,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
) -> Portrait:
    """Take a picture as the physician's portrait, in place of the one before.

    :raises PortraitRefused: no picture, too small, or lying on its side.
    """
    picture = shaped(filename, content)
    found = of(session, physician.id)
    if found is None:
        owner = {name: getattr(physician, name) for name in _OWNER}
        found = Portrait(physician_id=physician.id, **owner)
        session.add(found)
    found.content = keyring().seal_bytes(picture, context=_CONTEXT)
    found.sha256 = sha256(picture).hexdigest()
    found.taken_at = at
    session.flush()  # the entry of the trail names its id
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="portrait",
        subject_id=found.id,
        action="upload",
        label=N_("上传头像"),
        physician_id=physician.id,
        **{name: getattr(physician, name) for name in _OWNER},
    )
    return found


def opened(portrait: Portrait) -> bytes:
    """Give the JPEG as it was stored, unsealed."""
    return keyring().open_bytes(portrait.content, context=_CONTEXT)


def shaped(filename: str, content: bytes) -> bytes:
    """Judge a picture and bring it into the shape of a portrait, as JPEG.

    :raises PortraitRefused: as :func:`store`.
    """
    try:
        file = examined(filename, content)
    except AttachmentRefused as refusal:
        raise PortraitRefused(refusal.message) from refusal
    if file.content_type == "application/pdf":
        raise PortraitRefused(_l("没有上传：头像须为JPEG或PNG图片。"))
    with Image.open(BytesIO(file.content)) as image:
        if image.width < SMALLEST[0] or image.height < SMALLEST[1]:
            raise PortraitRefused(
                _l(
                    "没有上传：图片太小（%(w)s×%(h)s像素），至少需要%(least_w)s×%(least_h)s像素。",
                    w=image.width,
                    h=image.height,
                    least_w=SMALLEST[0],
                    least_h=SMALLEST[1],
                )
            )
        if image.width > image.height:
            raise PortraitRefused(_l("没有上传：请使用竖版证件照，图片的高应大于宽。"))
        target = BytesIO()
        _cropped(image.convert("RGB")).save(target, "JPEG", quality=88)
    return target.getvalue()


def _cropped(image: Image.Image) -> Image.Image:
    """Cut off what is too wide on both sides, or too high below, and scale."""
    wide, high = SIZE
    width = min(image.width, round(image.height * wide / high))
    height = min(image.height, round(width * high / wide))
    left = (image.width - width) // 2
    return image.crop((left, 0, left + width, height)).resize(SIZE, Image.Resampling.LANCZOS)
