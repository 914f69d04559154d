"""业务水平测评: the bank of questions, and the blueprints that papers are drawn by."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.bodies import Authority
from app.tables.columns import (
    choice,
    copied,
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


class QuestionGroup(db.Model):
    """题组: what questions of A3/A4 or B1 share, a stem or the options' heading."""

    __tablename__ = "question_group"
    id: Mapped[pk]
    code: Mapped[word]
    text: Mapped[prose]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = ref("authority.id")
    __table_args__ = (UniqueConstraint("authority_id", "code", "province_id"),)

    def __repr__(self) -> str:
        return self.code


class Question(db.Model):
    """试题 in the bank of one authority; only reviewed ones come on papers.

    ``answer`` holds letters of ``options`` in their order here. ``paper`` is the word of the 测评科目,
    ``category`` and ``level`` are empty where it is for all. ``is_practice`` shows it, key and all,
    to everybody who practises: it comes on no paper.
    """

    __tablename__ = "question"
    id: Mapped[pk]
    code: Mapped[word]
    kind: Mapped[enums.QuestionKind] = mapped_column(choice(enums.QuestionKind))
    paper: Mapped[word]
    category: Mapped[enums.Category | None] = mapped_column(choice(enums.Category))
    level: Mapped[enums.PhysicianLevel | None] = mapped_column(choice(enums.PhysicianLevel))
    specialty: Mapped[opt_word]
    point: Mapped[word]
    difficulty: Mapped[enums.Difficulty] = mapped_column(choice(enums.Difficulty))
    stem: Mapped[prose]
    options: Mapped[list[str]] = mapped_column(JSON)
    answer: Mapped[word]
    keeps_order: Mapped[bool] = mapped_column(default=False)
    is_practice: Mapped[bool] = mapped_column(default=False)
    explanation: Mapped[opt_prose]
    source: Mapped[opt_line]
    status: Mapped[enums.QuestionStatus] = mapped_column(
        choice(enums.QuestionStatus), default=enums.QuestionStatus.DRAFT
    )
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime]
    written_by: Mapped[word]
    author_id: Mapped[int | None] = copied()  # the account
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[opt_word]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = ref("authority.id")
    authority: Mapped[Authority] = relationship()
    group_id: Mapped[int | None] = ref("question_group.id", index=True)
    group: Mapped[QuestionGroup | None] = relationship()
    image: Mapped["QuestionImage | None"] = relationship(back_populates="question")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("authority_id", "code", "province_id"),
        Index("ix_question_authority", "authority_id", "status", "paper", "id"),
    )

    def __repr__(self) -> str:
        return self.code


class QuestionImage(db.Model):
    """配图 of a question, re-encoded."""

    __tablename__ = "question_image"
    id: Mapped[pk]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    sha256: Mapped[word]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = copied()
    question_id: Mapped[int] = ref("question.id")
    question: Mapped[Question] = relationship(back_populates="image")
    __table_args__ = (UniqueConstraint("question_id", "province_id"),)


class QuestionFigure(db.Model):
    """试题统计 of one question in one cycle, counted after its examination.

    Columns are those of ``exams.item_figures.Tally``; ``chosen`` is {letter of the bank: number}.
    """

    __tablename__ = "question_figure"
    id: Mapped[pk]
    used: Mapped[int]
    right: Mapped[int]
    score_sum: Mapped[int] = mapped_column(BigInteger)
    score_squares: Mapped[int] = mapped_column(BigInteger)
    right_score_sum: Mapped[int] = mapped_column(BigInteger)
    chosen: Mapped[dict[str, int]] = mapped_column(JSON)
    counted_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = copied()
    question_id: Mapped[int] = ref("question.id")
    cycle_id: Mapped[int] = ref("cycle.id", index=True)
    cycle: Mapped[Cycle] = relationship()
    __table_args__ = (UniqueConstraint("question_id", "cycle_id", "province_id"),)


class Blueprint(db.Model):
    """组卷方案: how the papers of one 测评科目 are drawn in a cycle, for one category and level or all.

    ``rows`` are dicts of ``exams.assembly.BlueprintRow``.
    """

    __tablename__ = "blueprint"
    id: Mapped[pk]
    paper: Mapped[word]
    category: Mapped[enums.Category | None] = mapped_column(choice(enums.Category))
    level: Mapped[enums.PhysicianLevel | None] = mapped_column(choice(enums.PhysicianLevel))
    minutes: Mapped[int]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = ref("authority.id")
    cycle_id: Mapped[int] = ref("cycle.id")
    cycle: Mapped[Cycle] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_blueprint_cycle", "cycle_id", "paper"),
        CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes"),
    )

    def __repr__(self) -> str:
        return self.paper
