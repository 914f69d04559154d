"""免考 and 延考: what a physician asks for beside the case."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.cases import Assessment
from app.tables.columns import choice, copied, opt_line, opt_prose, pk, ref, tree_path
from app.tables.evidence import Attachment


class Exemption(db.Model):
    """免考 of one case (art. 23; T14 to T16); ``papers`` are the ones that count as 合格 once passed."""

    __tablename__ = "exemption"
    id: Mapped[pk]
    status: Mapped[enums.ExemptionStatus] = mapped_column(
        choice(enums.ExemptionStatus), default=enums.ExemptionStatus.NONE
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    ground: Mapped[opt_line]
    certificate_on: Mapped[date | None]
    note: Mapped[opt_prose]
    papers: Mapped[list[Any] | None] = mapped_column(JSON)
    returned_reason: Mapped[opt_prose]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    participation_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id")
    assessment: Mapped[Assessment] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        primaryjoin="foreign(Attachment.exemption_id) == Exemption.id",
        order_by="Attachment.id",
        viewonly=True,
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("assessment_id", "province_id"),
        Index("ix_exemption_institution", "institution_id", "status", "id"),
        Index("ix_exemption_agency", "agency_id", "status", "id"),
    )


class Deferral(db.Model):
    """延考 of one case (T17); ``session_on`` is the day from which the case may be examined again."""

    __tablename__ = "deferral"
    id: Mapped[pk]
    status: Mapped[enums.DeferralStatus] = mapped_column(
        choice(enums.DeferralStatus), default=enums.DeferralStatus.NONE
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    ground: Mapped[opt_line]
    hindered_from: Mapped[date | None]
    hindered_until: Mapped[date | None]
    note: Mapped[opt_prose]
    session_on: Mapped[date | None]
    returned_reason: Mapped[opt_prose]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    participation_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id")
    assessment: Mapped[Assessment] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        primaryjoin="foreign(Attachment.deferral_id) == Deferral.id",
        order_by="Attachment.id",
        viewonly=True,
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("assessment_id", "province_id"),
        Index("ix_deferral_institution", "institution_id", "status", "id"),
        Index("ix_deferral_agency", "agency_id", "status", "id"),
        CheckConstraint(
            "hindered_until IS NULL OR hindered_from IS NULL OR hindered_until >= hindered_from",
            name="period",
        ),
    )
