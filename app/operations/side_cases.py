"""What 免考 and 延考 have in common: one request a case, a draft until 提交申请, evidence beside it."""

from collections.abc import Mapping, Set
from datetime import date, datetime
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, CycleStatus, DeferralStatus, ExemptionStatus
from app.models import Assessment, Deferral, Exemption
from app.operations.registrations import SCOPE
from app.refusals import Refusal

Request = TypeVar("Request", Exemption, Deferral)

DRAFTS = frozenset(
    {
        ExemptionStatus.NONE,
        ExemptionStatus.REJECTED,
        DeferralStatus.NONE,
        DeferralStatus.REJECTED,
    }
)
"""The states in which a request is the physician's to change."""


class RequestClosed(Refusal):
    """The request is under review or decided; ``message`` is in the user's words."""


def of_case(session: Session, model: type[Request], *, case_id: int) -> Request | None:
    """Give the request of a case, or None when none was ever begun."""
    return session.scalars(select(model).where(model.assessment_id == case_id)).one_or_none()


def open_draft(
    session: Session, model: type[Request], case: Assessment, *, at: datetime
) -> Request:
    """Give the case's request under its lock, begun when there was none.

    :raises RequestClosed: it is under review or decided.
    """
    locked = select(model).where(model.assessment_id == case.id).with_for_update()
    found = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        found = model(
            status_since=at,
            assessment_id=case.id,
            participation_id=case.participation_id,
            **{name: getattr(case, name) for name in SCOPE},
        )
        session.add(found)
        session.flush()  # its evidence names its id
    if found.status not in DRAFTS:
        raise RequestClosed(_l("申请当前状态为“%(status)s”，不能修改。", status=found.status.label))
    return found


def save(request: Exemption | Deferral, values: Mapping[str, Any]) -> None:
    """Store what was typed, complete or not."""
    for name, value in values.items():
        setattr(request, name, value)


def case_objection(
    case: Assessment, allowed: Set[AssessmentStatus] = frozenset({AssessmentStatus.AWAITING_EXAM})
) -> LazyString | None:
    """Say why nothing can be asked for in this case now, or None (T14, T17)."""
    if case.cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    if case.status not in allowed:
        return _l(
            "考核状态为“%(allowed)s”时才能申请，当前状态为“%(status)s”。可先填写并保存草稿。",
            allowed="、".join(str(one.label) for one in AssessmentStatus if one in allowed),
            status=case.status.label,
        )
    return None


def period_objection(first: date | None, last: date | None, *, today: date) -> LazyString | None:
    """Say why today is outside a period of which either end may be open, or None."""
    if (first is None or first <= today) and (last is None or today <= last):
        return None
    return _l(
        "不在申请时间内（%(first)s至%(last)s），不能提交申请。",
        first=first or "—",
        last=last or "—",
    )
