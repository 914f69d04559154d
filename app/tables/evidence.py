"""Opinions, conduct records and attachments of a case."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.cases import Assessment
from app.tables.columns import (
    choice,
    copied,
    line,
    opt_prose,
    opt_word,
    pk,
    prose,
    ref,
    tree_path,
    word,
)


class Opinion(db.Model):
    """评定意见 of the institution or the agency on one part (art. 11, 13, 14)."""

    __tablename__ = "opinion"
    id: Mapped[pk]
    role: Mapped[enums.Role] = mapped_column(choice(enums.Role))
    part: Mapped[enums.OpinionPart] = mapped_column(choice(enums.OpinionPart))
    verdict: Mapped[enums.Verdict] = mapped_column(choice(enums.Verdict))
    reason: Mapped[opt_prose]
    given_at: Mapped[datetime]
    given_by: Mapped[word]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id")
    assessment: Mapped[Assessment] = relationship(back_populates="opinions")
    __table_args__ = (
        UniqueConstraint("assessment_id", "role", "part", "province_id"),
        CheckConstraint("verdict = 'PASS' OR reason IS NOT NULL", name="fail_has_reason"),
    )


class OutsideOpinion(db.Model):
    """多执业机构其它意见: of another practice place, typed in by the main one or signed there (manual 1.7).

    ``place_institution_id`` names the institution of the system that is asked; it reads this row
    and nothing else of the case, hence the physician's name and masked number on it.
    """

    __tablename__ = "outside_opinion"
    id: Mapped[pk]
    status: Mapped[enums.OutsideOpinionStatus] = mapped_column(
        choice(enums.OutsideOpinionStatus), default=enums.OutsideOpinionStatus.AWAITING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    place: Mapped[line]
    name: Mapped[opt_word]
    id_masked: Mapped[opt_word]
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    content: Mapped[opt_prose]
    given_at: Mapped[datetime | None]
    given_by: Mapped[opt_word]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)
    place_institution_id: Mapped[int | None] = ref("institution.id")
    assessment: Mapped[Assessment] = relationship(back_populates="outside_opinions")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_outside_opinion_place", "place_institution_id", "status", "id"),
        CheckConstraint("status = 'AWAITING' OR content IS NOT NULL", name="given_has_content"),
    )


class Remark(db.Model):
    """逐项意见 beside one field of a registration that was sent back, until it is handed in again."""

    __tablename__ = "remark"
    id: Mapped[pk]
    role: Mapped[enums.Role] = mapped_column(choice(enums.Role))
    field: Mapped[word]
    text: Mapped[prose]
    given_at: Mapped[datetime]
    given_by: Mapped[word]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)


class ConductRecord(db.Model):
    """执业行为记录: 医疗卫生机构 结案时间 处理结果 (art. 19, 20)."""

    __tablename__ = "conduct_record"
    id: Mapped[pk]
    is_good: Mapped[bool]
    place: Mapped[line]
    closed_on: Mapped[date]
    outcome: Mapped[line]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)


class DisqualifyingAct(db.Model):
    """不合格情形: an act that forces 不合格, with when, who found it and the evidence (art. 27)."""

    __tablename__ = "disqualifying_act"
    id: Mapped[pk]
    kind: Mapped[enums.DisqualifyingActKind] = mapped_column(choice(enums.DisqualifyingActKind))
    occurred_on: Mapped[date]
    found_by: Mapped[line]
    document: Mapped[line]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[word]
    role: Mapped[enums.Role] = mapped_column(choice(enums.Role))
    filename: Mapped[line]
    content_type: Mapped[word]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)


class Attachment(db.Model):
    """附件 of a case, or of one 免考 or 延考 of it; encrypted at rest, served only in the case's scope."""

    __tablename__ = "attachment"
    id: Mapped[pk]
    filename: Mapped[line]
    content_type: Mapped[word]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    participation_id: Mapped[int] = ref("participation.id", index=True)
    exemption_id: Mapped[int | None] = ref("exemption.id", index=True)
    deferral_id: Mapped[int | None] = ref("deferral.id", index=True)
