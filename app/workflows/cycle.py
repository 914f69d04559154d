"""考核周期: 开放 enrols every physician of the province, 结束 ends all steps of its cases."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import CycleStatus, Role
from app.models import Cycle
from app.operations import closing, cycles, remedies
from app.security.actor import Actor
from app.workflows.engine import Step, Text, Transition, Workflow


def _may_open(step: Step) -> Text | None:
    reason = cycles.windows_objection(step.subject)
    if reason is not None:
        return reason
    other = step.session.scalars(
        select(Cycle)
        .where(
            Cycle.province_id == step.subject.province_id,
            Cycle.status == CycleStatus.OPEN,
            Cycle.id != step.subject.id,
        )
        .limit(1)
    ).first()
    if other is not None:
        return _l("周期“%(label)s”正在进行，请先结束该周期。", label=other.label)
    return None


def _enrol(step: Step) -> None:
    cycles.enrol_everybody(step.session, step.subject)


def _may_close(step: Step) -> Text | None:
    """Say that cases are open: their end is decided case by case before (T38)."""
    if closing.is_open(step.session, step.subject.id):
        return _l("本周期还有未完成的考核，请在结束周期页面查看并处理。")
    return None


def _close(step: Step) -> None:
    remedies.report_absent_twice(step.session, step.subject.id, at=step.at)


def _note_figures(step: Step) -> str:
    return closing.figures(step.session, step.subject)


_AUTHORITY = frozenset({Role.AUTHORITY})

CYCLE = Workflow(
    name="cycle",
    label=_l("周期状态"),
    model=Cycle,
    initial=CycleStatus.DRAFT,
    finals=frozenset({CycleStatus.CLOSED}),
    participation_of=lambda _subject: None,
    transitions=(
        Transition(
            name="open",
            label=_l("开放周期"),
            sources=frozenset({CycleStatus.DRAFT}),
            target=CycleStatus.OPEN,
            roles=_AUTHORITY,
            guard=_may_open,
            effect=_enrol,
            tone="primary",
        ),
        Transition(
            name="close",
            label=_l("结束周期"),
            sources=frozenset({CycleStatus.OPEN}),
            target=CycleStatus.CLOSED,
            roles=_AUTHORITY,
            guard=_may_close,
            effect=_close,
            note=_note_figures,
            needs_comment=True,
            tone="danger",
        ),
    ),
)


def open_cycle(session: Session, cycle: Cycle, *, actor: Actor, at: datetime) -> Cycle:
    """Open a cycle and enrol every physician of the province.

    :raises StepRefused: its windows are not complete, or another cycle is open.
    """
    opened: Cycle = CYCLE.fire(session, cycle.id, "open", actor=actor, at=at)
    return opened
