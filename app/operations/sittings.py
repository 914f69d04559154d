"""答卷: drawn once when it is begun, opened by one page after another, read without its keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.enums import QuestionKind, SittingEventKind
from app.exams import timing
from app.exams.assembly import BlueprintShort, Drawn
from app.models import AnswerSheet, Blueprint, ExamSession, Paper, Question, QuestionGroup, Sitting
from app.models import QuestionImage as Picture
from app.operations import blueprints, sitting_events
from app.periods import CHINA, local_time
from app.refusals import Refusal
from app.security.actor import Actor, unscoped

SCOPE = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")
_COPIED = (*SCOPE, "cycle_id", "participation_id", "assessment_id")


class SittingRefused(Refusal):
    """A sitting that cannot begin or go on."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One question as an examinee sees it: no key, no explanation, options in their own order."""

    number: int
    id: int
    kind: QuestionKind
    stem: str
    group: str | None
    options: tuple[str, ...]
    marks: int
    has_image: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page that opens a sheet goes on from."""

    generation: int
    answers: dict[str, Any]
    seconds_left: int
    is_paused: bool


def blueprint_of(session: Session, paper: Paper) -> Blueprint | None:
    """Give the blueprint that a paper is drawn by: that for the category and level goes first."""
    physician = paper.assessment.physician
    b = Blueprint
    with unscoped("an examinee's own paper is drawn; the blueprint itself is not shown"):
        found = session.scalars(
            select(b).where(
                b.cycle_id == paper.cycle_id,
                b.paper == paper.name,
                or_(b.category.is_(None), b.category == physician.category),
                or_(b.level.is_(None), b.level == physician.level),
            )
        ).all()
    return max(
        found, key=lambda one: (one.category is not None, one.level is not None), default=None
    )


def start(
    session: Session, paper: Paper, exam_session: ExamSession, *, actor: Actor, at: datetime
) -> Sitting:
    """Draw the paper and start its clock.

    :raises SittingRefused: there is no blueprint, or the bank has too few questions.
    """
    blueprint = blueprint_of(session, paper)
    if blueprint is None:
        raise SittingRefused(_l("该科目尚未设置组卷方案，暂不能参加测评。请联系考核机构。"))
    seed = token_hex(16)
    try:
        with unscoped("an examinee's paper is drawn from the bank of the province"):
            drawn = blueprints.draw(session, blueprint, seed=seed)
    except BlueprintShort as short:
        raise SittingRefused(_l("题库试题不足，暂不能参加测评。请联系考核机构。")) from short
    end = timing.deadline(local_time(at), minutes=blueprint.minutes, closes=exam_session.closes)
    copies = {name: getattr(paper, name) for name in _COPIED}
    sitting = Sitting(
        number=attempts(session, paper.id) + 1, seed=seed,
        places=[[one.question_id, list(one.order), one.marks] for one in drawn],
        minutes=blueprint.minutes, begun_at=at, status_since=at, paper_id=paper.id,
        session_id=exam_session.id, **copies,
    )  # fmt: skip
    sitting.sheet = AnswerSheet(
        deadline=end - CHINA, answers={}, assessment_id=paper.assessment_id,
        **{name: copies[name] for name in SCOPE},
    )  # fmt: skip
    session.add(sitting)
    session.flush()  # the event names its id
    sitting_events.note(session, sitting, SittingEventKind.BEGUN, at=at, by=actor.name)
    return sitting


def attempts(session: Session, paper_id: int) -> int:
    """Count the sittings of a paper in its round."""
    return session.scalar(select(func.count(Sitting.id)).where(Sitting.paper_id == paper_id)) or 0


def current(session: Session, paper_id: int) -> Sitting | None:
    """Give the latest sitting of a paper."""
    statement = select(Sitting).where(Sitting.paper_id == paper_id).order_by(Sitting.number.desc())
    return session.scalars(statement.limit(1)).first()


def drawn(places: Sequence[Any]) -> list[Drawn]:
    """Read a stored paper."""
    return [Drawn(question, tuple(order), marks) for question, order, marks in places]


def open_sheet(session: Session, sitting: Sitting, *, device: str, at: datetime) -> Opened:
    """Give a page its own numbers and what is known so far; another page meanwhile is evidence.

    :raises SittingRefused: the sitting has ended.
    """
    sheet = _locked(session, sitting.id)
    if sheet.closed_at is not None or timing.is_over(
        at, deadline=sheet.deadline, paused_at=sheet.paused_at
    ):
        raise SittingRefused(_l("本次作答已经结束。"))
    if sheet.device is not None:
        is_same = sheet.device == device
        kind = SittingEventKind.OPENED if is_same else SittingEventKind.OTHER_DEVICE
        sitting_events.note(session, sitting, kind, at=at)
    generation = sheet.generation + 1
    session.execute(
        update(AnswerSheet)
        .where(AnswerSheet.id == sheet.id)
        .values(generation=generation, device=device, seen_at=at)
        .execution_options(synchronize_session=False)
    )
    left = timing.left(at, deadline=sheet.deadline, paused_at=sheet.paused_at)
    return Opened(generation, sheet.answers, left, sheet.paused_at is not None)


def _locked(session: Session, sitting_id: int) -> Any:
    s = AnswerSheet
    return session.execute(
        select(
            s.id, s.generation, s.device, s.seen_at, s.deadline, s.closed_at, s.paused_at, s.answers
        )
        .where(s.sitting_id == sitting_id)
        .with_for_update(of=s)
    ).one()


def shown(session: Session, sitting: Sitting) -> list[Shown]:
    """Read the questions of a sitting, one statement however many there are."""
    places = drawn(sitting.places)
    q = Question
    with unscoped("an examinee reads the questions of an own paper, without their keys"):
        rows = session.execute(
            select(q.id, q.kind, q.stem, q.options, QuestionGroup.text, Picture.id.label("image"))
            .outerjoin(QuestionGroup, QuestionGroup.id == q.group_id)
            .outerjoin(Picture, Picture.question_id == q.id)
            .where(q.id.in_([one.question_id for one in places]))
        )
        known = {row.id: row for row in rows}
    found = []
    for number, one in enumerate(places, 1):
        row = known[one.question_id]
        options = tuple(row.options[at] for at in one.order)
        found.append(
            Shown(number, row.id, row.kind, row.stem, row.text, options, one.marks,
                  row.image is not None)
        )  # fmt: skip
    return found


def image(session: Session, sitting: Sitting, question_id: int) -> bytes | None:
    """Give the picture of a question of this sitting, or None."""
    if question_id not in {one.question_id for one in drawn(sitting.places)}:
        return None
    with unscoped("an examinee sees a picture of an own paper"):
        content: bytes | None = session.scalar(
            select(Picture.content).where(Picture.question_id == question_id)
        )
    return content
