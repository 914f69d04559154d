"""Authorities, institutions, agencies and their departments."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.columns import choice, copied, line, opt_line, opt_word, pk, ref, tree_path, word

if TYPE_CHECKING:
    from app.tables.cycles import Cycle
    from app.tables.registry import RegistryLink


class Authority(db.Model):
    """卫生行政部门: a node of the tree nation, province, city, county (art. 6)."""

    __tablename__ = "authority"
    id: Mapped[pk]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[line]
    level: Mapped[enums.AuthorityLevel] = mapped_column(choice(enums.AuthorityLevel))
    path: Mapped[tree_path] = mapped_column(index=True, default="/")
    contact_person: Mapped[opt_word]
    contact_phone: Mapped[opt_word]
    status: Mapped[enums.BodyStatus] = mapped_column(
        choice(enums.BodyStatus), default=enums.BodyStatus.ACTIVE
    )
    province_id: Mapped[int | None] = ref("authority.id", index=True)
    parent_id: Mapped[int | None] = ref("authority.id", index=True)
    parent: Mapped["Authority | None"] = relationship(
        remote_side="Authority.id", foreign_keys="Authority.parent_id"
    )
    registry_link: Mapped["RegistryLink | None"] = relationship(back_populates="province")

    def __repr__(self) -> str:
        return self.name


class Institution(db.Model):
    """医疗卫生机构 (domain 2.2 本机构信息)."""

    __tablename__ = "institution"
    id: Mapped[pk]
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[line]
    licence_number: Mapped[opt_word]
    kind: Mapped[enums.InstitutionKind] = mapped_column(
        choice(enums.InstitutionKind), default=enums.InstitutionKind.HOSPITAL
    )
    grade: Mapped[enums.InstitutionGrade] = mapped_column(
        choice(enums.InstitutionGrade), default=enums.InstitutionGrade.UNGRADED
    )
    ownership: Mapped[enums.Ownership] = mapped_column(
        choice(enums.Ownership), default=enums.Ownership.NON_PROFIT
    )
    beds: Mapped[int | None]
    physician_count: Mapped[int | None]
    head: Mapped[opt_word]
    contact_person: Mapped[opt_word]
    contact_phone: Mapped[opt_word]
    address: Mapped[opt_line]
    postcode: Mapped[opt_word]
    may_apply_as_agency: Mapped[bool] = mapped_column(default=False)
    status: Mapped[enums.BodyStatus] = mapped_column(
        choice(enums.BodyStatus), default=enums.BodyStatus.ACTIVE
    )
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = ref("authority.id")
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = ref("authority.id", index=True)
    authority: Mapped[Authority] = relationship(foreign_keys=[authority_id])
    confirmed_cycle_id: Mapped[int | None] = ref("cycle.id")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("province_id", "uscc"),
        Index("ix_institution_authority_path", "authority_path"),
        CheckConstraint("beds IS NULL OR beds >= 0", name="beds_not_negative"),
    )

    def __repr__(self) -> str:
        return self.name


class Agency(db.Model):
    """考核机构 (art. 7 to 9)."""

    __tablename__ = "agency"
    id: Mapped[pk]
    name: Mapped[line]
    kind: Mapped[enums.AgencyKind] = mapped_column(
        choice(enums.AgencyKind), default=enums.AgencyKind.MEDICAL
    )
    contact_person: Mapped[opt_word]
    contact_phone: Mapped[opt_word]
    status: Mapped[enums.AgencyStatus] = mapped_column(
        choice(enums.AgencyStatus), default=enums.AgencyStatus.ACTIVE
    )
    barred_cycles: Mapped[int | None]
    barred_since_id: Mapped[int | None] = ref("cycle.id")
    province_id: Mapped[int] = ref("authority.id")
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = ref("authority.id", index=True)
    authority: Mapped[Authority] = relationship(foreign_keys=[authority_id])
    institution_id: Mapped[int | None] = ref("institution.id", index=True)
    institution: Mapped[Institution | None] = relationship()
    __table_args__ = (
        UniqueConstraint("province_id", "name"),
        Index("ix_agency_authority_path", "authority_path"),
        CheckConstraint(
            "status <> 'DISQUALIFIED' OR (barred_cycles >= 2 AND barred_since_id IS NOT NULL)",
            name="disqualified_has_term",
        ),
    )

    def __repr__(self) -> str:
        return self.name


class Appointment(db.Model):
    """指派: which agency assesses an institution's physicians in one cycle."""

    __tablename__ = "appointment"
    id: Mapped[pk]
    status: Mapped[enums.AppointmentStatus] = mapped_column(
        choice(enums.AppointmentStatus), default=enums.AppointmentStatus.ACTIVE
    )
    appointed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    cycle_id: Mapped[int] = ref("cycle.id")
    cycle: Mapped["Cycle"] = relationship()
    institution_id: Mapped[int] = ref("institution.id", index=True)
    institution: Mapped[Institution] = relationship()
    agency_id: Mapped[int] = ref("agency.id")
    agency: Mapped[Agency] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("province_id", "cycle_id", "institution_id"),
        Index("ix_appointment_agency_id_cycle_id", "agency_id", "cycle_id"),
        Index("ix_appointment_authority_path", "authority_path"),
    )


class Subject(db.Model):
    """诊疗科目 (卫医发〔1994〕27号), level 1 "NN" and level 2 "NN.MM"."""

    __tablename__ = "subject"
    id: Mapped[pk]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[line]
    level: Mapped[int]
    parent_code: Mapped[str | None] = mapped_column(String(12))

    def __repr__(self) -> str:
        return self.name


class Department(db.Model):
    """科室 of an institution with its 关联诊疗科目."""

    __tablename__ = "department"
    id: Mapped[pk]
    name: Mapped[word]
    status: Mapped[enums.BodyStatus] = mapped_column(
        choice(enums.BodyStatus), default=enums.BodyStatus.ACTIVE
    )
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = ref("institution.id", index=True)
    institution: Mapped[Institution] = relationship()
    links: Mapped[list["DepartmentSubject"]] = relationship(
        back_populates="department", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("province_id", "institution_id", "name"),)

    @property
    def subject_names(self) -> str:
        """The names of its 诊疗科目, in the order of their codes."""
        subjects = sorted((link.subject for link in self.links), key=lambda s: s.code)
        return "、".join(subject.name for subject in subjects)

    def __repr__(self) -> str:
        return self.name


class DepartmentSubject(db.Model):
    """One 关联诊疗科目 of a department."""

    __tablename__ = "department_subject"
    id: Mapped[pk]
    province_id: Mapped[int] = copied()
    institution_id: Mapped[int] = copied()
    department_id: Mapped[int] = ref("department.id")
    department: Mapped[Department] = relationship(back_populates="links")
    subject_id: Mapped[int] = ref("subject.id")
    subject: Mapped[Subject] = relationship(lazy="joined")
    __table_args__ = (UniqueConstraint("department_id", "subject_id", "province_id"),)
