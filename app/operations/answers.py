"""保存作答: every answer under its sequence; only what is newer is kept, everything is logged.

The row of the sheet is locked while answers are stored, so that two pages, a repeated request and
the hand-in come one after the other. What is acknowledged has been committed by the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.exams import timing
from app.models import AnswerEntry, AnswerSheet, Sitting

MOST = 500
"""Answers in one request."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer as the page sends it; ``answer`` is letters as shown, empty: taken back."""

    seq: int
    question_id: int
    answer: str
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a request. ``stored`` are the sequences that need not be sent again."""

    stored: tuple[int, ...]
    seconds_left: int
    is_paused: bool
    is_closed: bool
    """Nothing was stored: the sitting had ended."""


def save(
    session: Session, sitting_id: int, entries: Sequence[Entry], *, at: datetime
) -> Saved | None:
    """Store answers, or only show life when there are none; None: no such sitting of the actor.

    An entry that the paper does not offer (another question, a letter too many) is acknowledged and
    dropped: a page of ours never sends it, and would send it for ever. Numbers that no page of this
    sitting was given are neither.
    """
    s = AnswerSheet
    sheet = session.execute(
        select(
            s.id, s.deadline, s.closed_at, s.paused_at, s.generation, s.answers, s.province_id,
            s.physician_id, Sitting.places,
        )
        .join(Sitting, Sitting.id == s.sitting_id)
        .where(s.sitting_id == sitting_id)
        .with_for_update(of=s)
    ).one_or_none()  # fmt: skip
    if sheet is None:
        return None
    left = timing.left(at, deadline=sheet.deadline, paused_at=sheet.paused_at)
    is_closed = sheet.closed_at is not None or timing.is_over(
        at, deadline=sheet.deadline, paused_at=sheet.paused_at
    )
    is_paused = sheet.paused_at is not None
    if is_closed:
        return Saved((), 0, is_paused, is_closed)
    if is_paused:
        _touch(session, sheet.id, {"seen_at": at})
        return Saved((), left, is_paused, is_closed)
    offered = {str(question): len(order) for question, order, _marks in sheet.places}
    answers = dict(sheet.answers)
    top = timing.GENERATION * (sheet.generation + 1)
    known_pages = [one for one in entries if one.seq < top]
    offers = [one for one in known_pages if _is_offered(one, offered)]
    fresh = _newer(session, sitting_id, answers, offers)
    if fresh:
        _log(session, sitting_id, sheet, fresh, at=at)
        for one in fresh:
            known = answers.get(str(one.question_id))
            if known is None or known[0] < one.seq:
                answers[str(one.question_id)] = [one.seq, one.answer, int(one.is_flagged)]
        _touch(session, sheet.id, {"answers": answers, "saved_at": at, "seen_at": at})
    else:
        _touch(session, sheet.id, {"seen_at": at})
    return Saved(tuple(one.seq for one in known_pages), left, is_paused, is_closed)


def _is_offered(one: Entry, offered: dict[str, int]) -> bool:
    number = offered.get(str(one.question_id), 0)
    letters = {chr(ord("A") + at) for at in range(number)}
    return (
        number > 0
        and one.seq > 0
        and len(set(one.answer)) == len(one.answer)
        and (set(one.answer) <= letters)
    )


def _newer(
    session: Session, sitting_id: int, answers: dict[str, Any], entries: Sequence[Entry]
) -> list[Entry]:
    """Leave out what was logged before; asked only when something is not plainly newer."""
    unique = list({one.seq: one for one in entries}.values())
    newest = max((stored[0] for stored in answers.values()), default=0)
    doubtful = [one.seq for one in unique if one.seq <= newest]
    if not doubtful:
        return unique
    logged = set(
        session.scalars(
            select(AnswerEntry.seq).where(
                AnswerEntry.sitting_id == sitting_id, AnswerEntry.seq.in_(doubtful)
            )
        )
    )
    return [one for one in unique if one.seq not in logged]


def _log(
    session: Session, sitting_id: int, sheet: Any, entries: Sequence[Entry], *, at: datetime
) -> None:
    if not entries:
        return
    session.execute(
        insert(AnswerEntry),
        [
            {
                "seq": one.seq, "question_id": one.question_id, "answer": one.answer,
                "is_flagged": one.is_flagged, "at": at, "sitting_id": sitting_id,
                "province_id": sheet.province_id, "physician_id": sheet.physician_id,
            }
            for one in entries
        ],
    )  # fmt: skip


def _touch(session: Session, sheet_id: int, values: dict[str, Any]) -> None:
    session.execute(
        update(AnswerSheet)
        .where(AnswerSheet.id == sheet_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
