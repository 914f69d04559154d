"""练习: questions that come on no paper, shown with their key and explanation to whoever practises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session, joinedload

from app.enums import N_, QuestionStatus
from app.exams.grading import letters
from app.models import Physician, Question, QuestionImage
from app.operations import trail
from app.security.actor import Actor, unscoped

_WHY = "practice questions are for every physician of the province"


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer to a practice question came to."""

    is_right: bool
    given: str


def choose(
    session: Session, chosen: ColumnElement[bool], *, wanted: bool, actor: Actor, at: datetime
) -> int:
    """Set reviewed questions aside for practice, or take them back; say how many changed."""
    q = Question
    ids = session.scalars(
        update(q)
        .where(chosen, q.status == QuestionStatus.REVIEWED, q.is_practice.is_not(wanted))
        .values(is_practice=wanted, version=q.version + 1)
        .returning(q.id)
        .execution_options(synchronize_session=False)
    ).all()
    if ids:
        trail.log(
            session, actor=actor, at=at, subject="question", subject_id=None,
            action="practise" if wanted else "unpractise",
            label=N_("设为练习题") if wanted else N_("取消练习题"), comment=str(len(ids)),
            province_id=actor.province_id, authority_path=actor.authority_path,
        )  # fmt: skip
    return len(ids)


def papers(session: Session, physician: Physician) -> list[str]:
    """Name the 测评科目 that a physician has questions to practise for."""
    with unscoped(_WHY):
        return sorted(session.scalars(_mine(physician, Question.paper).distinct()))


def ids(session: Session, physician: Physician, paper: str) -> Sequence[int]:
    """List the practice questions of one 测评科目."""
    with unscoped(_WHY):
        mine = _mine(physician, Question.id).where(Question.paper == paper)
        return session.scalars(mine.order_by(Question.id)).all()


def find(session: Session, physician: Physician, question_id: int) -> Question | None:
    """Read one practice question with its group and picture, or None."""
    with unscoped(_WHY):
        mine = _mine(physician, Question).where(Question.id == question_id)
        picture = joinedload(Question.image).undefer(QuestionImage.content)
        loaded = mine.options(joinedload(Question.group), picture)
        return session.scalars(loaded).unique().one_or_none()


def judge(question: Question, given: Sequence[str]) -> Judged:
    """Judge an answer in letters of the bank."""
    typed = letters("".join(given))
    return Judged(typed == letters(question.answer), typed)


def _mine(physician: Physician, *columns: Any) -> Any:
    q = Question
    return select(*columns).where(
        q.province_id == physician.province_id,
        q.is_practice,
        q.status == QuestionStatus.REVIEWED,
        or_(q.category.is_(None), q.category == physician.category),
        or_(q.level.is_(None), q.level == physician.level),
    )
