"""What an authority does beside the cases: 行政处罚 and 抽查."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.bodies import Authority
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
from app.tables.cycles import Cycle
from app.tables.physicians import Physician


class Penalty(db.Model):
    """行政处罚 of a physician, which the authority tells the agency (art. 17). Never deleted."""

    __tablename__ = "penalty"
    id: Mapped[pk]
    kind: Mapped[enums.PenaltyKind] = mapped_column(choice(enums.PenaltyKind))
    decided_on: Mapped[date]
    office: Mapped[line]
    document: Mapped[line]
    facts: Mapped[prose]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[word]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[opt_word]
    revoked_reason: Mapped[opt_prose]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    physician_id: Mapped[int] = ref("physician.id")
    physician: Mapped[Physician] = relationship(back_populates="penalties")

    def __repr__(self) -> str:
        return self.document

    __table_args__ = (
        UniqueConstraint("physician_id", "document", "province_id"),
        Index("ix_penalty_institution_id_id", "institution_id", "id"),
        Index("ix_penalty_authority_path", "authority_path"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_has_reason"
        ),
    )


class SpotCheck(db.Model):
    """抽查 of an authority: a random sample of one cycle's cases, drawn from a recorded seed (art. 10)."""

    __tablename__ = "spot_check"
    id: Mapped[pk]
    name: Mapped[line]
    stratum: Mapped[enums.Stratum] = mapped_column(choice(enums.Stratum))
    seed: Mapped[word]
    population: Mapped[int]
    size: Mapped[int]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[word]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = ref("authority.id", index=True)
    authority: Mapped[Authority] = relationship()
    cycle_id: Mapped[int] = ref("cycle.id")
    cycle: Mapped[Cycle] = relationship()
    __table_args__ = (Index("ix_spot_check_authority_path", "authority_path"),)

    def __repr__(self) -> str:
        return self.name


class SpotCheckItem(db.Model):
    """One drawn case and what was found; ``authority_path`` is that of the authority that checks."""

    __tablename__ = "spot_check_item"
    id: Mapped[pk]
    number: Mapped[int]
    stratum_name: Mapped[opt_line]
    finding: Mapped[enums.Finding | None] = mapped_column(choice(enums.Finding))
    remark: Mapped[opt_prose]
    found_at: Mapped[datetime | None]
    found_by: Mapped[opt_word]
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    spot_check_id: Mapped[int] = ref("spot_check.id")
    spot_check: Mapped[SpotCheck] = relationship()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)
    assessment: Mapped[Assessment] = relationship()
    physician_id: Mapped[int] = copied()
    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.spot_check}：{self.number}"

    __table_args__ = (
        UniqueConstraint("spot_check_id", "assessment_id", "province_id"),
        CheckConstraint("(finding IS NULL) = (found_at IS NULL)", name="found_has_time"),
        CheckConstraint(
            "finding IS NULL OR finding <> 'DIFFERENT' OR remark IS NOT NULL",
            name="difference_has_remark",
        ),
    )
