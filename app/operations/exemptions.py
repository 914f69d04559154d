"""免考: who may ask (art. 23, against the cycle's rules), what is missing, which papers are left."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.enums import ExemptionStatus, ScheduleWindow
from app.models import Assessment, Exemption
from app.operations.registrations import Gap
from app.operations.side_cases import case_objection, period_objection
from app.queries import cycles


def papers(case: Assessment) -> tuple[str, ...]:
    """Give the papers of the case's procedure that an exemption would count as 合格 (art. 23)."""
    rules = cycles.rules(case.cycle)
    asked = rules.papers(case.procedure) if case.procedure is not None else ()
    return tuple(paper for paper in asked if paper in rules.exempted_papers)


def papers_left(case: Assessment, exempted: Iterable[str]) -> tuple[str, ...]:
    """Give the papers that are still to be sat."""
    passed = frozenset(exempted)
    asked = cycles.rules(case.cycle).papers(case.procedure) if case.procedure is not None else ()
    return tuple(paper for paper in asked if paper not in passed)


def period(case: Assessment) -> tuple[date | None, date | None]:
    """Give the first and last day on which 免考 may be asked for."""
    rules = cycles.rules(case.cycle)
    window = cycles.window(case.cycle, ScheduleWindow.EXAMINATION)
    first, last = (window.starts_on, window.last_day) if window is not None else (None, None)
    return rules.exemption_from or first, rules.exemption_until or last


def objection(case: Assessment, *, today: date) -> LazyString | None:
    """Say why 免考 cannot be asked for whatever is filled in, or None."""
    if not cycles.rules(case.cycle).exemption_grounds:
        return _l("本省本周期不受理免考申请。")
    closed = case_objection(case)
    if closed is not None:
        return closed
    if not papers(case):
        return _l("您的考核程序没有可以免考的科目，无需申请免考。")
    return period_objection(*period(case), today=today)


def gaps(case: Assessment, request: Exemption, *, evidence: int, today: date) -> list[Gap]:
    """List what is missing or wrong in a request, in the order of the form.

    ``evidence`` is the number of its files.
    """
    found = []
    if request.ground not in cycles.rules(case.cycle).exemption_grounds:
        found.append(Gap("ground", _l("请选择本省规定的免考条件。")))
    first, last = case.cycle.starts_on, min(case.cycle.last_day, today)
    if request.certificate_on is None:
        found.append(Gap("certificate_on", _l("请填写证书取得日期。")))
    elif not first <= request.certificate_on <= last:  # art. 23: in the cycle
        found.append(
            Gap(
                "certificate_on",
                _l("证书须在考核周期内取得（%(first)s至%(last)s）。", first=first, last=last),
            )
        )
    if not evidence:
        found.append(Gap("attachment", _l("请上传证书等证明材料。")))
    return found


def passed_papers(request: Exemption | None) -> tuple[str, ...]:
    """Give the papers that count as 合格 by an exemption."""
    if request is None or request.status is not ExemptionStatus.PASSED:
        return ()
    return tuple(request.papers or ())
