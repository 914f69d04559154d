"""监考: what people make of a sitting's evidence (domain T22 to T24); no program marks anybody."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, MarkReason, Role
from app.enums import MarkStatus as M
from app.enums import PaperStatus as P
from app.models import Sitting
from app.operations import papers, recusals
from app.queries import cycles
from app.rules import TWO_PROCTORS
from app.security.actor import SYSTEM, Actor, unscoped
from app.workflows.engine import Step, Text, Transition, Workflow
from app.workflows.paper import PAPER
from app.workflows.paper_results import decide, settle

_PROCTORS = frozenset({Role.AGENCY, Role.PROCTOR})
_WHY = "what follows from a step that the actor was allowed to take"


def _may_mark(step: Step) -> Text | None:
    sitting = step.subject
    if sitting.sheet.closed_at is None:
        return _l("该医师正在作答，交卷后才能标记；需要时可在考场监控中终止作答。")
    if sitting.assessment.status is AssessmentStatus.COMPLETED:
        return _l("该医师本周期考核已完成，不能再更改标记。")
    return recusals.bar(step.session, sitting.assessment, actor=step.actor)


def _reason_missing(step: Step) -> Text | None:
    return None if isinstance(step.facts, MarkReason) else _l("请选择标记原因。")


def _by_two(step: Step) -> bool:
    return TWO_PROCTORS in cycles.rules(step.subject.assessment.cycle).exam_rules


def _may_confirm(step: Step) -> Text | None:
    closed = _may_mark(step)
    if closed is not None or not _by_two(step):
        return closed
    if step.subject.status is M.NONE:
        return _l("认定作弊须由两人进行：请先标记疑似，再由另一人认定。")
    if step.subject.marked_by_id == step.actor.account_id:
        return _l("认定作弊须由两人进行：不能由标记疑似的人本人认定。")
    return None


def _may_revoke(step: Step) -> Text | None:
    closed = _may_mark(step)
    if closed is None and _by_two(step) and step.subject.marked_by_id == step.actor.account_id:
        return _l("撤销认定须由另一人进行：不能由认定的人本人撤销。")
    return closed


def _marked(step: Step) -> None:
    sitting = step.subject
    if isinstance(step.facts, MarkReason):
        sitting.mark_reason = step.facts
    sitting.marked_by_id = step.actor.account_id


def _note_reason(step: Step) -> str | None:
    reason = step.subject.mark_reason
    return reason.value if reason is not None else None


def _held(step: Step) -> None:
    _look(step)
    step.subject.paper.is_held = True
    settle(step.session, [step.subject.assessment_id], at=step.at)


def _freed(step: Step) -> None:
    sitting = step.subject
    sitting.mark_reason = sitting.marked_by_id = None
    sitting.paper.is_held = False
    settle(step.session, [sitting.assessment_id], at=step.at)


def _convicted(step: Step) -> None:
    _look(step)
    paper = step.subject.paper
    paper.is_held = False
    step.session.flush()  # the paper moves after the sitting, in the fixed order of locks
    if paper.status is not P.VOID:  # another sitting of it may have been marked before
        with unscoped(_WHY):
            PAPER.fire(step.session, paper.id, "void", actor=SYSTEM, at=step.at)


def _acquitted(step: Step) -> None:
    sitting = step.subject
    sitting.mark_reason = sitting.marked_by_id = None
    paper_id = sitting.paper_id
    step.session.flush()  # the paper moves after the sitting, in the fixed order of locks
    with unscoped(_WHY):
        paper = PAPER.fire(step.session, paper_id, "restore", actor=SYSTEM, at=step.at)
        papers.withdraw_makeups(step.session, [paper_id])
        settle(step.session, [paper.assessment_id], at=step.at)


def _look(step: Step) -> None:
    sitting = step.subject
    if sitting.viewed_at is None:
        sitting.viewed_at, sitting.viewed_by = step.at, step.actor.name


PROCTORING = Workflow(
    name="proctoring",
    label=_l("标记状态"),
    model=Sitting,
    initial=M.NONE,
    finals=frozenset(),
    participation_of=lambda sitting: sitting.participation_id,
    transitions=(
        Transition(  # T22
            name="suspect",
            label=_l("标记疑似"),
            sources=frozenset({M.NONE}),
            target=M.SUSPECTED,
            roles=_PROCTORS,
            gate=_may_mark,
            record=_marked,
            guard=_reason_missing,
            effect=_held,
            note=_note_reason,
            needs_comment=True,
        ),
        Transition(
            name="clear",
            label=_l("取消疑似"),
            sources=frozenset({M.SUSPECTED}),
            target=M.NONE,
            roles=_PROCTORS,
            gate=_may_mark,
            effect=_freed,
            needs_comment=True,
        ),
        Transition(  # T23
            name="confirm",
            label=_l("认定作弊"),
            sources=frozenset({M.NONE, M.SUSPECTED}),
            target=M.CONFIRMED,
            roles=_PROCTORS,
            gate=_may_confirm,
            record=_marked,
            guard=_reason_missing,
            effect=_convicted,
            note=_note_reason,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # T24
            name="revoke",
            label=_l("撤销认定"),
            sources=frozenset({M.CONFIRMED}),
            target=M.NONE,
            roles=_PROCTORS,
            gate=_may_revoke,
            effect=_acquitted,
            needs_comment=True,
        ),
    ),
)


def look(session: Session, sitting: Sitting, *, actor: Actor, at: datetime) -> None:
    """Note that a proctor has seen a sitting; where the rules wait for that, its paper is judged."""
    if sitting.viewed_at is not None or sitting.sheet.closed_at is None:
        return
    sitting.viewed_at, sitting.viewed_by = at, actor.name
    paper_id = sitting.paper_id
    session.flush()  # the paper moves after the sitting, in the fixed order of locks
    decide(PAPER, session, [paper_id], at=at)
