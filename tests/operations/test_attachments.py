"""Attachments: judged by content, re-encoded, sealed, only while the form is the physician's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.enums import AssessmentStatus
from app.models import Assessment, Attachment, TrailEntry
from app.operations import attachments
from app.operations.attachments import AttachmentRefused
from app.operations.registrations import RegistrationClosed
from app.operations.trail import msgid
from app.security.actor import Actor
from tests.support.physicians import case_of, physician
from tests.support.site import Site

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both

NOW = datetime(2026, 11, 23, 4, 0)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SECRET = "GPS 40.0768N 113.3001E"


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (40, 20), mark: int = 0) -> bytes:
    """Draw a picture that carries EXIF, a comment and an orientation."""
    image = Image.new("RGB", size, (200, mark, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    exif[0x010E] = SECRET
    target = BytesIO()
    options: dict[str, Any] = {"comment": SECRET} if kind == "JPEG" else {}
    image.save(target, kind, exif=exif, **options)
    return target.getvalue()


@dataclass
class Cabinet:
    """The attachments of a physician who is still filling in."""

    session: Any
    case: Assessment
    actor: Actor

    def files(self) -> list[Attachment]:
        """List the files of the case's registration."""
        statement = select(Attachment).where(
            Attachment.participation_id == self.case.participation_id,
            Attachment.exemption_id.is_(None),
            Attachment.deferral_id.is_(None),
        )
        return list(self.session.scalars(statement))

    def store(self, content: bytes, filename: str = "证书.jpg") -> Attachment:
        return attachments.store(
            self.session,
            case_id=self.case.id,
            filename=filename,
            content=content,
            actor=self.actor,
            at=NOW,
        )

    def last_entry(self) -> tuple[str, str | None]:
        latest = select(TrailEntry).order_by(TrailEntry.id.desc()).limit(1)
        found = self.session.scalars(latest).one()
        return found.action, found.comment


@pytest.fixture
def cabinet(site: Site) -> Iterator[Cabinet]:
    who = physician(site, AssessmentStatus.AWAITING_FORM, is_begun=False)
    actor = site.actor(who)
    with site.session() as session:
        yield Cabinet(session, case_of(session, who), actor)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_an_image_loses_everything_but_the_picture(cabinet: Cabinet, kind: str) -> None:
    sent = picture(kind)
    assert SECRET.encode() in sent

    kept = attachments.opened(cabinet.store(sent, f"a.{kind.lower()}"))

    assert SECRET.encode() not in kept
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size) == (kind, (20, 40)), "the orientation is drawn in"
        assert not image.getexif()


def test_the_stored_bytes_are_sealed(cabinet: Cabinet) -> None:
    kept = cabinet.store(PDF, "a.pdf")

    assert b"%PDF-" not in kept.content
    assert attachments.opened(kept) == PDF


REFUSED = [
    ("empty", b""),
    ("too large", b"%PDF-" + b"x" * attachments.MAX_BYTES),
    ("a script that is called .jpg", b"<script>alert(1)</script>"),
    ("a GIF", b"GIF89a" + b"\0" * 50),
    ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("PDF that begins with something else", b"junk" + PDF),
    ("a JPEG's beginning and nothing more", b"\xff\xd8\xff\xe0" + b"\0" * 40),
    ("a PNG cut in the middle", picture("PNG", size=(400, 400))[:200]),
    ("a JPEG cut in the middle", picture("JPEG", size=(900, 900))[:2000]),
]


@pytest.mark.parametrize("content", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_readable_pdf_jpeg_or_png_is_refused(cabinet: Cabinet, content: bytes) -> None:
    with pytest.raises(AttachmentRefused):
        cabinet.store(content)

    assert cabinet.files() == []


def test_a_picture_of_too_many_pixels_is_refused_unopened(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_PIXELS", 799)

    with pytest.raises(AttachmentRefused) as refused:
        cabinet.store(picture())

    assert "4000万像素" in msgid(refused.value.message)


NAMES = [
    ("证书.jpg", "证书.jpg"),
    ("证书.JPEG", "证书.jpeg"),
    ("证书.pdf", "证书.pdf.jpg"),
    ("C:\\照片\\证书.jpg", "证书.jpg"),
    ("../../etc/passwd", "passwd.jpg"),
    ('a"\r\nX-Evil: 1.jpg', "aX-Evil 1.jpg"),
    ("gpj.\u202eexe.jpg", "gpj.exe.jpg"),
    ("", "file.jpg"),
    ("长" * 300 + ".jpg", "长" * 120 + ".jpg"),
]


@pytest.mark.parametrize(("sent", "kept"), NAMES)
def test_a_name_is_made_harmless_and_tells_the_true_kind(
    cabinet: Cabinet, sent: str, kept: str
) -> None:
    assert cabinet.store(picture(), sent).filename == kept


def test_the_same_file_is_not_taken_twice(cabinet: Cabinet) -> None:
    cabinet.store(picture())

    with pytest.raises(AttachmentRefused) as refused:
        cabinet.store(picture(), "另一个名字.jpg")

    assert "重复" in msgid(refused.value.message)


def test_ten_files_are_enough(cabinet: Cabinet) -> None:
    for number in range(attachments.MAX_FILES):
        cabinet.store(PDF + str(number).encode(), "a.pdf")

    with pytest.raises(AttachmentRefused) as refused:
        cabinet.store(PDF, "b.pdf")

    assert "附件最多" in msgid(refused.value.message)


def test_taking_up_and_deleting_leave_an_entry_each(cabinet: Cabinet) -> None:
    kept = cabinet.store(PDF, "证明.pdf")
    after_upload = cabinet.last_entry()

    attachments.remove(
        cabinet.session,
        case_id=cabinet.case.id,
        attachment_id=kept.id,
        actor=cabinet.actor,
        at=NOW,
    )

    assert after_upload == ("upload", "证明.pdf")
    assert cabinet.last_entry() == ("remove", "证明.pdf")
    assert cabinet.files() == []


@pytest.mark.parametrize(
    "status",
    [AssessmentStatus.AWAITING_INSTITUTION, AssessmentStatus.AWAITING_EXAM],
)
def test_a_submitted_case_takes_and_loses_no_file(site: Site, status: AssessmentStatus) -> None:
    who = physician(site, status)
    actor = site.actor(who)
    with site.session() as session:
        case_id = case_of(session, who).id

        with pytest.raises(RegistrationClosed):
            attachments.store(
                session, case_id=case_id, filename="a.pdf", content=PDF, actor=actor, at=NOW
            )
        with pytest.raises(RegistrationClosed):
            attachments.remove(session, case_id=case_id, attachment_id=1, actor=actor, at=NOW)
