"""What is asked for beside the roster: 更正, 调入, 多机构执业备案, 回避; and the portrait."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.crypto import EncryptedText
from app.extensions import db
from app.tables.bodies import Department
from app.tables.cases import Assessment
from app.tables.columns import (
    choice,
    copied,
    line,
    opt_prose,
    pk,
    prose,
    ref,
    tree_path,
    word,
)
from app.tables.physicians import Physician


class Correction(db.Model):
    """更正申请: one fact of a physician's identity, what it should be, and the proof."""

    __tablename__ = "correction"
    id: Mapped[pk]
    status: Mapped[enums.RequestStatus] = mapped_column(
        choice(enums.RequestStatus), default=enums.RequestStatus.AWAITING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    field: Mapped[enums.CorrectedField] = mapped_column(choice(enums.CorrectedField))
    old_value: Mapped[str | None] = mapped_column(EncryptedText("correction.old_value"))
    value: Mapped[str] = mapped_column(EncryptedText("correction.value"))
    reason: Mapped[prose]
    returned_reason: Mapped[opt_prose]
    asked_at: Mapped[datetime]
    filename: Mapped[line]
    content_type: Mapped[word]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    physician_id: Mapped[int] = ref("physician.id", index=True)
    physician: Mapped[Physician] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_correction_institution", "institution_id", "status", "id"),)


class TransferRequest(db.Model):
    """调入申请: an institution asks for a physician who is registered at another one (T35)."""

    __tablename__ = "transfer_request"
    id: Mapped[pk]
    status: Mapped[enums.RequestStatus] = mapped_column(
        choice(enums.RequestStatus), default=enums.RequestStatus.AWAITING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[word]
    id_masked: Mapped[str] = mapped_column(String(24))
    reason: Mapped[prose]
    returned_reason: Mapped[opt_prose]
    asked_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    from_path: Mapped[tree_path]
    from_institution_id: Mapped[int] = ref("institution.id")
    from_name: Mapped[line]  # as it was called then, and neither side reads the other's row
    institution_id: Mapped[int] = ref("institution.id")
    to_name: Mapped[line]
    department_id: Mapped[int] = ref("department.id")
    department: Mapped[Department] = relationship()
    physician_id: Mapped[int] = copied(index=True)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_transfer_request_institution", "institution_id", "status", "id"),
        Index("ix_transfer_request_from", "from_institution_id", "status", "id"),
        Index("ix_transfer_request_authority_path", "authority_path"),
    )


class PracticePlace(db.Model):
    """多机构执业备案: a further place at which a physician practises, and from when to when."""

    __tablename__ = "practice_place"
    id: Mapped[pk]
    status: Mapped[enums.RequestStatus] = mapped_column(
        choice(enums.RequestStatus), default=enums.RequestStatus.AWAITING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    place: Mapped[line]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    note: Mapped[opt_prose]
    returned_reason: Mapped[opt_prose]
    asked_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    place_institution_id: Mapped[int | None] = ref("institution.id", index=True)
    physician_id: Mapped[int] = ref("physician.id", index=True)
    physician: Mapped[Physician] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_practice_place_institution", "institution_id", "status", "id"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="period"),
    )


class Recusal(db.Model):
    """回避 of one assessor in one case: asked by the physician, or declared by the assessor (art. 16)."""

    __tablename__ = "recusal"
    id: Mapped[pk]
    status: Mapped[enums.RequestStatus] = mapped_column(
        choice(enums.RequestStatus), default=enums.RequestStatus.AWAITING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    assessor_name: Mapped[word]
    assessor_account_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    is_declared: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[prose]
    returned_reason: Mapped[opt_prose]
    asked_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)
    assessment: Mapped[Assessment] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_recusal_agency", "agency_id", "status", "id"),)


class Portrait(db.Model):
    """头像（证件照）of a physician; re-encoded, encrypted at rest, served only in the physician's scope."""

    __tablename__ = "portrait"
    id: Mapped[pk]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied(index=True)
    physician_id: Mapped[int] = ref("physician.id")
    __table_args__ = (UniqueConstraint("physician_id", "province_id"),)
