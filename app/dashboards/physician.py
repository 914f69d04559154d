"""Where a physician stands in the current cycle, whose turn it is, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from app.dashboards.contacts import Contact
from app.enums import AssessmentStatus as S
from app.enums import ParticipationStatus, ScheduleWindow
from app.models import Agency, Assessment, Cycle, Institution, Participation, Registration
from app.operations import registrations
from app.operations.registrations import Gap
from app.queries import cycles
from app.security.actor import Actor

STEPS: tuple[LazyString, ...] = (
    _l("确认参加"),
    _l("填报信息"),
    _l("医疗机构审核"),
    _l("考核机构复核"),
    _l("测评"),
    _l("结果认定"),
    _l("考核完成"),
)
_STEP_OF: Mapping[S, int] = MappingProxyType(
    {
        S.AWAITING_FORM: 1,
        S.INSTITUTION_REJECTED: 1,
        S.AGENCY_REJECTED: 1,
        S.AWAITING_INSTITUTION: 2,
        S.AWAITING_AGENCY: 3,
        S.AWAITING_EXAM: 4,
        S.DEFERRED: 4,
        S.AWAITING_MAKEUP: 4,
        S.AWAITING_VERDICT: 5,
        S.COMPLETED: 7,
        S.HALTED: 0,
    }
)
_NEXT: Mapping[S, LazyString] = MappingProxyType(
    {
        S.AWAITING_FORM: _l("请填写考核报名信息并提交。"),
        S.INSTITUTION_REJECTED: _l("请按驳回原因修改后重新提交。"),
        S.AGENCY_REJECTED: _l("请按驳回原因修改后重新提交。"),
        S.AWAITING_INSTITUTION: _l("已提交，等待本机构审核。审核通过后由考核机构复核。"),
        S.AWAITING_AGENCY: _l("本机构审核已通过，等待考核机构复核。"),
        S.AWAITING_EXAM: _l("复核已通过，请在测评时间内参加测评。"),
        S.DEFERRED: _l("已批准延期考核，请等待延考场次的通知。"),
        S.AWAITING_MAKEUP: _l("测评未合格，请在测评时间内参加补考。"),
        S.AWAITING_VERDICT: _l("测评已结束，等待认定考核结果。"),
        S.COMPLETED: _l("本周期考核已完成，您无需再做其他操作。"),
        S.HALTED: _l("卫生行政部门已停止您的考核。如有疑问，请联系隶属卫生行政部门。"),
    }
)
_WINDOW: Mapping[S, ScheduleWindow] = MappingProxyType(
    {
        S.AWAITING_FORM: ScheduleWindow.REGISTRATION,
        S.INSTITUTION_REJECTED: ScheduleWindow.REVIEW,
        S.AGENCY_REJECTED: ScheduleWindow.REVIEW,
        S.AWAITING_INSTITUTION: ScheduleWindow.REVIEW,
        S.AWAITING_AGENCY: ScheduleWindow.REVIEW,
        S.AWAITING_EXAM: ScheduleWindow.EXAMINATION,
        S.DEFERRED: ScheduleWindow.EXAMINATION,
        S.AWAITING_MAKEUP: ScheduleWindow.EXAMINATION,
        S.AWAITING_VERDICT: ScheduleWindow.CYCLE,
        S.HALTED: ScheduleWindow.CYCLE,
    }
)
_OUTSIDE: Mapping[ParticipationStatus, LazyString] = MappingProxyType(
    {
        ParticipationStatus.UNCONFIRMED: _l("您尚未被确认参加本周期考核，请联系本机构。"),
        ParticipationStatus.AWAY: _l(
            "您已被登记为离岗，不参加本周期考核。如有疑问，请联系本机构。"
        ),
        ParticipationStatus.MOVED: _l("您已转出原机构。请联系现执业机构确认参加本周期考核。"),
    }
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a physician has before him or her: cycle, participation and case, if any."""

    cycle: Cycle | None = None
    participation: Participation | None = None
    case: Assessment | None = None

    @property
    def why_closed(self) -> LazyString | None:
        """Say why there is no case to work on, or None."""
        if self.cycle is None:
            return _l("目前没有进行中的考核周期。周期开放后，可在此填报考核信息。")
        if self.participation is None:
            return _OUTSIDE[ParticipationStatus.UNCONFIRMED]
        if self.case is None:
            return _OUTSIDE.get(
                self.participation.status, _OUTSIDE[ParticipationStatus.UNCONFIRMED]
            )
        return None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The window that counts now; ``days_left`` includes today and is 0 when it is over."""

    label: LazyString
    starts_on: date
    last_day: date
    days_left: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the case stands, who has it, what is missing and why it came back."""

    step: int
    following: LazyString
    holder: LazyString | str | None
    deadline: Deadline | None
    gaps: tuple[Gap, ...]
    registration: Registration | None
    returned_reason: str | None


def desk(session: Session, *, actor: Actor) -> Desk:
    """Read the acting physician's participation and case in the province's current cycle."""
    cycle = cycles.current(session, province_id=actor.province_id)
    if cycle is None or actor.physician_id is None:
        return Desk(cycle)
    found = registrations.participation_of(
        session, physician_id=actor.physician_id, cycle_id=cycle.id
    )
    confirmed = found is not None and found.status is ParticipationStatus.CONFIRMED
    return Desk(cycle, found, found.assessment if found is not None and confirmed else None)


def standing(session: Session, case: Assessment, *, today: date) -> Standing:
    """Say what a case waits for."""
    with_physician = case.status in registrations.WITH_PHYSICIAN
    registration = registrations.find(session, participation_id=case.participation_id)
    missing = registrations.gaps(session, case) if with_physician else []
    return Standing(
        step=_STEP_OF[case.status],
        following=_NEXT[case.status],
        holder=_holder(session, case),
        deadline=_deadline(case, today=today),
        gaps=tuple(missing) if registration is not None else (),
        registration=registration,
        returned_reason=case.returned_reason if with_physician else None,
    )


def own_institution(session: Session, *, actor: Actor) -> Contact | None:
    """Give whom to call in the physician's own institution."""
    found = session.get(Institution, actor.institution_id) if actor.institution_id else None
    if found is None:
        return None
    return Contact(_("医疗卫生机构"), found.name, found.contact_person, found.contact_phone)


def _holder(session: Session, case: Assessment) -> LazyString | str | None:
    if case.status in registrations.WITH_PHYSICIAN:
        return _l("本人")
    if case.status is S.COMPLETED:
        return None
    if case.status is S.AWAITING_INSTITUTION:
        return case.institution.name
    agency = session.get(Agency, case.agency_id) if case.agency_id is not None else None
    return agency.name if agency is not None else _l("考核机构（尚未指派）")


def _deadline(case: Assessment, *, today: date) -> Deadline | None:
    kind = _WINDOW.get(case.status)
    window = cycles.window(case.cycle, kind) if kind is not None else None
    if kind is None or window is None:
        return None
    left = max((window.last_day - today).days + 1, 0)
    return Deadline(kind.label, window.starts_on, window.last_day, left)


def past(session: Session, *, actor: Actor, current: Cycle | None) -> Sequence[Participation]:
    """Give the acting physician's participations in other cycles, the latest first."""
    statement = (
        select(Participation)
        .join(Participation.cycle)
        .where(
            Participation.physician_id == actor.physician_id,
            Participation.cycle_id != (current.id if current is not None else 0),
        )
        .order_by(Cycle.starts_on.desc(), Participation.id.desc())
        .options(contains_eager(Participation.cycle), selectinload(Participation.assessment))
    )
    return session.scalars(statement).all()
