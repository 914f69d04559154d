"""复核申请: the agency keeps its result or changes it, and everything that hangs on it (T30, art. 24)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.enums import CycleStatus, ResultGround, ResultPart, Role, Verdict
from app.enums import ObjectionStatus as O
from app.models import Objection
from app.operations import judgements, papers, recusals
from app.operations.judgements import Reason
from app.queries import cycles
from app.security.actor import SYSTEM, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import Step, Text, Transition, Workflow

_WHY = "what follows from a decision that the agency was allowed to take"


def _may_decide(step: Step) -> Text | None:
    return recusals.bar(step.session, step.subject.assessment, actor=step.actor)


def _record(step: Step) -> None:
    """Let the parts that the agency judges otherwise override their facts; one undone leaves none."""
    if not isinstance(step.facts, Mapping):
        return
    row, case = step.subject, step.subject.assessment
    row.changes = {part.name: verdict.name for part, verdict in step.facts.items()}
    for part, verdict in step.facts.items():
        line = Reason(part=part, ground=ResultGround.REVISED, verdict=verdict)
        judgements.rule(case, line)


def _may_change(step: Step) -> Text | None:
    row, case = step.subject, step.subject.assessment
    if not row.changes:
        return _l("请至少对一项作出改判。")
    result = judgements.judge(case).result
    if result is row.before:
        return _l("改判后考核结果不变。请核对各项，或选择维持。")
    if result is None and case.cycle.status is not CycleStatus.OPEN:
        return _l("本周期已结束，不能再安排测评。请同时对业务水平作出认定。")
    return None


def _decided(step: Step) -> None:
    row = step.subject
    row.answer, row.decided_at, row.decided_by = step.comment, step.at, step.actor.name


def _changed(step: Step) -> None:
    _decided(step)
    case, session = step.subject.assessment, step.session
    session.flush()  # the case is locked after its objection
    result = judgements.judge(case).result
    action = "reopen" if result is None else "revise"
    with unscoped(_WHY):
        ASSESSMENT.fire(session, case.id, action, actor=SYSTEM, at=step.at, comment=step.comment)
        if result is None and not papers.of_case(session, case):
            names = cycles.rules(case.cycle).papers(case.procedure)
            papers.hand_out(session, case, names, number=1, at=step.at)


def _note(step: Step) -> str | None:
    changes: Mapping[str, Any] = step.subject.changes or {}
    said = [
        f"{ResultPart[part].value}：{Verdict[verdict].value}" for part, verdict in changes.items()
    ]
    return "、".join(said) or None


_AGENCY = frozenset({Role.AGENCY})

OBJECTION = Workflow(
    name="objection",
    label=_l("复核申请"),
    model=Objection,
    initial=O.AWAITING,
    finals=frozenset({O.UPHELD, O.CHANGED, O.WITHDRAWN}),
    participation_of=lambda subject: subject.participation_id,
    transitions=(
        Transition(
            name="uphold",
            label=_l("维持"),
            sources=frozenset({O.AWAITING}),
            target=O.UPHELD,
            roles=_AGENCY,
            gate=_may_decide,
            effect=_decided,
            needs_comment=True,
        ),
        Transition(
            name="change",
            label=_l("改判"),
            sources=frozenset({O.AWAITING}),
            target=O.CHANGED,
            roles=_AGENCY,
            record=_record,
            gate=_may_decide,
            guard=_may_change,
            effect=_changed,
            note=_note,
            needs_comment=True,
            tone="primary",
        ),
        Transition(
            name="withdraw",
            label=_l("撤回申请"),
            sources=frozenset({O.AWAITING}),
            target=O.WITHDRAWN,
            roles=frozenset({Role.PHYSICIAN, Role.AUTHORITY}),
            gate=lambda step: (
                None
                if step.subject.by_authority == (step.actor.role is Role.AUTHORITY)
                else _l("只能由提出者撤回。")
            ),
        ),
    ),
)
