"""The standing of an agency: 停用 and 启用, and 取消资格 for two cycles or more (art. 29)."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.enums import AgencyStatus as A
from app.enums import AppointmentStatus, CycleStatus, Role
from app.models import Agency, Appointment, Cycle
from app.operations import agency_standing
from app.queries import cycles
from app.workflows.engine import Step, Text, Transition, Workflow, scope_columns

LEAST, MOST = 2, 10
_AUTHORITY = frozenset({Role.AUTHORITY})


def _may_stop(step: Step) -> Text | None:
    appointed = (
        select(Appointment.id)
        .join(Cycle, Cycle.id == Appointment.cycle_id)
        .where(
            Appointment.agency_id == step.subject.id,
            Appointment.status == AppointmentStatus.ACTIVE,
            Cycle.status == CycleStatus.OPEN,
        )
        .limit(1)
    )
    if step.session.scalar(appointed) is not None:
        return _l("该考核机构在进行中的周期仍有指派，请先改派其他考核机构。")
    return None


def _has_cycle(step: Step) -> Text | None:
    if cycles.current(step.session, province_id=step.subject.province_id) is None:
        return _l("目前没有进行中的考核周期，无法确定取消资格从哪个周期算起。")
    return _may_stop(step)


def _has_term(step: Step) -> Text | None:
    if isinstance(step.facts, int) and LEAST <= step.facts <= MOST:
        return None
    return _l("请填写取消资格的周期数：2至10个（管理办法第二十九条：两个周期以上）。")


def _bar(step: Step) -> None:
    if _has_term(step) is not None:
        return  # the guard says what is missing
    cycle = cycles.current(step.session, province_id=step.subject.province_id)
    assert cycle is not None  # the gate has asked
    step.subject.barred_cycles, step.subject.barred_since_id = step.facts, cycle.id


def _note_term(step: Step) -> str | None:
    return f"{step.comment}（{step.facts}）" if step.facts else step.comment


def _is_over(step: Step) -> Text | None:
    left = agency_standing.cycles_left(step.session, step.subject)
    return _l("取消资格尚未期满，还须经过%(left)s个考核周期。", left=left) if left else None


def _unbar(step: Step) -> None:
    step.subject.barred_cycles = step.subject.barred_since_id = None


def _of_agency(subject: Any) -> dict[str, Any]:
    return scope_columns(subject) | {"agency_id": subject.id}


AGENCY = Workflow(
    name="agency",
    label=_l("考核机构状态"),
    model=Agency,
    initial=A.ACTIVE,
    finals=frozenset(),
    participation_of=lambda _subject: None,
    scope_of=_of_agency,
    transitions=(
        Transition(
            name="stop",
            label=_l("停用"),
            sources=frozenset({A.ACTIVE}),
            target=A.STOPPED,
            roles=_AUTHORITY,
            guard=_may_stop,
            needs_comment=True,
            tone="danger",
        ),
        Transition(
            name="start",
            label=_l("启用"),
            sources=frozenset({A.STOPPED}),
            target=A.ACTIVE,
            roles=_AUTHORITY,
        ),
        Transition(
            name="disqualify",
            label=_l("取消资格"),
            sources=frozenset({A.ACTIVE, A.STOPPED}),
            target=A.DISQUALIFIED,
            roles=_AUTHORITY,
            gate=_has_cycle,
            record=_bar,
            guard=_has_term,
            note=_note_term,
            needs_comment=True,
            tone="danger",
        ),
        Transition(
            name="reinstate",
            label=_l("恢复资格"),
            sources=frozenset({A.DISQUALIFIED}),
            target=A.ACTIVE,
            roles=_AUTHORITY,
            guard=_is_over,
            effect=_unbar,
            needs_comment=True,
        ),
    ),
)
