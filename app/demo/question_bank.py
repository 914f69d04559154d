"""The demo's 题库: our own questions from public law and textbooks, written by one and reviewed by another."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from app.demo.places import SHANXI
from app.demo.province import Country
from app.enums import Category, Difficulty, QuestionKind, QuestionStatus, Role, SessionRound
from app.exams import timing
from app.exams.assembly import BlueprintRow
from app.exams.chance import ordered
from app.models import Cycle, Question
from app.operations import blueprints, exam_sessions, practice, questions
from app.operations.blueprints import BlueprintFacts
from app.operations.exam_sessions import SessionFacts
from app.operations.question_facts import QuestionFacts, completed
from app.rules import PAPERS
from app.security.actor import acting_as
from app.workflows.bulk import fire_many
from app.workflows.question import QUESTION

_FOLDER = Path(__file__).parent / "bank"
_FILES = (
    ("public.txt", "GG", PAPERS[0], None),
    ("clinical.txt", "LC", PAPERS[1], Category.CLINICAL),
    ("chinese.txt", "ZY", PAPERS[1], Category.CHINESE),
)
_COLUMNS = 8
_TO_PRACTISE = 5  # of each 测评科目
_IN_DRAFT = 4  # of each file, to be reviewed
_LEVELS = {"易": Difficulty.EASY, "中": Difficulty.MEDIUM, "难": Difficulty.HARD}
_BLUEPRINTS = {
    (PAPERS[0], None): {"A1": 40, "X": 6, "TF": 4},
    (PAPERS[1], Category.CLINICAL): {"A1": 30, "A2": 8, "A3": 3, "B1": 4, "X": 3, "TF": 2},
    (PAPERS[1], Category.CHINESE): {"A1": 37, "A2": 4, "A3": 3, "B1": 3, "X": 2, "TF": 1},
}
MINUTES = 60


def fill(country: Country) -> None:
    """Write the bank of 山西省, have it reviewed, and set how papers are drawn from it."""
    session, office = country.session, country.offices[SHANXI]
    examiner = country.clerks.clerk("examiner", Role.AUTHORITY, name="闻道明", authority=office)
    with acting_as(examiner):
        for number, facts in enumerate(_read()):
            at = country.moment(58, number)
            questions.create(session, facts, owner=office, actor=examiner, at=at)
    reviewer = country.actors[SHANXI]
    waiting = [f"{prefix}{n:04d}" for _f, prefix, _p, _c in _FILES for n in range(1, _IN_DRAFT + 1)]
    with acting_as(reviewer):
        chosen = Question.code.not_in(waiting)
        fire_many(QUESTION, session, chosen, "review", actor=reviewer, at=country.moment(55))
        for number, paper in enumerate(PAPERS):
            some = select(Question.id).where(
                Question.paper == paper,
                Question.kind == QuestionKind.A1,
                Question.status == QuestionStatus.REVIEWED,
            )
            ids = session.scalars(some.order_by(Question.id.desc()).limit(_TO_PRACTISE)).all()
            practice.choose(
                session, Question.id.in_(ids), wanted=True, actor=reviewer,
                at=country.moment(54, number),
            )  # fmt: skip
        cycle = session.scalars(select(Cycle).where(Cycle.province_id == office.id)).one()
        for (paper, category), counts in _BLUEPRINTS.items():
            rows = tuple(BlueprintRow(kind, count) for kind, count in counts.items())
            plan = BlueprintFacts(
                paper=paper, category=category, level=None, minutes=MINUTES, rows=rows
            )
            blueprints.store(
                session, None, plan, cycle=cycle, version=0, actor=reviewer, at=country.moment(54)
            )
        exam_sessions.store(
            session, None, _all_the_time(cycle), cycle=cycle, version=0, actor=reviewer,
            at=country.moment(54),
        )  # fmt: skip


def _all_the_time(cycle: Cycle) -> SessionFacts:
    """One session, open day and night, so that the demo can be tried at any hour."""
    return SessionFacts(
        name="全省统一测评", papers=tuple(PAPERS), round=SessionRound.ANY, starts_on=cycle.starts_on,
        last_day=cycle.last_day, opens=0, closes=timing.ALL_DAY, late_minutes=None,
    )  # fmt: skip


def _read() -> Iterator[QuestionFacts]:
    for filename, prefix, paper, category in _FILES:
        lines = (_FOLDER / filename).read_text(encoding="utf-8").splitlines()
        texts = [line for line in lines if line and not line.startswith("#")]
        for number, line in enumerate(texts, 1):
            cells = [*line.split("|"), *[""] * _COLUMNS][:_COLUMNS]
            kind, point, level, stem, offered, source, group, shared = cells
            options = offered.split(";")
            if kind != QuestionKind.TF.name:  # the right ones stand first in the file
                options = ordered(options, stem)
            right = [chr(ord("A") + at) for at, one in enumerate(options) if one.startswith("*")]
            yield QuestionFacts(
                **completed(
                    {
                        "kind": QuestionKind[kind],
                        "paper": paper,
                        "category": category,
                        "point": point,
                        "difficulty": _LEVELS[level],
                        "stem": stem,
                        "options": tuple(one.removeprefix("*") for one in options),
                        "answer": "".join(right),
                        "source": source,
                        "group_code": group or None,
                        "group_text": shared or None,
                        "code": f"{prefix}{number:04d}",
                    }
                )
            )
