"""组卷方案: how papers of one 测评科目 are drawn in a cycle, and what a draw from the bank gives."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.exc import StaleDataError

from app.enums import (
    N_,
    Category,
    CycleStatus,
    Difficulty,
    PhysicianLevel,
    QuestionKind,
    QuestionStatus,
)
from app.exams import assembly
from app.exams.assembly import BlueprintRow, BlueprintShort, Candidate, Drawn
from app.models import Authority, Blueprint, Cycle, Question
from app.operations import trail
from app.queries import cycles
from app.refusals import Refusal
from app.security.actor import Actor

MOST_QUESTIONS = 500


class BlueprintRefused(Refusal):
    """A blueprint that is not stored; ``field`` names what was typed wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueprintFacts:
    """What a province sets: for whom, how long, and how many questions of what."""

    paper: str
    category: Category | None
    level: PhysicianLevel | None
    minutes: int
    rows: tuple[BlueprintRow, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One place of a drawn paper with its question, options in the order of the draw."""

    number: int
    question: Question
    options: tuple[str, ...]
    answer: str
    marks: int
    begins_group: bool


def facts_of(blueprint: Blueprint) -> BlueprintFacts:
    """Read what is set."""
    return BlueprintFacts(
        paper=blueprint.paper,
        category=blueprint.category,
        level=blueprint.level,
        minutes=blueprint.minutes,
        rows=rows_of(blueprint),
    )


def rows_of(blueprint: Blueprint) -> tuple[BlueprintRow, ...]:
    """Read the rows of a blueprint."""
    return tuple(BlueprintRow(**row) for row in blueprint.rows)


def store(
    session: Session,
    blueprint: Blueprint | None,
    facts: BlueprintFacts,
    *,
    cycle: Cycle,
    version: int,
    actor: Actor,
    at: datetime,
) -> Blueprint:
    """Add a blueprint to a cycle (None) or change one.

    :raises BlueprintRefused: the cycle is over, asks no such paper, has a blueprint for the same
        people already, or the rows ask for nothing or too much.
    :raises StaleDataError: somebody changed it since ``version``.
    """
    _check(session, blueprint, facts, cycle)
    office = session.get_one(Authority, actor.authority_id)
    is_new = blueprint is None
    if blueprint is None:
        blueprint = Blueprint(
            cycle_id=cycle.id, authority_id=office.id, authority_path=office.path,
            province_id=office.province_id,
        )  # fmt: skip
        session.add(blueprint)
    elif blueprint.version != version:
        raise StaleDataError(f"blueprint {blueprint.id} has left version {version}")
    for name in ("paper", "category", "level", "minutes"):
        setattr(blueprint, name, getattr(facts, name))
    blueprint.rows = [asdict(row) for row in facts.rows]
    session.flush()  # the entry of the trail names its id
    trail.log(
        session, actor=actor, at=at, subject="blueprint", subject_id=blueprint.id,
        action="create" if is_new else "edit",
        label=N_("新增组卷方案") if is_new else N_("修改组卷方案"), comment=facts.paper,
        province_id=blueprint.province_id, authority_path=blueprint.authority_path,
    )  # fmt: skip
    return blueprint


def remove(session: Session, blueprint: Blueprint, *, actor: Actor, at: datetime) -> None:
    """Delete a blueprint.

    :raises BlueprintRefused: its cycle is over.
    """
    if blueprint.cycle.status is CycleStatus.CLOSED:
        raise BlueprintRefused(_l("考核周期已结束，组卷方案不能再修改。"))
    trail.log(
        session, actor=actor, at=at, subject="blueprint", subject_id=blueprint.id, action="delete",
        label=N_("删除组卷方案"), comment=blueprint.paper, province_id=blueprint.province_id,
        authority_path=blueprint.authority_path,
    )  # fmt: skip
    session.delete(blueprint)


def bank(
    session: Session, blueprint: Blueprint | BlueprintFacts, *, owner_id: int
) -> list[Candidate]:
    """Give the reviewed questions that a paper may be drawn from, as far as drawing needs them."""
    q = Question
    statement = select(
        q.id, q.kind, q.point, q.difficulty, q.options, q.group_id, q.keeps_order
    ).where(
        q.authority_id == owner_id,
        q.status == QuestionStatus.REVIEWED,
        q.is_practice.is_(False),
        q.paper == blueprint.paper,
        _for(q.category, blueprint.category),
        _for(q.level, blueprint.level),
    )
    return [
        Candidate(
            id=row.id, kind=row.kind.name, point=row.point, difficulty=row.difficulty.name,
            options=len(row.options), group=row.group_id, keeps_order=row.keeps_order,
        )
        for row in session.execute(statement)
    ]  # fmt: skip


def _for(column: Any, wanted: Any) -> Any:
    """A question for all is for these as well; a paper for all takes only questions for all."""
    return column.is_(None) if wanted is None else or_(column.is_(None), column == wanted)


def shortage(session: Session, blueprint: Blueprint) -> BlueprintShort | None:
    """Say what the bank lacks for a blueprint."""
    candidates = bank(session, blueprint, owner_id=blueprint.authority_id)
    return assembly.shortage(candidates, rows_of(blueprint))


def available(session: Session, blueprint: Blueprint) -> list[int]:
    """Count, for every row by itself, the questions that would do."""
    candidates = bank(session, blueprint, owner_id=blueprint.authority_id)
    return [sum(map(row.admits, candidates)) for row in rows_of(blueprint)]


def draw(session: Session, blueprint: Blueprint, *, seed: str) -> list[Drawn]:
    """Draw a paper.

    :raises BlueprintShort: the bank has too few questions.
    """
    candidates = bank(session, blueprint, owner_id=blueprint.authority_id)
    return assembly.draw(candidates, rows_of(blueprint), seed=seed)


def pages(session: Session, drawn: Sequence[Drawn]) -> list[Page]:
    """Read the questions of a drawn paper, two statements however long it is."""
    ids = [one.question_id for one in drawn]
    statement = (
        select(Question)
        .where(Question.id.in_(ids))
        .options(joinedload(Question.group), joinedload(Question.image))
    )
    known = {one.id: one for one in session.scalars(statement)}
    found, before = [], None
    for number, one in enumerate(drawn, 1):
        question = known[one.question_id]
        found.append(
            Page(
                number=number,
                question=question,
                options=tuple(question.options[at] for at in one.order),
                answer=_as_shown(question.answer, one.order),
                marks=one.marks,
                begins_group=question.group_id is not None and question.group_id != before,
            )
        )
        before = question.group_id
    return found


def _as_shown(answer: str, order: Sequence[int]) -> str:
    letters = (chr(ord("A") + order.index(ord(one) - ord("A"))) for one in answer)
    return "".join(sorted(letters))


def _check(
    session: Session, blueprint: Blueprint | None, facts: BlueprintFacts, cycle: Cycle
) -> None:
    if cycle.status is CycleStatus.CLOSED:
        raise BlueprintRefused(_l("考核周期已结束，组卷方案不能再修改。"))
    if facts.paper not in cycles.rules(cycle).all_papers:
        raise BlueprintRefused(
            _l("该周期的规则中没有测评科目“%(paper)s”。", paper=facts.paper), field="paper"
        )
    b = Blueprint
    same = select(b.id).where(
        b.cycle_id == cycle.id,
        b.paper == facts.paper,
        b.category.is_(None) if facts.category is None else b.category == facts.category,
        b.level.is_(None) if facts.level is None else b.level == facts.level,
        b.id != (blueprint.id if blueprint is not None else 0),
    )
    if session.scalar(same) is not None:
        raise BlueprintRefused(
            _l("该科目、执业类别和医师级别已有组卷方案，请修改原方案。"), field="paper"
        )
    number = sum(row.count for row in facts.rows)
    if not 1 <= number <= MOST_QUESTIONS:
        raise BlueprintRefused(
            _l("请设置题目数量，一份试卷1至%(most)s题。", most=MOST_QUESTIONS), field="rows"
        )
    for row in facts.rows:
        assert row.kind in QuestionKind.__members__
        assert row.difficulty is None or row.difficulty in Difficulty.__members__
