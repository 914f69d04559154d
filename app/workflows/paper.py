"""试卷: a score is entered by one person and confirmed by another; then the case goes on."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, CycleStatus, Role, Verdict
from app.enums import PaperStatus as P
from app.models import Assessment, Paper
from app.operations import papers, recusals
from app.operations.papers import Outcome
from app.queries import cycles
from app.security.actor import SYSTEM
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import Step, Text, Transition, Workflow

SITTING = frozenset({AssessmentStatus.AWAITING_EXAM, AssessmentStatus.AWAITING_MAKEUP})
_AGENCY = frozenset({Role.AGENCY})


def _is_sitting(step: Step) -> Text | None:
    case = step.subject.assessment
    if case.cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    if case.status not in SITTING:
        return _l("该医师当前考核状态为“%(status)s”，不能登记成绩。", status=case.status.label)
    return recusals.bar(step.session, case, actor=step.actor)


def _has_score(step: Step) -> Text | None:
    if isinstance(step.facts, int) and 0 <= step.facts <= papers.FULL:
        return None
    return _l("成绩应为0至100，最多一位小数。")


def _enter(step: Step) -> None:
    if _has_score(step) is not None:
        return  # the guard says what is wrong
    paper = step.subject
    paper.score_tenths = step.facts
    paper.entered_by, paper.entered_by_id = step.actor.name, step.actor.account_id


def _note_score(step: Step) -> str:
    return f"{step.subject.name}：{papers.shown(step.subject.score_tenths)}"


def _entered_by_another(step: Step) -> Text | None:
    closed = _is_sitting(step)
    if closed is not None:
        return closed
    if step.subject.entered_by_id != step.actor.account_id:
        return None
    return _l("成绩不能由录入人本人复核，请由另一人复核。")


def _forget(step: Step) -> None:
    paper = step.subject
    paper.score_tenths = paper.entered_by = paper.entered_by_id = None


def _judge(session: Session, paper: Paper, at: datetime) -> None:
    paper.result = papers.verdict(paper, paper.assessment.physician.level)
    settle(session, paper.assessment, at=at)


def _confirmed(step: Step) -> None:
    _judge(step.session, step.subject, step.at)


def _confirm_many(session: Session, ids: Sequence[int], at: datetime) -> None:
    for pk in ids:
        _judge(session, session.get_one(Paper, pk, populate_existing=True), at)


def _was_absent(step: Step) -> None:
    step.subject.result = Verdict.FAIL  # art. 27: not taking part without a reason
    settle(step.session, step.subject.assessment, at=step.at)


def _spare(step: Step) -> None:
    step.subject.result = Verdict.PASS  # art. 23: deemed passed


def settle(session: Session, case: Assessment, *, at: datetime) -> None:
    """Move a case on when all its papers have ended: to 补考 or to 待认定结果 (T25 to T28)."""
    session.flush()  # the case moves after the paper, in the fixed order of locks
    result, failed, number = papers.outcome(papers.of_case(session, case), cycles.rules(case.cycle))
    if result is Outcome.OPEN:
        return
    if result is Outcome.ENDED:
        ASSESSMENT.fire(session, case.id, "papers_ended", actor=SYSTEM, at=at)
        return
    if case.status is AssessmentStatus.AWAITING_EXAM:
        ASSESSMENT.fire(session, case.id, "papers_failed", actor=SYSTEM, at=at)
    papers.hand_out(session, case, failed, number=number + 1, at=at)


PAPER = Workflow(
    name="paper",
    label=_l("测评状态"),
    model=Paper,
    initial=P.NOT_STARTED,
    finals=frozenset({P.DONE, P.ABSENT, P.EXEMPT}),
    participation_of=lambda paper: paper.participation_id,
    bulk_effects={"confirm": _confirm_many},
    transitions=(
        Transition(
            name="enter",
            label=_l("录入成绩"),
            sources=frozenset({P.NOT_STARTED, P.ENTERED}),
            target=P.ENTERED,
            roles=_AGENCY,
            gate=_is_sitting,
            record=_enter,
            guard=_has_score,
            note=_note_score,
            tone="primary",
        ),
        Transition(
            name="confirm",
            label=_l("复核成绩"),
            sources=frozenset({P.ENTERED}),
            target=P.DONE,
            roles=_AGENCY,
            guard=_entered_by_another,
            effect=_confirmed,
            note=_note_score,
            tone="primary",
        ),
        Transition(
            name="send_back",
            label=_l("退回成绩"),
            sources=frozenset({P.ENTERED}),
            target=P.NOT_STARTED,
            roles=_AGENCY,
            gate=_is_sitting,
            effect=_forget,
            needs_comment=True,
        ),
        Transition(
            name="absent",
            label=_l("登记缺考"),
            sources=frozenset({P.NOT_STARTED}),
            target=P.ABSENT,
            roles=_AGENCY,
            gate=_is_sitting,
            effect=_was_absent,
            needs_comment=True,
            tone="danger",
        ),
        Transition(
            name="exempt",
            label=_l("免考"),
            sources=frozenset({P.NOT_STARTED, P.ENTERED}),
            target=P.EXEMPT,
            roles=frozenset({Role.SYSTEM}),
            effect=_spare,
        ),
    ),
)
