"""交卷和判分: sheets are closed once and marked by the keys of the bank, one or thousands at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.enums import SittingEnd
from app.exams import grading
from app.exams.assembly import Drawn
from app.models import AnswerSheet, Question, Sitting
from app.operations.sittings import drawn
from app.queries.among import among
from app.security.actor import unscoped


@dataclass(frozen=True, slots=True)
class Marked:
    """What a closed sheet came to; ``tenths`` is of a hundred, rounded down."""

    sitting_id: int
    paper_id: int
    tenths: int


def close(
    session: Session, paper_ids: Sequence[int], *, ending: SittingEnd, at: datetime
) -> list[Marked]:
    """Close the open sheets of papers and mark them; those already closed are left alone."""
    s = AnswerSheet
    rows = session.execute(
        select(s.id, s.sitting_id, s.answers, Sitting.paper_id, Sitting.places)
        .join(Sitting, Sitting.id == s.sitting_id)
        .where(among(session, Sitting.paper_id, paper_ids), s.closed_at.is_(None))
        .order_by(s.id)
        .with_for_update(of=s)
    ).all()
    keys = keys_of(session, {place[0] for row in rows for place in row.places})
    found, changes = [], []
    for row in rows:
        places = drawn(row.places)
        score = grading.grade(places, keys, in_bank_letters(places, row.answers))
        tenths = score.tenths
        found.append(Marked(row.sitting_id, row.paper_id, tenths))
        changes.append(
            {"id": row.id, "closed_at": at, "ending": ending, "score_tenths": tenths,
             "right": score.right}
        )  # fmt: skip
    if changes:
        with unscoped("the rows were read and locked in the scope above"):
            session.execute(update(s), changes)
    return found


def keys_of(session: Session, questions: set[int]) -> Mapping[int, str]:
    """Read the keys of questions."""
    with unscoped("answers are marked; no key leaves this module but as marks"):
        rows = session.execute(
            select(Question.id, Question.answer).where(
                among(session, Question.id, sorted(questions))
            )
        ).all()
    return {row.id: row.answer for row in rows}


def in_bank_letters(
    places: Sequence[Drawn], answers: Mapping[str, Sequence[object]]
) -> dict[int, str]:
    """Turn stored answers, letters as shown, into letters of the bank."""
    found = {}
    for place in places:
        stored = answers.get(str(place.question_id))
        if stored:
            found[place.question_id] = grading.in_bank_order(str(stored[1]), place.order)
    return found
