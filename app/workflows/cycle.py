"""考核周期: 开放 enrols every physician of the province, 结束 ends all steps of its cases."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import CycleStatus, Role
from app.models import Cycle
from app.operations import cycles
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
