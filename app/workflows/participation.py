"""参加: confirm who takes part in a cycle, and who is away (T1 to T4)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, AwayReason, CycleStatus, Role, ScheduleWindow
from app.enums import ParticipationStatus as P
from app.models import Assessment, Participation
from app.operations import case_rows
from app.periods import local_day
from app.queries import cycles
from app.queries.among import among
from app.security.actor import SYSTEM
from app.security.scope_session import SetBased
from app.workflows import stopping
from app.workflows.engine import Step, Text, Transition, Workflow
from app.workflows.stopping import forget_absence, not_stopped


class Absence(NamedTuple):
    """离岗: why, and its first and (where it is known) last day."""

    reason: str
    since: date
    until: date | None = None


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
    if case is not None and case.status is AssessmentStatus.COMPLETED:
        return _l("该医师本周期考核已完成，不能取消参加。")
    if case is None or case.submitted_at is None:
        return None
    return _l("医师已提交报名信息，不能取消参加。如需取消，请由隶属卫生行政部门驳回。")


def _reason_given(step: Step) -> Text | None:
    place = step.subject
    if (stopped := not_stopped(step)) is not None:
        return stopped
    if step.facts is None and place.away_reason is None:
        return _l("请选择离岗原因和开始日期。")
    if place.away_until is not None and place.away_from and place.away_until < place.away_from:
        return _l("预计结束日期不能早于开始日期。")
    return None


def _is_over(step: Step) -> Text | None:
    last = step.subject.away_until
    if last is None or last >= step.today:
        return _l("离岗尚未到预计结束日期。")
    return None


def _retired(step: Step) -> Text | None:
    if step.subject.away_reason is not AwayReason.RETIRED:
        return _l("返聘只适用于退休人员；其他离岗人员请办理恢复在岗。")
    return None


def _not_retired(step: Step) -> Text | None:
    if (stopped := not_stopped(step)) is not None:
        return stopped
    if step.subject.away_reason is AwayReason.RETIRED:
        return _l("退休人员再次执业请办理返聘。")
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
    absence: Absence = step.facts
    step.subject.away_reason = AwayReason(absence.reason)
    step.subject.away_from = absence.since
    step.subject.away_until = absence.until


def _note_absence(step: Step) -> str | None:
    place = step.subject
    if place.away_reason is None:
        return None
    days = f"{place.away_from}至{place.away_until}" if place.away_until else f"{place.away_from}起"
    return f"{place.away_reason.value}：{days}"


def _rehire(step: Step) -> None:
    forget_absence(step)
    step.subject.rehired_on = step.today


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
            note=_note_absence,
        ),
        Transition(  # T4: another reason or other days
            name="change_absence",
            label=_l("修改离岗信息"),
            sources=frozenset({P.AWAY}),
            target=P.AWAY,
            roles=_HOSPITAL,
            gate=not_stopped,
            record=_remember_absence,
            guard=_reason_given,
            note=_note_absence,
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
            guard=_not_retired,
            effect=forget_absence,
        ),
        Transition(  # T4, the way back for who has retired
            name="rehire",
            label=_l("返聘"),
            sources=frozenset({P.AWAY}),
            target=P.UNCONFIRMED,
            roles=_HOSPITAL,
            guard=_retired,
            effect=_rehire,
        ),
        Transition(  # T4, on the day after the last one
            name="absence_ends",
            label=_l("离岗期满恢复在岗"),
            sources=frozenset({P.AWAY}),
            target=P.UNCONFIRMED,
            roles=frozenset({Role.SYSTEM}),
            guard=_is_over,
            effect=forget_absence,
        ),
        *stopping.TRANSITIONS,
        Transition(  # T35; the receiving institution gets a participation of its own
            name="move",
            label=_l("转出"),
            sources=frozenset({P.UNCONFIRMED, P.CONFIRMED, P.AWAY}),
            target=P.MOVED,
            roles=frozenset({Role.SYSTEM}),
        ),
    ),
)


def end_absences(session: Session, *, at: datetime) -> int:
    """Bring back everybody whose absence is over by its own date; for a periodic task."""
    over = select(Participation.id).where(
        Participation.status == P.AWAY, Participation.away_until < local_day(at)
    )
    ids = session.scalars(over.order_by(Participation.id)).all()
    for participation_id in ids:
        PARTICIPATION.fire(session, participation_id, "absence_ends", actor=SYSTEM, at=at)
    return len(ids)
