"""试卷: what a physician has to sit in one case, paper by paper and round by round."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.cases import Assessment
from app.tables.columns import choice, copied, opt_word, pk, ref, tree_path, word


class Paper(db.Model):
    """试卷 of one case; ``round`` 1 is the examination, each further one a 补考.

    ``score_tenths`` is the score of a hundred in tenths. ``result`` is set by the steps that end
    a paper; ``is_held`` keeps it from deciding anything while a mark of its sitting is open.
    """

    __tablename__ = "paper"
    id: Mapped[pk]
    name: Mapped[word]
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    status: Mapped[enums.PaperStatus] = mapped_column(
        choice(enums.PaperStatus), default=enums.PaperStatus.NOT_STARTED
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    score_tenths: Mapped[int | None]
    entered_by: Mapped[opt_word]
    entered_by_id: Mapped[int | None] = copied()  # the account
    result: Mapped[enums.Verdict | None] = mapped_column(choice(enums.Verdict))
    is_held: Mapped[bool] = mapped_column(default=False)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    cycle_id: Mapped[int] = copied()
    physician_id: Mapped[int] = copied()
    participation_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id")
    assessment: Mapped[Assessment] = relationship(back_populates="papers")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("assessment_id", "name", "round", "province_id"),
        Index("ix_paper_institution", "institution_id", "cycle_id", "status", "id"),
        Index("ix_paper_agency", "agency_id", "cycle_id", "status", "id"),
        Index("ix_paper_province", "province_id", "cycle_id", "status", "id"),
        Index("ix_paper_authority_path", "authority_path"),
        CheckConstraint("score_tenths BETWEEN 0 AND 1000", name="score"),
        CheckConstraint(
            "result IS NULL OR status IN ('DONE', 'ABSENT', 'EXEMPT', 'VOID')",
            name="result_when_ended",
        ),
    )

    def __repr__(self) -> str:
        return self.name
