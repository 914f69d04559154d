"""Results: conclusions, 合格证书, 复核申请 and 后续处置."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.cases import Assessment
from app.tables.columns import (
    choice,
    copied,
    line,
    opt_line,
    opt_prose,
    opt_word,
    pk,
    prose,
    ref,
    tree_path,
    word,
)
from app.tables.physicians import Physician


class Conclusion(db.Model):
    """考核结论 of one physician in one cycle (art. 15, 22).

    ``reasons`` is what it rests on, see ``app.results``. Of an earlier cycle that was imported
    there is no case. Institution and area are those that the physician belongs to now: the
    history goes along; ``institution_name`` is whose it was.
    """

    __tablename__ = "conclusion"
    id: Mapped[pk]
    status: Mapped[enums.FilingStatus] = mapped_column(
        choice(enums.FilingStatus), default=enums.FilingStatus.AWAITING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    result: Mapped[enums.Verdict] = mapped_column(choice(enums.Verdict))
    reasons: Mapped[list[Any] | None] = mapped_column(JSON)
    cycle_label: Mapped[word]
    starts_on: Mapped[date | None]
    last_day: Mapped[date | None]
    procedure: Mapped[enums.Procedure | None] = mapped_column(choice(enums.Procedure))
    exemption: Mapped[enums.ExemptionStatus] = mapped_column(
        choice(enums.ExemptionStatus), default=enums.ExemptionStatus.NONE
    )
    institution_name: Mapped[line]
    agency_name: Mapped[opt_line]
    concluded_on: Mapped[date]
    concluded_at: Mapped[datetime]
    concluded_by: Mapped[opt_word]
    received_at: Mapped[datetime | None]  # when the physician first saw it
    filed_at: Mapped[datetime | None]
    is_lapsed: Mapped[bool] = mapped_column(default=False)  # nobody took part (T38)
    document: Mapped[opt_line]  # what an imported one rests on
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    cycle_id: Mapped[int | None] = copied()
    participation_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = ref("physician.id")
    physician: Mapped[Physician] = relationship()
    assessment_id: Mapped[int | None] = ref("assessment.id")
    assessment: Mapped[Assessment | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("physician_id", "cycle_label", "province_id"),
        UniqueConstraint("assessment_id", "province_id"),
        Index("ix_conclusion_institution", "institution_id", "concluded_at", "id"),
        Index("ix_conclusion_agency", "agency_id", "status", "id"),
        Index("ix_conclusion_province", "province_id", "cycle_id", "status", "id"),
        Index("ix_conclusion_authority_path", "authority_path"),
        CheckConstraint(
            "assessment_id IS NOT NULL OR document IS NOT NULL", name="case_or_document"
        ),
    )


class Certificate(db.Model):
    """合格证书: what was printed, under the token that its QR code carries.

    ``facts`` is every word on the paper and ``seal`` its keyed digest: a row that was changed
    behind the program's back no longer matches.
    """

    __tablename__ = "certificate"
    id: Mapped[pk]
    status: Mapped[enums.CertificateStatus] = mapped_column(
        choice(enums.CertificateStatus), default=enums.CertificateStatus.VALID
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    token: Mapped[str] = mapped_column(String(32))
    number: Mapped[word]
    issue: Mapped[int] = mapped_column(SmallInteger, default=1)  # 补发 counts on
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    seal: Mapped[str] = mapped_column(String(64))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[word]
    reason: Mapped[opt_prose]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    cycle_id: Mapped[int | None] = copied()
    participation_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied(index=True)
    conclusion_id: Mapped[int] = ref("conclusion.id")
    conclusion: Mapped[Conclusion] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("token", "province_id"),
        UniqueConstraint("number", "province_id"),
        UniqueConstraint("conclusion_id", "issue", "province_id"),
        Index("ix_certificate_institution", "institution_id", "issued_at", "id"),
        Index("ix_certificate_province", "province_id", "cycle_id", "status", "id"),
        Index("ix_certificate_authority_path", "authority_path"),
    )


class Objection(db.Model):
    """复核申请 against one conclusion (art. 24), by the physician or ordered by the authority."""

    __tablename__ = "objection"
    id: Mapped[pk]
    status: Mapped[enums.ObjectionStatus] = mapped_column(
        choice(enums.ObjectionStatus), default=enums.ObjectionStatus.AWAITING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    by_authority: Mapped[bool] = mapped_column(default=False)
    asked_by: Mapped[word]
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    reason: Mapped[prose]
    answer: Mapped[opt_prose]
    returned_reason: Mapped[opt_prose]
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[opt_word]
    before: Mapped[enums.Verdict] = mapped_column(choice(enums.Verdict))
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    participation_id: Mapped[int] = copied()
    physician_id: Mapped[int] = copied(index=True)
    assessment_id: Mapped[int] = ref("assessment.id", index=True)
    assessment: Mapped[Assessment] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_objection_agency", "agency_id", "status", "id"),
        Index("ix_objection_institution", "institution_id", "status", "id"),
        Index("ix_objection_authority_path", "authority_path"),
    )


class Remedy(db.Model):
    """后续处置 of one 不合格: suspension, training, 再次考核, or the report for 注销 (art. 26)."""

    __tablename__ = "remedy"
    id: Mapped[pk]
    status: Mapped[enums.RemedyStatus] = mapped_column(
        choice(enums.RemedyStatus), default=enums.RemedyStatus.PENDING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    ground: Mapped[enums.RemedyGround] = mapped_column(choice(enums.RemedyGround))
    months: Mapped[int | None] = mapped_column(SmallInteger)
    suspended_from: Mapped[date | None]
    suspended_until: Mapped[date | None]  # the last day
    document: Mapped[opt_line]
    reassessed_on: Mapped[date | None]
    remark: Mapped[opt_prose]
    opened_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    participation_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied(index=True)
    conclusion_id: Mapped[int] = ref("conclusion.id")
    conclusion: Mapped[Conclusion] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("conclusion_id", "province_id"),
        Index("ix_remedy_institution", "institution_id", "status", "id"),
        Index("ix_remedy_agency", "agency_id", "status", "id"),
        Index("ix_remedy_province", "province_id", "status", "id"),
        Index("ix_remedy_authority_path", "authority_path"),
        CheckConstraint(
            "suspended_until IS NULL OR suspended_until >= suspended_from", name="period"
        ),
    )
