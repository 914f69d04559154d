"""结束周期: what is open and whose it is, what would lapse, and the button that begins the end (T38)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus, ScheduleWindow
from app.extensions import db
from app.jobs import absences
from app.jobs import closing as jobs
from app.models import Cycle
from app.operations import closing
from app.operations.closing import Closing
from app.queries import cycles
from app.views.base import acting, page
from app.views.clock import now, today
from app.views.jobwords import lead_to

_S = AssessmentStatus
_WHOSE = {
    _S.AWAITING_INSTITUTION: _l("等待医疗卫生机构审核，请督促其审核或驳回。"),
    _S.AWAITING_AGENCY: _l("等待考核机构复核，请督促其复核。"),
    _S.AWAITING_EXAM: _l("尚未参加测评。测评时间结束后，可登记缺考。"),
    _S.DEFERRED: _l("已批准延期考核，须待延考场次开始。"),
    _S.AWAITING_MAKEUP: _l("尚未参加补考。测评时间结束后，可登记缺考。"),
    _S.AWAITING_VERDICT: _l("等待考核机构认定结果，请督促其认定。"),
}


def answer(cycle: Cycle, *, crumbs: Any) -> Any:
    """Draw the page, or ask for the job."""
    found = closing.look(db.session(), cycle)
    reason = request.form.get("comment", "").strip()[:500]
    if request.method == "POST" and reason and not found.blocking:
        session = db.session()
        job = jobs.ask(session, cycle, reason=reason, actor=acting(), at=now())
        session.commit()
        return lead_to(job, _("正在结束周期，可在本页查看进度。"))
    if request.method == "POST":
        flash(_("请填写结束原因，并先处理完未完成的考核。"), "danger")
    return page(
        "cycle/closing.html",
        title=_("结束第%(label)s周期", label=cycle.label),
        crumbs=crumbs,
        page=_drawn(cycle, found),
    )


def enter_absent(cycle: Cycle) -> Any:
    """Ask for the job that enters 缺考; only once the examination is over."""
    back = url_for("CycleView.closing", pk=cycle.id)
    if not is_over(cycle):
        flash(_("测评时间尚未结束，不能登记缺考。"), "danger")
        return redirect(back)
    session = db.session()
    job = absences.ask(session, cycle, actor=acting(), at=now())
    session.commit()
    if job is None:
        flash(_("没有尚未开始的试卷。"), "info")
        return redirect(back)
    return lead_to(job, _("正在登记缺考，可在本页查看进度。"))


def is_over(cycle: Cycle) -> bool:
    """Say whether the examination of a cycle has ended."""
    window = cycles.window(cycle, ScheduleWindow.EXAMINATION)
    return window is None or window.last_day < today()


def _drawn(cycle: Cycle, found: Closing) -> dict[str, Any]:
    def listed(status: AssessmentStatus) -> str:
        return url_for("ProgressView.list", status=status.name)

    awaited = (_S.AWAITING_EXAM, _S.AWAITING_MAKEUP)
    return {
        "blocking": [
            (status.label, number, _WHOSE[status], listed(status))
            for status, number in found.blocking.items()
        ],
        "lapsing": [
            (status.label, found.cases[status], listed(status))
            for status in _S
            if status in closing.LAPSING and found.cases.get(status)
        ],
        "lapse_total": found.lapsing,
        "ended": [
            (status.label, found.cases.get(status, 0)) for status in (_S.COMPLETED, _S.HALTED)
        ],
        "unconfirmed": found.unconfirmed,
        "unfiled": found.unfiled,
        "objections": found.objections,
        "may_enter_absent": any(found.cases.get(one) for one in awaited) and is_over(cycle),
        "absent_url": url_for("CycleView.absent", pk=cycle.id),
        "url": url_for("CycleView.closing", pk=cycle.id),
        "back_url": url_for("CycleView.show", pk=cycle.id),
        "filing_url": url_for("ConclusionView.list"),
        "objection_url": url_for("ObjectionView.list"),
        "follow_url": f"{url_for('CycleView.add')}?from={cycle.id}",
    }
