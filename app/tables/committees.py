"""考核委员会."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.bodies import Agency
from app.tables.columns import choice, copied, line, opt_word, pk, ref, tree_path, word


class CommitteeMember(db.Model):
    """One member of an agency's 考核委员会 (art. 9)."""

    __tablename__ = "committee_member"
    id: Mapped[pk]
    name: Mapped[word]
    post: Mapped[enums.CommitteePost] = mapped_column(
        choice(enums.CommitteePost), default=enums.CommitteePost.MEMBER
    )
    kind: Mapped[enums.CommitteeMemberKind] = mapped_column(choice(enums.CommitteeMemberKind))
    title: Mapped[enums.Title | None] = mapped_column(choice(enums.Title))
    specialty: Mapped[opt_word]
    unit: Mapped[line]
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    agency_id: Mapped[int] = ref("agency.id")
    agency: Mapped[Agency] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_committee_member_agency_id_id", "agency_id", "id"),
        CheckConstraint("kind <> 'MEDICAL' OR title IS NOT NULL", name="medical_has_title"),
    )

    def __repr__(self) -> str:
        return self.name
