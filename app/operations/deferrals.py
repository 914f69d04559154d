"""延考: who may ask against the cycle's rules, what is missing, and from when a case is examined again."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, CycleStatus, DeferralStatus, ScheduleWindow
from app.models import Assessment, Cycle, Deferral
from app.operations.registrations import Gap
from app.operations.side_cases import case_objection, period_objection
from app.queries import cycles

DEFERRABLE = frozenset({AssessmentStatus.AWAITING_EXAM, AssessmentStatus.AWAITING_MAKEUP})
"""Whoever has something to sit may be hindered, at a makeup as well (domain 1.7)."""


def objection(case: Assessment, *, today: date) -> LazyString | None:
    """Say why 延考 cannot be asked for whatever is filled in, or None (T17)."""
    if not cycles.rules(case.cycle).deferral_grounds:
        return _l("本省本周期不受理延考申请。")
    closed = case_objection(case, DEFERRABLE)
    if closed is not None:
        return closed
    window = cycles.window(case.cycle, ScheduleWindow.EXAMINATION)
    if window is None:
        return _l("本周期尚未安排测评考核时间，不能申请延考。")
    return period_objection(None, window.last_day, today=today)


def gaps(case: Assessment, request: Deferral, *, evidence: int) -> list[Gap]:
    """List what is missing or wrong in a request, in the order of the form.

    ``evidence`` is the number of its files.
    """
    found = []
    if request.ground not in cycles.rules(case.cycle).deferral_grounds:
        found.append(Gap("ground", _l("请选择本省规定的延考事由。")))
    if request.hindered_from is None:
        found.append(Gap("hindered_from", _l("请填写不能参加测评的开始日期。")))
    if request.hindered_until is None:
        found.append(Gap("hindered_until", _l("请填写不能参加测评的结束日期。")))
    if not evidence:
        found.append(Gap("attachment", _l("请上传诊断证明、派遣函等证明材料。")))
    return found


def session_objection(case: Assessment, day: date | None, *, today: date) -> LazyString | None:
    """Say why a day cannot be that of the deferred session, or None."""
    if day is None:
        return _l("请填写延考场次日期。")
    if not today < day <= case.cycle.last_day:
        return _l(
            "延考场次日期须在明天至考核周期最后一天（%(last)s）之间。", last=case.cycle.last_day
        )
    return None


def begun(session: Session, *, today: date) -> list[int]:
    """List the cases of open cycles whose deferred session has begun, oldest first."""
    statement = (
        select(Assessment.id)
        .join(Deferral, Deferral.assessment_id == Assessment.id)
        .join(Cycle, Cycle.id == Assessment.cycle_id)
        .where(
            Assessment.status == AssessmentStatus.DEFERRED,
            Deferral.status == DeferralStatus.APPROVED,
            Deferral.session_on <= today,
            Cycle.status == CycleStatus.OPEN,
        )
        .order_by(Assessment.id)
    )
    return list(session.scalars(statement))
