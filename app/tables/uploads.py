"""Files that are on their way: sent in pieces, so that a broken connection loses the last one only."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.tables.columns import copied, line, pk, ref, tree_path, word


class Upload(db.Model):
    """One file a physician is sending; ``mark`` tells two files of one name and size apart."""

    __tablename__ = "upload"
    id: Mapped[pk]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[line]
    size: Mapped[int]
    mark: Mapped[word]
    received: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(index=True)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    physician_id: Mapped[int] = copied()
    participation_id: Mapped[int] = copied()
    pieces: Mapped[list["UploadPiece"]] = relationship(
        cascade="all, delete-orphan", order_by="UploadPiece.position"
    )
    __table_args__ = (Index("ix_upload_participation", "participation_id", "filename"),)


class UploadPiece(db.Model):
    """Some bytes of a file from ``position`` on; sealed like the whole."""

    __tablename__ = "upload_piece"
    id: Mapped[pk]
    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    physician_id: Mapped[int] = copied()
    upload_id: Mapped[int] = ref("upload.id")
    __table_args__ = (UniqueConstraint("upload_id", "position", "province_id"),)
