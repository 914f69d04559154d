"""The trail."""

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app import enums
from app.extensions import db
from app.tables.columns import (
    BigId,
    choice,
    opt_line,
    opt_prose,
    opt_word,
    pk,
    prose,
    tree_path,
    word,
)


class TrailEntry(db.Model):
    """操作日志: who, when, from, to, why. Never deleted, and what it says is never changed.

    Whose it is (institution, agency, path) follows a case that moves with its physician.
    """

    __tablename__ = "trail_entry"
    id: Mapped[pk]
    at: Mapped[datetime]
    subject: Mapped[word]
    subject_id: Mapped[int | None] = mapped_column(BigId)
    action: Mapped[word]
    action_label: Mapped[word]
    from_status: Mapped[opt_word]
    to_status: Mapped[opt_word]
    comment: Mapped[opt_prose]
    actor_name: Mapped[word]
    actor_role: Mapped[enums.Role] = mapped_column(choice(enums.Role))
    actor_body: Mapped[opt_line]
    account_id: Mapped[int | None] = mapped_column(Integer)
    province_id: Mapped[int | None] = mapped_column(BigId)
    authority_path: Mapped[tree_path] = mapped_column(default="/")
    institution_id: Mapped[int | None] = mapped_column(BigId)
    agency_id: Mapped[int | None] = mapped_column(BigId)
    physician_id: Mapped[int | None] = mapped_column(BigId)
    participation_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        Index("ix_trail_entry_participation_id_id", "participation_id", "id"),
        Index("ix_trail_entry_physician_id_id", "physician_id", "id"),
        Index("ix_trail_entry_institution_id_id", "institution_id", "id"),
        Index("ix_trail_entry_province_id_id", "province_id", "id"),
    )


class TrailSeal(db.Model):
    """封存: some entries in a row, bound to all entries before them (``operations/trail_seals.py``)."""

    __tablename__ = "trail_seal"
    id: Mapped[pk]
    first_id: Mapped[int] = mapped_column(BigId)
    last_id: Mapped[int] = mapped_column(BigId, unique=True)
    number: Mapped[int]
    marks: Mapped[prose]  # "id:digits" of each entry: tells which one was changed
    digest: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
