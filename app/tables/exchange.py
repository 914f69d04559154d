"""Files between their upload and their import."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app import enums
from app.extensions import db
from app.tables.columns import choice, copied, line, pk, ref, tree_path


class RosterUpload(db.Model):
    """An uploaded roster between its dry run and its import; sealed, and deleted when it expires.

    Of an institution or of an authority; ``choices`` are what the clerk chose when confirming.
    """

    __tablename__ = "roster_upload"
    id: Mapped[pk]
    token: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[enums.ImportKind] = mapped_column(
        choice(enums.ImportKind),
        default=enums.ImportKind.PHYSICIAN,
        server_default=enums.ImportKind.PHYSICIAN.name,
    )
    filename: Mapped[line]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    choices: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    staged_rows: Mapped[int | None]
    imported_at: Mapped[datetime | None]
    imported_rows: Mapped[int | None]
    changed_rows: Mapped[int | None]
    province_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int | None] = ref("authority.id", index=True)
    institution_id: Mapped[int | None] = ref("institution.id", index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))


class RosterChunk(db.Model):
    """Some hundred rows of a confirmed upload, sealed until they are written, then emptied."""

    __tablename__ = "roster_chunk"
    id: Mapped[pk]
    start: Mapped[int]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    applied_at: Mapped[datetime | None]
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    province_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int | None] = copied()
    institution_id: Mapped[int | None] = copied()
    upload_id: Mapped[int] = ref("roster_upload.id", index=True)
