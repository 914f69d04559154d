"""测评: the sessions in which papers are sat, the sittings, and what proves how they went."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.cases import Assessment
from app.tables.columns import (
    choice,
    copied,
    opt_line,
    opt_prose,
    opt_word,
    pk,
    ref,
    tree_path,
    word,
)
from app.tables.cycles import Cycle
from app.tables.papers import Paper


class ExamSession(db.Model):
    """测评场次 of a province: on which days, between which hours, which papers are sat.

    ``opens`` and ``closes`` are minutes of the day in China; ``late_minutes`` after ``opens`` nobody
    begins any more, empty: until ``closes``.
    """

    __tablename__ = "exam_session"
    id: Mapped[pk]
    name: Mapped[word]
    papers: Mapped[list[str]] = mapped_column(JSON)
    round: Mapped[enums.SessionRound] = mapped_column(choice(enums.SessionRound))
    starts_on: Mapped[date]
    last_day: Mapped[date]
    opens: Mapped[int]
    closes: Mapped[int]
    late_minutes: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    authority_id: Mapped[int] = ref("authority.id")
    cycle_id: Mapped[int] = ref("cycle.id", index=True)
    cycle: Mapped[Cycle] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("starts_on <= last_day", name="days"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="hours"),
    )

    def __repr__(self) -> str:
        return self.name


class Sitting(db.Model):
    """答卷: one attempt at a paper. ``places`` is the drawn paper, a list of [question, order, marks].

    ``status`` is the 标记状态. Whatever changes while it is sat lies in its sheet: proctors change
    this row, examinees never.
    """

    __tablename__ = "sitting"
    id: Mapped[pk]
    number: Mapped[int]
    seed: Mapped[word]
    places: Mapped[list[Any]] = deferred(mapped_column(JSON, nullable=False))
    minutes: Mapped[int]
    begun_at: Mapped[datetime]
    status: Mapped[enums.MarkStatus] = mapped_column(
        choice(enums.MarkStatus), default=enums.MarkStatus.NONE
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    mark_reason: Mapped[enums.MarkReason | None] = mapped_column(choice(enums.MarkReason))
    marked_by_id: Mapped[int | None] = copied()  # the account
    viewed_at: Mapped[datetime | None]
    viewed_by: Mapped[opt_word]
    statement: Mapped[opt_prose]
    stated_at: Mapped[datetime | None]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    cycle_id: Mapped[int] = copied()
    physician_id: Mapped[int] = copied()
    participation_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)
    assessment: Mapped[Assessment] = relationship()
    paper_id: Mapped[int] = ref("paper.id")
    paper: Mapped[Paper] = relationship()
    session_id: Mapped[int] = ref("exam_session.id", index=True)
    session: Mapped[ExamSession] = relationship()
    sheet: Mapped["AnswerSheet"] = relationship(back_populates="sitting")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("paper_id", "number", "province_id"),
        Index("ix_sitting_agency", "agency_id", "cycle_id", "status", "id"),
        Index("ix_sitting_institution", "institution_id", "cycle_id", "id"),
        Index("ix_sitting_authority_path", "authority_path", "cycle_id"),
        Index("ix_sitting_physician", "physician_id"),
    )

    def __repr__(self) -> str:
        return f"{self.paper_id}/{self.number}"


class AnswerSheet(db.Model):
    """答题卡: the answers of one sitting as they stand; the one row that every save changes.

    ``answers`` is {question: [sequence, letters as shown, 1 if flagged]}. ``score_tenths``
    is of a hundred. Clients number what they
    send above ``generation`` × 1,000,000; each page that opens the sheet gets the next generation.
    ``deadline`` has no grace in it. ``closed_at`` is set once, by whoever ends the sitting.
    """

    __tablename__ = "answer_sheet"
    id: Mapped[pk]
    deadline: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    ending: Mapped[enums.SittingEnd | None] = mapped_column(choice(enums.SittingEnd))
    score_tenths: Mapped[int | None]
    right: Mapped[int | None]
    paused_at: Mapped[datetime | None]
    generation: Mapped[int] = mapped_column(default=0)
    device: Mapped[opt_word]
    seen_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = copied()
    sitting_id: Mapped[int] = ref("sitting.id")
    sitting: Mapped[Sitting] = relationship(back_populates="sheet")
    __table_args__ = (
        UniqueConstraint("sitting_id", "province_id"),
        Index("ix_answer_sheet_deadline", "closed_at", "deadline"),
        Index("ix_answer_sheet_agency", "agency_id", "closed_at"),
        Index("ix_answer_sheet_assessment", "assessment_id"),
        CheckConstraint("(closed_at IS NULL) = (ending IS NULL)", name="ending"),
        CheckConstraint("score_tenths BETWEEN 0 AND 1000", name="score"),
    )


class AnswerEntry(db.Model):
    """One answer as it was received; never changed, so that every acknowledgement can be proven."""

    __tablename__ = "answer_entry"
    id: Mapped[pk]
    seq: Mapped[int] = mapped_column(BigInteger)
    question_id: Mapped[int] = copied()
    answer: Mapped[word]
    is_flagged: Mapped[bool]
    at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    physician_id: Mapped[int] = copied()
    sitting_id: Mapped[int] = ref("sitting.id")
    __table_args__ = (UniqueConstraint("sitting_id", "seq", "province_id"),)


class SittingEvent(db.Model):
    """监考事件: what happened during a sitting, on the server's clock; ``detail`` is data, no markup."""

    __tablename__ = "sitting_event"
    id: Mapped[pk]
    kind: Mapped[enums.SittingEventKind] = mapped_column(choice(enums.SittingEventKind))
    at: Mapped[datetime]
    detail: Mapped[opt_line]
    by: Mapped[opt_word]
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)
    sitting_id: Mapped[int] = ref("sitting.id", index=True)


class Snapshot(db.Model):
    """监考照片, sealed; ``taken_at`` is the client's word, ``received_at`` the server's."""

    __tablename__ = "snapshot"
    id: Mapped[pk]
    seq: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime]
    received_at: Mapped[datetime]
    size: Mapped[int]
    sha256: Mapped[word]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int] = copied()
    agency_id: Mapped[int | None] = copied()
    physician_id: Mapped[int] = copied()
    assessment_id: Mapped[int] = ref("assessment.id", index=True)
    sitting_id: Mapped[int] = ref("sitting.id")
    __table_args__ = (
        UniqueConstraint("sitting_id", "seq", "province_id"),
        Index("ix_snapshot_received_at", "received_at"),
    )
