"""复核申请 (art. 24): asked within 30 days of receipt, or ordered by the authority; answered within 30 days."""

from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, FilingStatus, ObjectionStatus, Role
from app.models import Assessment, Conclusion, Objection
from app.operations import trail
from app.periods import local_day
from app.queries import cycles
from app.refusals import Refusal
from app.security.actor import Actor

WAITING = ObjectionStatus.AWAITING
_COPIED = (
    "province_id", "authority_path", "institution_id", "agency_id", "physician_id",
    "participation_id",
)  # fmt: skip


class ObjectionRefused(Refusal):
    """An objection that is not taken; ``field`` names what was typed wrong."""


def is_waiting(session: Session, case_id: int | None) -> bool:
    """Say whether an objection against a case's result waits for its answer."""
    found = select(Objection.id).where(
        Objection.assessment_id == case_id, Objection.status == WAITING
    )
    return case_id is not None and session.scalar(found.limit(1)) is not None


def last_day(conclusion: Conclusion, days: int) -> date | None:
    """Give the last day for an objection; None: the physician has not received the result yet."""
    if conclusion.received_at is None:
        return None
    return local_day(conclusion.received_at) + timedelta(days=days)


def closed(
    session: Session, conclusion: Conclusion, *, actor: Actor, today: date
) -> LazyString | None:
    """Say why nobody can object now, or None; an authority may order a second look at any time."""
    case = conclusion.assessment
    if case is None:
        return _l("该结果由以前的系统导入，请向当时的考核机构提出。")
    if conclusion.status is FilingStatus.REOPENED:
        return _l("该医师正在重新考核，结果认定后再提出。")
    if is_waiting(session, case.id):
        return _l("复核申请已提出，正在等待考核机构答复。")
    if actor.role is not Role.PHYSICIAN:
        return None
    decided = select(Objection.id).where(
        Objection.assessment_id == case.id,
        Objection.status.in_((ObjectionStatus.UPHELD, ObjectionStatus.CHANGED)),
        Objection.decided_at >= conclusion.concluded_at,
    )
    if session.scalar(decided.limit(1)) is not None:
        return _l("考核机构已对本次结果作出答复。如仍有异议，请联系隶属卫生行政部门。")
    last = last_day(conclusion, cycles.rules(case.cycle).objection_days)
    if last is not None and today > last:
        return _l("复核申请应在收到结果后提出，截止日期为%(day)s（管理办法第二十四条）。", day=last)
    return None


def ask(
    session: Session, conclusion: Conclusion, *, reason: str, actor: Actor, at: datetime
) -> Objection:
    """Object to a result; the agency has the days of the rules to answer.

    :raises ObjectionRefused: too late, one waits already, or the reason is missing.
    """
    session.get_one(Conclusion, conclusion.id, with_for_update=True, populate_existing=True)
    refusal = closed(session, conclusion, actor=actor, today=local_day(at))
    if refusal is not None:
        raise ObjectionRefused(refusal)
    if not reason.strip():
        raise ObjectionRefused(_l("请填写复核理由。"), field="reason")
    case = conclusion.assessment
    assert case is not None  # closed() has looked
    days = cycles.rules(case.cycle).objection_days
    found = Objection(
        assessment_id=case.id,
        status_since=at,
        by_authority=actor.role is Role.AUTHORITY,
        asked_by=actor.name,
        asked_at=at,
        due_on=local_day(at) + timedelta(days=days),
        reason=reason.strip(),
        before=conclusion.result,
        **{name: getattr(case, name) for name in _COPIED},
    )
    session.add(found)
    session.flush()  # the entry of the trail names its id
    _log(session, found, case, actor=actor, at=at)
    return found


def of_case(session: Session, case_id: int) -> list[Objection]:
    """List the objections against a case's results, the latest first."""
    found = select(Objection).where(Objection.assessment_id == case_id)
    return list(session.scalars(found.order_by(Objection.id.desc())))


def _log(
    session: Session, found: Objection, case: Assessment, *, actor: Actor, at: datetime
) -> None:
    is_order = found.by_authority
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="objection",
        subject_id=found.id,
        action="order" if is_order else "ask",
        label=N_("责令复核") if is_order else N_("提出复核申请"),
        comment=found.reason,
        **{name: getattr(case, name) for name in _COPIED},
    )
