"""Physicians."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.crypto import EncryptedText
from app.extensions import db
from app.tables.bodies import Department, Institution
from app.tables.columns import COLLATED_NAME, choice, copied, opt_line, opt_word, pk, ref, tree_path

if TYPE_CHECKING:
    from app.tables.oversight import Penalty


class Physician(db.Model):
    """医师 (domain 2.3). Numbers that identify a person are encrypted; ``id_index`` finds them."""

    __tablename__ = "physician"
    id: Mapped[pk]
    name: Mapped[str] = mapped_column(COLLATED_NAME)  # ordered by code point: a prefix is a range
    id_type: Mapped[enums.IdType] = mapped_column(
        choice(enums.IdType), default=enums.IdType.RESIDENT
    )
    id_number: Mapped[str] = mapped_column(EncryptedText("physician.id_number"))
    id_index: Mapped[str] = mapped_column(String(64))
    id_masked: Mapped[str] = mapped_column(String(24))
    sex: Mapped[enums.Sex] = mapped_column(choice(enums.Sex))
    birth_date: Mapped[date]
    ethnic_group: Mapped[opt_word]
    education: Mapped[enums.Education | None] = mapped_column(choice(enums.Education))
    phone: Mapped[str | None] = mapped_column(EncryptedText("physician.phone"))
    email: Mapped[opt_line]
    level: Mapped[enums.PhysicianLevel] = mapped_column(choice(enums.PhysicianLevel))
    category: Mapped[enums.Category] = mapped_column(choice(enums.Category))
    practice_scope: Mapped[opt_line]
    title: Mapped[enums.Title | None] = mapped_column(choice(enums.Title))
    qualification_code: Mapped[str | None] = mapped_column(EncryptedText("physician.qualification"))
    licence_code: Mapped[str | None] = mapped_column(EncryptedText("physician.licence"))
    licensed_on: Mapped[date]
    first_registered_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = ref("institution.id")
    institution: Mapped[Institution] = relationship()
    department_id: Mapped[int] = ref("department.id", index=True)
    department: Mapped[Department] = relationship()
    penalties: Mapped[list["Penalty"]] = relationship(
        back_populates="physician", order_by="Penalty.decided_on"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("province_id", "id_index"),
        Index("ix_physician_institution_id_name", "institution_id", "name"),
        Index("ix_physician_province_id_name", "province_id", "name"),
        Index("ix_physician_authority_path", "authority_path"),
        CheckConstraint(
            "first_registered_on IS NULL OR first_registered_on >= licensed_on",
            name="registered_after_licence",
        ),
    )

    def __repr__(self) -> str:
        return self.name
