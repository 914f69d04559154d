"""Cycles and their windows."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.bodies import Authority
from app.tables.columns import choice, copied, line, pk, ref, tree_path, word


class NationalRules(db.Model):
    """全国考核规则: one published version, never changed; a new cycle takes the newest over."""

    __tablename__ = "national_rules"
    id: Mapped[pk]
    number: Mapped[int] = mapped_column(unique=True)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[line]
    issued_at: Mapped[datetime]
    issued_by: Mapped[word]
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    def __repr__(self) -> str:
        return f"V{self.number}"


class Cycle(db.Model):
    """考核周期 of one province; its ordinal label is printed, never derived (domain 1.5)."""

    __tablename__ = "cycle"
    id: Mapped[pk]
    label: Mapped[word]
    starts_on: Mapped[date]
    last_day: Mapped[date]
    status: Mapped[enums.CycleStatus] = mapped_column(
        choice(enums.CycleStatus), default=enums.CycleStatus.DRAFT
    )
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    national_number: Mapped[int | None]  # the version of 全国考核规则 it was set up from
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = ref("authority.id")
    province: Mapped[Authority] = relationship()
    authority_path: Mapped[tree_path]
    windows: Mapped[list["CycleWindow"]] = relationship(
        back_populates="cycle", cascade="all, delete-orphan", order_by="CycleWindow.id"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("province_id", "label"),
        CheckConstraint("last_day >= starts_on", name="period"),
    )

    def __repr__(self) -> str:
        return self.label


class CycleWindow(db.Model):
    """One window of 考核安排 (manual 1.8)."""

    __tablename__ = "cycle_window"
    id: Mapped[pk]
    kind: Mapped[enums.ScheduleWindow] = mapped_column(choice(enums.ScheduleWindow))
    starts_on: Mapped[date]
    last_day: Mapped[date]
    province_id: Mapped[int] = copied()
    cycle_id: Mapped[int] = ref("cycle.id")
    cycle: Mapped[Cycle] = relationship(back_populates="windows")
    __table_args__ = (
        UniqueConstraint("province_id", "cycle_id", "kind"),
        CheckConstraint("last_day >= starts_on", name="period"),
    )
