"""申请考核机构: an institution asks to be an assessment agency (art. 7; manual 1.4)."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.bodies import Institution
from app.tables.columns import choice, copied, line, opt_prose, pk, ref, tree_path, word
from app.tables.cycles import Cycle


class AgencyApplication(db.Model):
    """The application of one institution in one cycle."""

    __tablename__ = "agency_application"
    id: Mapped[pk]
    status: Mapped[enums.AgencyApplicationStatus] = mapped_column(
        choice(enums.AgencyApplicationStatus), default=enums.AgencyApplicationStatus.DRAFT
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    note: Mapped[opt_prose]
    applied_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    returned_reason: Mapped[opt_prose]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = ref("institution.id")
    institution: Mapped[Institution] = relationship()
    cycle_id: Mapped[int] = ref("cycle.id")
    cycle: Mapped[Cycle] = relationship()
    files: Mapped[list["AgencyApplicationFile"]] = relationship(order_by="AgencyApplicationFile.id")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("institution_id", "cycle_id", "province_id"),
        Index("ix_agency_application_province", "province_id", "cycle_id", "status", "id"),
        Index("ix_agency_application_authority_path", "authority_path"),
    )


class AgencyApplicationFile(db.Model):
    """附件 of an application; encrypted at rest, served only in its scope."""

    __tablename__ = "agency_application_file"
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
    application_id: Mapped[int] = ref("agency_application.id", index=True)
