"""截止提醒: windows that close in 7, 3 or 1 days, told to those who still have to act.

Every reminder has a key of window, last day and distance: a second run writes nothing, however
many processes run it, and a day without a run is made up for on the next.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.enums import N_, CycleStatus, MessageKind, ObjectionStatus, Role, ScheduleWindow
from app.enums import AssessmentStatus as S
from app.models import Assessment, Cycle, CycleWindow, Identity, Objection
from app.operations.messages import tell, word
from app.periods import local_day
from app.queries.messages import wearers
from app.security.actor import unscoped

DISTANCES = (1, 3, 7)

_WAITING: Mapping[ScheduleWindow, tuple[S, ...]] = {
    ScheduleWindow.REGISTRATION: (S.AWAITING_FORM,),
    ScheduleWindow.REVIEW: (S.INSTITUTION_REJECTED, S.AGENCY_REJECTED),
    ScheduleWindow.EXAMINATION: (S.AWAITING_EXAM, S.AWAITING_MAKEUP),
}
_TEXTS: Mapping[ScheduleWindow, tuple[str, str]] = {
    ScheduleWindow.REGISTRATION: (N_("请尽快提交考核报名信息"), "/registration/"),
    ScheduleWindow.REVIEW: (N_("请尽快修改并重新提交报名信息"), "/registration/"),
    ScheduleWindow.EXAMINATION: (N_("请按时参加测评"), "/"),
}
_REVIEWERS: Mapping[Role, tuple[S, str, str]] = {
    Role.INSTITUTION: (S.AWAITING_INSTITUTION, "institution_id", N_("还有报名信息待审核")),
    Role.AGENCY: (S.AWAITING_AGENCY, "agency_id", N_("还有报名信息待复核")),
}
_UNTIL = N_("“%(window)s”将于%(day)s截止。")
_COUNTED = N_("“%(window)s”将于%(day)s截止，还有%(n)s份待办理。")
_ANSWER, _LATE = N_("请答复复核申请"), N_("复核申请已超过答复期限")
_ANSWER_BY = N_("答复期限为%(day)s（管理办法第二十四条）。")
_LATE_BY = N_("应于%(day)s前答复（管理办法第二十四条），请立即办理。")


def sweep(session: Session, *, at: datetime) -> int:
    """Write the reminders that are due and return how many; for a periodic task.

    A body gets one message with its number of open cases, a physician one of the own.
    """
    with unscoped("the clock reminds everybody"):
        of_windows = sum(
            _to_physicians(session, window, key, at=at) + _to_bodies(session, window, key, at=at)
            for window, key in _due(session, today=local_day(at))
        )
        return of_windows + _to_answerers(session, at=at)


def _due(session: Session, *, today: date) -> Iterator[tuple[CycleWindow, str]]:
    rows = session.scalars(
        select(CycleWindow)
        .join(Cycle, Cycle.id == CycleWindow.cycle_id)
        .where(
            Cycle.status == CycleStatus.OPEN,
            CycleWindow.kind.in_(list(_WAITING)),
            CycleWindow.starts_on <= today,
            CycleWindow.last_day >= today,
        )
        .order_by(CycleWindow.id)
    ).all()
    for row in rows:
        left = (row.last_day - today).days
        distance = next((days for days in DISTANCES if left <= days), None)
        if distance is not None:
            yield row, f"window:{row.id}:{row.last_day:%Y%m%d}:{distance}"


def _said(window: CycleWindow) -> dict[str, Any]:
    return {"window": word(window.kind.value), "day": window.last_day.isoformat()}


def _to_physicians(session: Session, window: CycleWindow, key: str, *, at: datetime) -> int:
    waiting = select(Assessment.physician_id).where(
        Assessment.cycle_id == window.cycle_id, Assessment.status.in_(_WAITING[window.kind])
    )
    title, link = _TEXTS[window.kind]
    people = wearers(Identity.physician_id.in_(waiting), Identity.role == Role.PHYSICIAN)
    return _remind(session, people, title, _UNTIL, _said(window), link, key=key, at=at)


def _to_bodies(session: Session, window: CycleWindow, key: str, *, at: datetime) -> int:
    if window.kind is not ScheduleWindow.REVIEW:
        return 0
    told = 0
    for role, (status, column, title) in _REVIEWERS.items():
        body = getattr(Assessment, column)
        counted = session.execute(
            select(body, func.count())
            .where(
                Assessment.cycle_id == window.cycle_id,
                Assessment.status == status,
                body.is_not(None),
            )
            .group_by(body)
        ).all()
        by_number = defaultdict(list)
        for body_id, number in counted:
            by_number[number].append(body_id)
        for number, ids in by_number.items():  # bodies with the same number share a statement
            people = wearers(getattr(Identity, column).in_(ids), Identity.role == role)
            said = _said(window) | {"n": number}
            own = f"{key}:{role.name}"  # somebody may be clerk of both
            told += _remind(session, people, title, _COUNTED, said, "/", key=own, at=at)
    return told


def _to_answerers(session: Session, *, at: datetime) -> int:
    """Remind agencies of objections that are to be answered (art. 24); once late, the province, too."""
    today, told = local_day(at), 0
    waiting = select(Objection).where(
        Objection.status == ObjectionStatus.AWAITING,
        Objection.due_on <= today + timedelta(days=max(DISTANCES)),
    )
    for row in session.scalars(waiting.order_by(Objection.id)).all():
        left = (row.due_on - today).days
        distance = next(days for days in (-1, *DISTANCES) if left <= days)
        is_late = distance < 0
        key = f"objection:{row.id}:{row.due_on:%Y%m%d}:{distance}"
        people = [wearers(Identity.agency_id == row.agency_id, Identity.role == Role.AGENCY)]
        if is_late:
            office = Identity.authority_id == row.province_id
            people.append(wearers(office, Identity.role == Role.AUTHORITY))
        title, body = (_LATE, _LATE_BY) if is_late else (_ANSWER, _ANSWER_BY)
        said = {"day": row.due_on.isoformat()}
        link = f"/objections/case/{row.id}"
        for some in people:
            told += _remind(session, some, title, body, said, link, key=key, at=at)
    return told


def _remind(
    session: Session,
    people: Select[Any],
    title: str,
    body: str,
    said: Mapping[str, Any],
    link: str,
    *,
    key: str,
    at: datetime,
) -> int:
    return tell(
        session,
        people,
        at=at,
        kind=MessageKind.REMINDER,
        title=title,
        body=body,
        parameters=said,
        link=link,
        once=key,
    )
