"""考核结果备案: results that agencies report to the authority, filed one by one or together (art. 15)."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.enums import CertificateStatus, FilingStatus, Role, Verdict
from app.extensions import db
from app.jobs import issuing
from app.models import Certificate, Conclusion
from app.queries.listing import Listing, Tab
from app.views import actions, bodies, conclusion_list, listpages, paths
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, protected
from app.views.clock import now
from app.views.jobwords import lead_to
from app.views.language import own_path
from app.workflows.conclusion import CONCLUSION

_FILE = _l("确定要将所选考核结果备案吗？不合格的将进入后续处置。")
_ISSUE = _l("确定要为所选医师发证吗？仅为已备案且合格、尚未发证的医师发证。")
AT_ONCE = 200
"""Certificates that a request still issues itself."""


def printed() -> Any:
    """Match conclusions with a certificate that counts."""
    c = Certificate
    return Conclusion.id.in_(select(c.conclusion_id).where(c.status == CertificateStatus.VALID))


class ConclusionView(EntityView):
    """The conclusions of cases in the actor's scope, by how far they are."""

    datamodel = Interface(Conclusion)
    route_base = "/conclusions"
    name = _l("考核结果备案")
    group = _l("结果管理")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """List what waits for 备案 first."""
        c, row = conclusion_list, Conclusion
        is_filed = row.status == FilingStatus.FILED
        to_print = is_filed & (row.result == Verdict.PASS) & ~printed()
        return Listing(
            anchor=row,
            columns=(
                c.CYCLE, c.INSTITUTION,
                *(() if acting().role is Role.AGENCY else (c.AGENCY,)),
                *c.PERSON, c.PROCEDURE, c.RESULT, c.CONCLUDED, c.FILING,
            ),
            details=c.details,
            order=(row.concluded_at, row.id),
            criteria=(row.assessment_id.is_not(None),),
            tabs=(
                Tab(name="waiting", label=_l("待备案"), criterion=row.status == FilingStatus.AWAITING),
                Tab(name="printing", label=_l("待发证"), criterion=to_print),
                Tab(name="filed", label=_l("已备案"), criterion=is_filed),
                Tab(name="reopened", label=_l("重新考核中"),
                    criterion=row.status == FilingStatus.REOPENED),
            ),
        )  # fmt: skip

    def filters(self) -> Sequence[Any]:
        """Filter by cycle, person, procedure and result."""
        return conclusion_list.filters()

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看 and 备案."""
        found = [link("show", _l("查看"), paths.to("HistoryView.result", pk=row.pk))]
        return [*found, *bodies.row_steps(CONCLUSION, row.pk, row.filing)]

    def bulk(self) -> list[Action]:
        """Give 批量备案 where something waits, and 批量发证 where certificates are missing."""
        tab = request.args.get("tab", "waiting")
        if tab == "waiting" and self.may("issue"):
            url = url_for(
                "StepView.fire_many", workflow=CONCLUSION.name, action="file", view="ConclusionView"
            )
            return [actions.post("file", _l("批量备案"), url, confirm=_FILE, tone="primary")]
        if tab == "printing" and self.may("issue"):
            url = url_for("ConclusionView.issue")
            return [actions.post("issue", _l("批量发证"), url, confirm=_ISSUE, tone="primary")]
        return []

    @expose("/issue", methods=["POST"])
    @protected("issue")
    def issue(self) -> Any:
        """Issue certificates for the ticked, or for all that the filter finds; many are a job."""
        session = db.session()
        chosen = listpages.selected(self, Conclusion)
        ids = list(session.scalars(select(Conclusion.id).where(chosen).order_by(Conclusion.id)))
        if len(ids) > AT_ONCE:
            job = issuing.ask(session, ids, actor=acting(), at=now())
            session.commit()
            return lead_to(job, _("记录较多，已转为后台任务，可在本页查看进度。"))
        done = issuing.issue(session, ids, actor=acting(), at=now())
        session.commit()
        flash(_("已发证%(n)s份。", n=len(done.ids)), "success" if done.ids else "info")
        reasons: dict[str, int] = {}
        for reason in done.refused.values():
            reasons[str(reason)] = reasons.get(str(reason), 0) + 1
        for text, number in reasons.items():
            flash(_("%(n)s条未处理：%(reason)s", n=number, reason=text), "warning")
        back = url_for("ConclusionView.list", tab="printing")
        return redirect(own_path(request.form.get("back") or "", back))
