"""What follows when papers end: scores are judged, and the cases go on (T21, T25 to T28).

Set-based, for thousands end at one instant. Rows are locked in the order paper, sheet, case.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus as S
from app.enums import PaperStatus, Verdict
from app.models import AnswerSheet, Assessment, Cycle, Paper, Physician, Sitting
from app.operations import papers
from app.operations.papers import Outcome
from app.queries.among import among
from app.rules import REVIEW_FIRST, CycleRules
from app.security.actor import SYSTEM, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.bulk import fire_many
from app.workflows.engine import Workflow

_MOVING = (S.AWAITING_EXAM, S.AWAITING_MAKEUP, S.AWAITING_VERDICT)
_WHY = "what follows from a step that the actor was allowed to take"


def decide(
    workflow: Workflow,
    session: Session,
    paper_ids: Sequence[int],
    *,
    at: datetime,
    is_reviewed: bool = False,
) -> None:
    """End the papers whose sheets are closed, or let them be sat again.

    Nothing happens yet where the rules want a proctor's look first and nobody has looked.
    """
    with unscoped(_WHY):
        ends, again = _sorted(session, paper_ids, is_reviewed=is_reviewed)
        _fire(session, workflow, ends, "finish", at=at)
        _fire(session, workflow, again, "again", at=at)
        session.expire_all()  # loaded rows still show where they stood


def _sorted(
    session: Session, paper_ids: Sequence[int], *, is_reviewed: bool
) -> tuple[list[int], list[int]]:
    best = func.max(AnswerSheet.score_tenths)
    statement = (
        select(
            Paper.id, Paper.cycle_id, Physician.level, best.label("tenths"),
            func.count(Sitting.id).label("number"), func.count(Sitting.viewed_at).label("viewed"),
        )
        .join(Sitting, Sitting.paper_id == Paper.id)
        .join(AnswerSheet, AnswerSheet.sitting_id == Sitting.id)
        .join(Physician, Physician.id == Paper.physician_id)
        .where(among(session, Paper.id, paper_ids), Paper.status == PaperStatus.HANDED_IN)
        .group_by(Paper.id, Paper.cycle_id, Physician.level)
        .order_by(Paper.id)
    )  # fmt: skip
    rows = session.execute(statement).all()
    rules = _rules(session, {row.cycle_id for row in rows})
    ends: list[int] = []
    again: list[int] = []
    scores = []
    for row in rows:
        own = rules[row.cycle_id]
        if REVIEW_FIRST in own.exam_rules and row.viewed < row.number and not is_reviewed:
            continue
        scores.append({"id": row.id, "score_tenths": row.tenths})
        has_passed = papers.verdict(row.tenths, row.level, own) is Verdict.PASS
        (ends if has_passed or row.number >= own.attempts else again).append(row.id)
    for one in scores:
        session.execute(
            update(Paper)
            .where(Paper.id == one["id"])
            .values(score_tenths=one["score_tenths"])
            .execution_options(synchronize_session=False)
        )
    return ends, again


def finished(session: Session, ids: Sequence[int], at: datetime) -> None:
    """Judge the scores of papers that have just ended, and move their cases on."""
    judge(session, ids)
    rejudged(session, ids, at)


def rejudged(session: Session, ids: Sequence[int], at: datetime) -> None:
    """Move the cases of papers on, or back, as their results say."""
    cases = select(Paper.assessment_id).where(among(session, Paper.id, ids)).distinct()
    settle(session, sorted(session.scalars(cases)), at=at)


def judge(session: Session, ids: Sequence[int]) -> None:
    """Store the results that the scores of papers come to by the rules of today."""
    rows = session.execute(
        select(Paper.id, Paper.assessment_id, Paper.cycle_id, Paper.score_tenths, Physician.level)
        .join(Physician, Physician.id == Paper.physician_id)
        .where(among(session, Paper.id, ids))
    ).all()
    rules = _rules(session, {row.cycle_id for row in rows})
    by_result: dict[Verdict, list[int]] = defaultdict(list)
    for row in rows:
        by_result[papers.verdict(row.score_tenths, row.level, rules[row.cycle_id])].append(row.id)
    for result, some in by_result.items():
        session.execute(
            update(Paper)
            .where(among(session, Paper.id, some))
            .values(result=result)
            .execution_options(synchronize_session=False)
        )


confirmed = finished
"""A confirmed score is judged as one of the system's own."""


def settle(session: Session, case_ids: Sequence[int], *, at: datetime) -> None:
    """Move cases on whose papers have all ended: to 补考 or to 待认定结果, or back (T24 to T28)."""
    session.flush()  # the case moves after the paper, in the fixed order of locks
    with unscoped(_WHY):
        rows = session.execute(
            select(Assessment.id, Assessment.status, Assessment.cycle_id)
            .where(among(session, Assessment.id, case_ids), Assessment.status.in_(_MOVING))
            .order_by(Assessment.id)
        ).all()
        rules = _rules(session, {row.cycle_id for row in rows})
        own = _papers(session, [row.id for row in rows])
        steps: dict[str, list[int]] = defaultdict(list)
        makeups: dict[int, tuple[tuple[str, ...], int]] = {}
        for row in rows:
            result, failed, number = papers.outcome(own[row.id], rules[row.cycle_id])
            step = _STEPS.get((result, row.status))
            if step == "papers_resumed" and number > 1:
                step = "papers_reopened"
            if step is not None:
                steps[step].append(row.id)
            if result is Outcome.MAKEUP:
                makeups[row.id] = (failed, number + 1)
        for step, ids in steps.items():
            _fire(session, ASSESSMENT, ids, step, at=at)
        session.expire_all()  # loaded rows still show where they stood
        for pk, (failed, number) in makeups.items():
            case = session.get_one(Assessment, pk)
            papers.hand_out(session, case, failed, number=number, at=at)


_STEPS = {
    (Outcome.ENDED, S.AWAITING_EXAM): "papers_ended",
    (Outcome.ENDED, S.AWAITING_MAKEUP): "papers_ended",
    (Outcome.MAKEUP, S.AWAITING_EXAM): "papers_failed",
    (Outcome.MAKEUP, S.AWAITING_VERDICT): "papers_reopened",
    (Outcome.OPEN, S.AWAITING_VERDICT): "papers_resumed",
}


def _papers(session: Session, case_ids: Sequence[int]) -> dict[int, list[Paper]]:
    statement = select(Paper).where(among(session, Paper.assessment_id, case_ids))
    found: dict[int, list[Paper]] = defaultdict(list)
    fresh = statement.order_by(Paper.id).execution_options(populate_existing=True)
    for paper in session.scalars(fresh):
        found[paper.assessment_id].append(paper)
    return found


def _rules(session: Session, cycle_ids: set[int]) -> dict[int, CycleRules]:
    rows = session.execute(select(Cycle.id, Cycle.rules).where(Cycle.id.in_(cycle_ids)))
    return {row.id: CycleRules.from_document(row.rules or {}) for row in rows}


def _fire(
    session: Session, workflow: Workflow, ids: Sequence[int], step: str, *, at: datetime
) -> None:
    if not ids:
        return
    model: Any = workflow.model
    fire_many(workflow, session, among(session, model.id, ids), step, actor=SYSTEM, at=at)
