"""考场监控: pause, continue and extend a sitting, write to whoever sits; each with who and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, Incident, SittingEventKind
from app.exams import timing
from app.models import AnswerSheet, Sitting
from app.operations import recusals, sitting_events, trail
from app.refusals import Refusal
from app.security.actor import Actor

K = SittingEventKind
LONGEST_EXTENSION = 240
LONGEST_MESSAGE = 200


class LiveRefused(Refusal):
    """Something that cannot be done to a sitting now."""


def pause(
    session: Session, sitting: Sitting, *, incident: Incident, why: str, actor: Actor, at: datetime
) -> None:
    """Stop the clock of a sitting.

    :raises LiveRefused: it has ended, or stands still already.
    """
    sheet = _going_on(session, sitting, actor=actor, at=at)
    if sheet.paused_at is not None:
        raise LiveRefused(_l("该医师的作答已经暂停。"))
    sheet.paused_at = at
    _note(session, sitting, K.PAUSED, N_("暂停作答"), _said(incident, why), actor=actor, at=at)


def go_on(session: Session, sitting: Sitting, *, actor: Actor, at: datetime) -> None:
    """Let the clock run again; the time that it stood still is given back.

    :raises LiveRefused: it has ended, or was not paused.
    """
    sheet = _going_on(session, sitting, actor=actor, at=at)
    if sheet.paused_at is None:
        raise LiveRefused(_l("该医师的作答没有暂停。"))
    sheet.deadline += at - sheet.paused_at
    sheet.paused_at = None
    _note(session, sitting, K.CONTINUED, N_("继续作答"), None, actor=actor, at=at)


def extend(
    session: Session,
    sitting: Sitting,
    *,
    minutes: int,
    incident: Incident,
    why: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Give one person more minutes.

    :raises LiveRefused: it has ended, or the number is out of range.
    """
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise LiveRefused(_l("延长时间应为1至%(most)s分钟。", most=LONGEST_EXTENSION))
    sheet = _going_on(session, sitting, actor=actor, at=at)
    sheet.deadline += timedelta(minutes=minutes)
    detail = f"{minutes}分钟；{_said(incident, why)}"
    _note(session, sitting, K.EXTENDED, N_("延长时间"), detail, actor=actor, at=at)


def write(
    session: Session, sittings: Sequence[Sitting], text: str, *, actor: Actor, at: datetime
) -> int:
    """Show a message on the pages of those who sit and say how many they are.

    :raises LiveRefused: nothing is said, or too much.
    """
    if not text or len(text) > LONGEST_MESSAGE:
        raise LiveRefused(_l("请填写消息，不超过%(most)s字。", most=LONGEST_MESSAGE))
    for sitting in sittings:
        _note(session, sitting, K.MESSAGE, N_("监考消息"), text, actor=actor, at=at)
    return len(sittings)


def _going_on(session: Session, sitting: Sitting, *, actor: Actor, at: datetime) -> AnswerSheet:
    barred: LazyString | str | None = recusals.bar(session, sitting.assessment, actor=actor)
    if barred is not None:
        raise LiveRefused(barred)
    sheet = session.scalars(
        select(AnswerSheet)
        .where(AnswerSheet.sitting_id == sitting.id)
        .with_for_update(of=AnswerSheet)
        .execution_options(populate_existing=True)
    ).one()
    is_over = timing.is_over(at, deadline=sheet.deadline, paused_at=sheet.paused_at)
    if sheet.closed_at is not None or is_over:
        raise LiveRefused(_l("该医师已经交卷。"))
    return sheet


def _said(incident: Incident, why: str) -> str:
    return f"{incident.value}：{why}"[:255]


def _note(
    session: Session,
    sitting: Sitting,
    kind: SittingEventKind,
    label: str,
    detail: str | None,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    sitting_events.note(session, sitting, kind, at=at, detail=detail, by=actor.name)
    trail.log(
        session, actor=actor, at=at, subject="sitting", subject_id=sitting.id,
        action=kind.name.lower(), label=label, comment=detail,
        participation_id=sitting.participation_id, province_id=sitting.province_id,
        authority_path=sitting.authority_path, institution_id=sitting.institution_id,
        agency_id=sitting.agency_id, physician_id=sitting.physician_id,
    )  # fmt: skip
