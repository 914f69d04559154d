"""考核统计: how many physicians stand where, kept up to date by the database itself."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import enums
from app.extensions import db
from app.tables.columns import choice, copied, pk, ref, tree_path


class Figure(db.Model):
    """So many more (or fewer) participations of one institution with all of this in common.

    Rows are only ever added, by triggers (``operations/figure_triggers.py``), and folded together
    by a periodic task: the number of a group is the sum of its rows. ``status`` is empty for who
    has no case.
    """

    __tablename__ = "figure"
    id: Mapped[pk]
    number: Mapped[int]
    category: Mapped[enums.Category] = mapped_column(choice(enums.Category))
    level: Mapped[enums.PhysicianLevel] = mapped_column(choice(enums.PhysicianLevel))
    seat: Mapped[enums.ParticipationStatus] = mapped_column(choice(enums.ParticipationStatus))
    status: Mapped[enums.AssessmentStatus | None] = mapped_column(choice(enums.AssessmentStatus))
    procedure: Mapped[enums.Procedure | None] = mapped_column(choice(enums.Procedure))
    result: Mapped[enums.Verdict | None] = mapped_column(choice(enums.Verdict))
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    cycle_id: Mapped[int] = copied()
    __table_args__ = (
        Index("ix_figure_province", "province_id", "cycle_id"),
        Index("ix_figure_institution", "institution_id", "cycle_id"),
        Index("ix_figure_agency", "agency_id", "cycle_id"),
    )


class ProgressDay(db.Model):
    """How far a cycle was at the end of one day, below one authority; the present day's row moves on."""

    __tablename__ = "progress_day"
    id: Mapped[pk]
    day: Mapped[date]
    whole: Mapped[int]
    reported: Mapped[int]
    reviewed: Mapped[int]
    completed: Mapped[int]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = ref("authority.id")
    cycle_id: Mapped[int] = ref("cycle.id")
    __table_args__ = (UniqueConstraint("authority_id", "cycle_id", "day", "province_id"),)
