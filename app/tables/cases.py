"""Participations and assessments."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.bodies import Agency, Institution
from app.tables.columns import choice, copied, opt_prose, pk, ref, tree_path
from app.tables.cycles import Cycle
from app.tables.physicians import Physician

if TYPE_CHECKING:
    from app.tables.evidence import (
        Attachment,
        ConductRecord,
        DisqualifyingAct,
        Opinion,
        OutsideOpinion,
        Remark,
    )
    from app.tables.papers import Paper
    from app.tables.registrations import Registration


class Participation(db.Model):
    """参加: one physician in one cycle, from the day the cycle or the physician appears."""

    __tablename__ = "participation"
    id: Mapped[pk]
    status: Mapped[enums.ParticipationStatus] = mapped_column(
        choice(enums.ParticipationStatus), default=enums.ParticipationStatus.UNCONFIRMED
    )
    version: Mapped[int] = mapped_column(default=1)
    away_reason: Mapped[enums.AwayReason | None] = mapped_column(choice(enums.AwayReason))
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]  # the last day, where it is known
    rehired_on: Mapped[date | None]  # 返聘 after 退休
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = ref("institution.id")
    institution: Mapped[Institution] = relationship()
    agency_id: Mapped[int | None] = copied()
    cycle_id: Mapped[int] = ref("cycle.id")
    cycle: Mapped[Cycle] = relationship()
    physician_id: Mapped[int] = ref("physician.id")
    physician: Mapped[Physician] = relationship()
    assessment: Mapped["Assessment | None"] = relationship(back_populates="participation")
    registration: Mapped["Registration | None"] = relationship(back_populates="participation")
    attachments: Mapped[list["Attachment"]] = relationship(  # of the registration alone
        primaryjoin="and_(Attachment.participation_id == Participation.id,"
        " Attachment.exemption_id.is_(None), Attachment.deferral_id.is_(None))",
        order_by="Attachment.id",
        viewonly=True,
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("physician_id", "cycle_id", "province_id"),
        Index(
            "ix_participation_institution", "institution_id", "cycle_id", "status", "physician_id"
        ),
        Index("ix_participation_province", "province_id", "cycle_id", "status", "physician_id"),
        Index("ix_participation_institution_order", "institution_id", "cycle_id", "physician_id"),
        Index("ix_participation_province_order", "province_id", "cycle_id", "physician_id"),
        Index("ix_participation_agency", "agency_id", "cycle_id", "status"),
        Index("ix_participation_authority_path", "authority_path"),
    )


class Assessment(db.Model):
    """考核 of one confirmed participation: the case. ``result`` is set only when completed.

    ``rulings`` override parts of the result, see ``app.results``. Its bodies, cycle and physician are the participation's, which holds the foreign keys.
    """

    __tablename__ = "assessment"
    id: Mapped[pk]
    status: Mapped[enums.AssessmentStatus] = mapped_column(
        choice(enums.AssessmentStatus), default=enums.AssessmentStatus.AWAITING_FORM
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    procedure: Mapped[enums.Procedure | None] = mapped_column(choice(enums.Procedure))
    result: Mapped[enums.Verdict | None] = mapped_column(choice(enums.Verdict))
    submitted_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]  # when the institution first looked at this submission
    returned_reason: Mapped[opt_prose]
    simplified_refused: Mapped[bool] = mapped_column(default=False)  # by the agency, art. 21
    halted_from: Mapped[enums.AssessmentStatus | None] = mapped_column(
        choice(enums.AssessmentStatus)
    )
    return_count: Mapped[int] = mapped_column(SmallInteger, default=0)  # how often it was sent back
    rulings: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    institution: Mapped[Institution] = relationship(
        primaryjoin="foreign(Assessment.institution_id) == Institution.id"
    )
    agency_id: Mapped[int | None] = copied()
    agency: Mapped[Agency | None] = relationship(
        primaryjoin="foreign(Assessment.agency_id) == Agency.id"
    )
    cycle_id: Mapped[int] = copied()
    cycle: Mapped[Cycle] = relationship(primaryjoin="foreign(Assessment.cycle_id) == Cycle.id")
    physician_id: Mapped[int] = copied()
    physician: Mapped[Physician] = relationship(
        primaryjoin="foreign(Assessment.physician_id) == Physician.id"
    )
    participation_id: Mapped[int] = ref("participation.id")
    participation: Mapped[Participation] = relationship(back_populates="assessment")
    opinions: Mapped[list["Opinion"]] = relationship(
        back_populates="assessment", order_by="Opinion.id"
    )
    conduct_records: Mapped[list["ConductRecord"]] = relationship(order_by="ConductRecord.id")
    outside_opinions: Mapped[list["OutsideOpinion"]] = relationship(
        back_populates="assessment", order_by="OutsideOpinion.id"
    )
    disqualifying_acts: Mapped[list["DisqualifyingAct"]] = relationship(
        order_by="DisqualifyingAct.id"
    )
    papers: Mapped[list["Paper"]] = relationship(back_populates="assessment", order_by="Paper.id")
    remarks: Mapped[list["Remark"]] = relationship(order_by="Remark.id")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("participation_id", "province_id"),
        UniqueConstraint("physician_id", "cycle_id", "province_id"),
        Index("ix_assessment_institution", "institution_id", "cycle_id", "status", "id"),
        Index("ix_assessment_agency", "agency_id", "cycle_id", "status", "id"),
        Index("ix_assessment_province", "province_id", "cycle_id", "status", "id"),
        Index("ix_assessment_authority_path", "authority_path"),
        CheckConstraint("(result IS NULL) OR (status = 'COMPLETED')", name="result_when_completed"),
    )
