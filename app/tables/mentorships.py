"""跟班带教: supervised work on the job, and what a physician asks to amend (domain 1.7; an assumption)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.columns import choice, copied, opt_prose, pk, prose, ref, tree_path, word
from app.tables.physicians import Physician


class Mentorship(db.Model):
    """One period under a supervisor, kept by the institution."""

    __tablename__ = "mentorship"
    id: Mapped[pk]
    supervisor: Mapped[word]
    host_department: Mapped[word]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    log: Mapped[opt_prose]
    evaluation: Mapped[enums.Verdict | None] = mapped_column(choice(enums.Verdict))
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = ref("institution.id", index=True)
    physician_id: Mapped[int] = ref("physician.id", index=True)
    physician: Mapped[Physician] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_mentorship_authority_path", "authority_path"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="period"),
    )


class MentorshipChange(db.Model):
    """修改申请: what the physician says a record should be, and why."""

    __tablename__ = "mentorship_change"
    id: Mapped[pk]
    status: Mapped[enums.RequestStatus] = mapped_column(
        choice(enums.RequestStatus), default=enums.RequestStatus.AWAITING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    supervisor: Mapped[word]
    host_department: Mapped[word]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    reason: Mapped[prose]
    returned_reason: Mapped[opt_prose]
    asked_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    physician_id: Mapped[int] = copied(index=True)
    mentorship_id: Mapped[int] = ref("mentorship.id", index=True)
    mentorship: Mapped[Mentorship] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_mentorship_change_institution", "institution_id", "status", "id"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="period"),
    )
