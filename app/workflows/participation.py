"""参加: confirm who takes part in a cycle, and who is away (T1 to T4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, AwayReason, CycleStatus, Role, ScheduleWindow
from app.enums import ParticipationStatus as P
from app.models import Assessment, Participation
from app.operations import case_rows
from app.queries import cycles
from app.queries.among import among
from app.security.scope_session import SetBased
from app.workflows.engine import Step, Text, Transition, Workflow


def _enrolment_is_open(step: Step) -> Text | None:
    cycle = step.subject.cycle
    if cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    window = cycles.window(cycle, ScheduleWindow.REGISTRATION)
    if window is None or step.today > window.last_day:
        return _l("医师报审申报时间已结束，不能再确认参加。请联系隶属卫生行政部门。")
    return None


def _nothing_submitted(step: Step) -> Text | None:
    case = step.subject.assessment
    if case is None or case.submitted_at is None:
        return None
    return _l("医师已提交报名信息，不能取消参加。如需取消，请由隶属卫生行政部门驳回。")


def _reason_given(step: Step) -> Text | None:
    if step.facts is None and step.subject.away_reason is None:
        return _l("请选择离岗原因和开始日期。")
    return None


def _open_case(step: Step) -> None:
    step.session.add(
        Assessment(
            status_since=step.at,
            participation_id=step.subject.id,
            **{name: getattr(step.subject, name) for name in _COPIED},
        )
    )


def _drop_case(step: Step) -> None:
    if step.subject.assessment is not None:
        case_rows.drop_case(step.session, step.subject.assessment)


def _remember_absence(step: Step) -> None:
    if step.facts is None:
        return  # the guard says what is missing
    reason, since = step.facts
    step.subject.away_reason = AwayReason(reason)
    step.subject.away_from = since


def _forget_absence(step: Step) -> None:
    step.subject.away_reason = None
    step.subject.away_from = None


_COPIED = (
    "province_id",
    "authority_path",
    "institution_id",
    "agency_id",
    "cycle_id",
    "physician_id",
)


def _open_cases(session: Session, ids: Sequence[int], at: datetime) -> None:
    source: Any = select(
        Participation.id,
        literal(AssessmentStatus.AWAITING_FORM, type_=Assessment.status.type),
        literal(at, type_=Assessment.status_since.type),
        literal(1),
        *(getattr(Participation, name) for name in _COPIED),
    ).where(among(session, Participation.id, ids))
    names = ["participation_id", "status", "status_since", "version", *_COPIED]
    session.execute(insert(Assessment).from_select(names, source).options(SetBased()))


_HOSPITAL = frozenset({Role.INSTITUTION})

PARTICIPATION = Workflow(
    name="participation",
    label=_l("参加状态"),
    model=Participation,
    initial=P.UNCONFIRMED,
    finals=frozenset({P.MOVED}),
    participation_of=lambda subject: subject.id,
    bulk_effects={"confirm": _open_cases},
    is_announced=True,
    transitions=(
        Transition(  # T1
            name="confirm",
            label=_l("参加"),
            sources=frozenset({P.UNCONFIRMED}),
            target=P.CONFIRMED,
            roles=_HOSPITAL,
            guard=_enrolment_is_open,
            judges=("cycle_id",),
            effect=_open_case,
            tone="primary",
        ),
        Transition(  # T2
            name="withdraw",
            label=_l("取消参加"),
            sources=frozenset({P.CONFIRMED}),
            target=P.UNCONFIRMED,
            roles=_HOSPITAL,
            guard=_nothing_submitted,
            effect=_drop_case,
        ),
        Transition(  # T4
            name="leave",
            label=_l("离岗"),
            sources=frozenset({P.UNCONFIRMED}),
            target=P.AWAY,
            roles=_HOSPITAL,
            record=_remember_absence,
            guard=_reason_given,
        ),
        Transition(  # T4, where the registry says so and the province has agreed
            name="registry_leave",
            label=_l("离岗"),
            sources=frozenset({P.UNCONFIRMED}),
            target=P.AWAY,
            roles=frozenset({Role.SYSTEM}),
            record=_remember_absence,
            guard=_reason_given,
        ),
        Transition(  # T4, the way back
            name="come_back",
            label=_l("恢复在岗"),
            sources=frozenset({P.AWAY}),
            target=P.UNCONFIRMED,
            roles=_HOSPITAL,
            effect=_forget_absence,
        ),
        Transition(  # T35; the receiving institution gets a participation of its own
            name="move",
            label=_l("转出"),
            sources=frozenset({P.UNCONFIRMED, P.CONFIRMED, P.AWAY}),
            target=P.MOVED,
            roles=frozenset({Role.SYSTEM}),
        ),
    ),
)
