"""试题统计: sums over the closed sheets of a cycle, question by question; nobody's answers are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.enums import MarkStatus
from app.exams import item_figures
from app.exams.item_figures import Tally
from app.models import AnswerSheet, Question, QuestionFigure, Sitting
from app.operations import marking
from app.operations.sittings import drawn
from app.queries.among import among
from app.security.actor import unscoped

_SUMS = ("used", "right", "score_sum", "score_squares", "right_score_sum")
_WHY = "only sums of answers are kept, and the bank's own office sees them"


def number(session: Session, cycle_id: int) -> int:
    """Count the sheets that statistics are made of."""
    with unscoped(_WHY):
        return session.scalar(_closed(cycle_id, func.count(AnswerSheet.id))) or 0


def forget(session: Session, cycle_id: int) -> None:
    """Begin anew."""
    session.execute(delete(QuestionFigure).where(QuestionFigure.cycle_id == cycle_id))


def count(session: Session, cycle_id: int, *, offset: int, limit: int, at: datetime) -> int:
    """Count the next sheets in and say how many they were."""
    s = AnswerSheet
    with unscoped(_WHY):
        rows = session.execute(
            _closed(cycle_id, s.answers, s.score_tenths, Sitting.places)
            .order_by(s.id)
            .offset(offset)
            .limit(limit)
        ).all()
        keys = marking.keys_of(session, {place[0] for row in rows for place in row.places})
        papers = []
        for row in rows:
            places = drawn(row.places)
            answers = marking.in_bank_letters(places, row.answers)
            papers.append((places, answers, row.score_tenths or 0))
        _add(session, cycle_id, item_figures.tally(papers, keys), at=at)
    return len(rows)


def of_question(session: Session, question_id: int) -> list[QuestionFigure]:
    """Read what is known of a question, the latest cycle first."""
    statement = select(QuestionFigure).where(QuestionFigure.question_id == question_id)
    return list(session.scalars(statement.order_by(QuestionFigure.cycle_id.desc())))


def tally_of(figure: QuestionFigure) -> Tally:
    """Give a stored row as what can be computed from."""
    found = Tally(**{name: getattr(figure, name) for name in _SUMS})
    found.chosen.update(figure.chosen)
    return found


def _closed(cycle_id: int, *columns: Any) -> Any:
    return (
        select(*columns)
        .join(Sitting, Sitting.id == AnswerSheet.sitting_id)
        .where(
            Sitting.cycle_id == cycle_id,
            AnswerSheet.closed_at.is_not(None),
            Sitting.status != MarkStatus.CONFIRMED,
        )
    )


def _add(session: Session, cycle_id: int, tallies: dict[int, Tally], *, at: datetime) -> None:
    ids = sorted(tallies)
    known = {
        one.question_id: one
        for one in session.scalars(
            select(QuestionFigure).where(
                QuestionFigure.cycle_id == cycle_id, among(session, QuestionFigure.question_id, ids)
            )
        )
    }
    missing = [key for key in ids if key not in known]
    for question in session.scalars(select(Question).where(among(session, Question.id, missing))):
        row = QuestionFigure(
            **dict.fromkeys(_SUMS, 0), chosen={}, question_id=question.id, cycle_id=cycle_id,
            province_id=question.province_id, authority_path=question.authority_path,
            authority_id=question.authority_id,
        )  # fmt: skip
        session.add(row)
        known[question.id] = row
    for key, tally in tallies.items():
        row, whole = known[key], tally_of(known[key])
        whole.merge(tally)
        for name in _SUMS:
            setattr(row, name, getattr(whole, name))
        row.chosen, row.counted_at = dict(whole.chosen), at
