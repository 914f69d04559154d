"""What the physician fills in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.crypto import EncryptedText
from app.extensions import db
from app.tables.bodies import Department, Subject
from app.tables.cases import Participation
from app.tables.columns import (
    choice,
    copied,
    line,
    opt_line,
    opt_prose,
    opt_word,
    pk,
    ref,
    tree_path,
)


class Registration(db.Model):
    """报名信息: what the physician fills in; a draft until the case leaves 待填报信息.

    It hangs on the participation, so that 取消参加 and 参加 again lose nothing typed.
    """

    __tablename__ = "registration"
    id: Mapped[pk]
    email: Mapped[opt_line]
    phone: Mapped[str | None] = mapped_column(EncryptedText("registration.phone"))
    title_since: Mapped[date | None]
    position: Mapped[opt_word]
    is_standard_trained: Mapped[bool] = mapped_column(default=False)
    procedure: Mapped[enums.Procedure | None] = mapped_column(choice(enums.Procedure))
    simplified_ground: Mapped[enums.SimplifiedGround | None] = mapped_column(
        choice(enums.SimplifiedGround)
    )
    provincial_ground: Mapped[opt_line]
    has_good_record: Mapped[bool | None]
    has_bad_record: Mapped[bool | None]
    statement: Mapped[opt_prose]
    saved_at: Mapped[datetime | None]
    completeness: Mapped[int] = mapped_column(SmallInteger, default=0)  # per cent, as last saved
    carried: Mapped[list[Any] | None] = mapped_column(JSON)  # fields taken from the last cycle
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied(index=True)
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    department_id: Mapped[int | None] = ref("department.id", index=True)
    department: Mapped[Department | None] = relationship()
    specialty_id: Mapped[int | None] = ref("subject.id")
    specialty: Mapped[Subject | None] = relationship()
    participation_id: Mapped[int] = ref("participation.id")
    participation: Mapped[Participation] = relationship(back_populates="registration")
    work_years: Mapped[list["WorkYear"]] = relationship(
        cascade="all, delete-orphan", order_by="WorkYear.year"
    )
    ethics_answers: Mapped[list["EthicsAnswer"]] = relationship(
        cascade="all, delete-orphan", order_by="EthicsAnswer.id"
    )
    experiences: Mapped[list["Experience"]] = relationship(
        cascade="all, delete-orphan", order_by="Experience.id"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("participation_id", "province_id"),)


class WorkYear(db.Model):
    """工作业绩 of one calendar year of the cycle (domain 2.3)."""

    __tablename__ = "work_year"
    id: Mapped[pk]
    year: Mapped[int]
    months_present: Mapped[int | None]
    outpatients: Mapped[int | None]
    inpatients: Mapped[int | None]
    operations: Mapped[int | None]
    rescues: Mapped[int | None]
    record_rate: Mapped[int | None] = mapped_column(SmallInteger)  # per cent of 甲级 records
    prevention_tasks: Mapped[int | None]
    support_days: Mapped[int | None]
    teaching_hours: Mapped[int | None]
    papers: Mapped[int | None]
    credits: Mapped[int | None]
    complaints: Mapped[int | None]
    annual_grade: Mapped[enums.EthicsGrade | None] = mapped_column(choice(enums.EthicsGrade))
    summary: Mapped[opt_prose]
    province_id: Mapped[int] = copied()
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path]
    physician_id: Mapped[int] = copied()
    registration_id: Mapped[int] = ref("registration.id")
    __table_args__ = (
        UniqueConstraint("registration_id", "year", "province_id"),
        CheckConstraint("months_present IS NULL OR months_present BETWEEN 0 AND 12", name="months"),
    )


class EthicsAnswer(db.Model):
    """职业道德自评: one of the seven items."""

    __tablename__ = "ethics_answer"
    id: Mapped[pk]
    item: Mapped[enums.EthicsItem] = mapped_column(choice(enums.EthicsItem))
    grade: Mapped[enums.EthicsGrade | None] = mapped_column(choice(enums.EthicsGrade))
    province_id: Mapped[int] = copied()
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path]
    physician_id: Mapped[int] = copied()
    registration_id: Mapped[int] = ref("registration.id")
    __table_args__ = (UniqueConstraint("registration_id", "item", "province_id"),)


class Experience(db.Model):
    """执业经历: one practice place and period; ``ended_on`` empty means until today."""

    __tablename__ = "experience"
    id: Mapped[pk]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    place: Mapped[line]
    department_name: Mapped[opt_word]
    position: Mapped[opt_word]
    province_id: Mapped[int] = copied()
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path]
    physician_id: Mapped[int] = copied()
    registration_id: Mapped[int] = ref("registration.id", index=True)
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="period"),)
