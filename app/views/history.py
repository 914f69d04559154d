"""历史考核结果查询: what every cycle came to, why, and the papers about it (manual 1.10)."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.documents import results
from app.enums import CertificateStatus, Role
from app.extensions import db
from app.models import Assessment, Certificate, Conclusion
from app.operations import conclusions, objections, remedies
from app.queries import cycles
from app.queries.listing import Listing
from app.rules import CycleRules
from app.views import actions, cells, conclusion_list, paths, resultfacts, sendfile
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now, today
from app.views.import_links import import_button
from app.views.stepgate import may_take
from app.workflows.assessment import ASSESSMENT
from app.workflows.offers import startable


class HistoryView(EntityView):
    """The conclusions in the actor's scope, of every cycle."""

    datamodel = Interface(Conclusion)
    route_base = "/history"
    name = _l("历史考核结果查询")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """Give the manual's columns."""
        c = conclusion_list
        return Listing(
            anchor=Conclusion,
            columns=(
                c.CYCLE,
                *(() if acting().role in (Role.INSTITUTION, Role.PHYSICIAN) else (c.INSTITUTION,)),
                *c.PERSON,
                c.PROCEDURE,
                c.STATE,
                c.EXEMPTION,
                c.RESULT,
                c.CONCLUDED,
            ),
            details=c.details,
            order=(Conclusion.concluded_at.desc(), Conclusion.id.desc()),
        )

    def filters(self) -> Sequence[Any]:
        """Filter by cycle, person, procedure and result."""
        return conclusion_list.filters()

    def toolbar(self) -> list[Action]:
        """Give 批量导入历史考核结果 to authorities."""
        label = _l("批量导入历史考核结果")
        return import_button(self.appbuilder.sm, "ResultImportView", label)

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看."""
        return [link("show", _l("查看"), paths.to("HistoryView.result", pk=row.pk))]

    @expose("/result/<int:pk>")
    @protected("list")
    def result(self, pk: int) -> Any:
        """Draw one conclusion with its reasons and papers; a physician has received it by that."""
        found = self.found(pk)
        answer = self._drawn(found)
        if acting().role is Role.PHYSICIAN and found.received_at is None:
            session = db.session()
            session.rollback()  # that of a page begins for reading only
            conclusions.note_receipt(session, pk, at=now())
            session.commit()
        return answer

    @expose("/result/<int:pk>/notice")
    @protected("list")
    def notice(self, pk: int) -> Response:
        """Send 考核结果通知书."""
        found = self.found(pk)
        case = found.assessment
        rules = cycles.rules(case.cycle) if case is not None else CycleRules()
        name = f"{_('考核结果通知书')}-{found.physician.name}.pdf"
        return sendfile.pdf(name, results.notice(found, objection_days=rules.objection_days))

    @expose("/result/<int:pk>/case")
    @protected("list")
    def case(self, pk: int) -> Any:
        """Go on to the case on its own page."""
        return redirect(url_for("ProgressView.case", pk=self.found(pk).assessment_id))

    def _drawn(self, row: Conclusion) -> str:
        session = db.session()
        case = row.assessment
        printed = session.scalars(
            select(Certificate).where(Certificate.conclusion_id == row.id).order_by(Certificate.id)
        ).all()
        asked = objections.of_case(session, case.id) if case is not None else []
        sections = [
            *resultfacts.concluded(row),
            *resultfacts.printed(printed),
            *resultfacts.objected(asked),
            *resultfacts.disposed(remedies.of_conclusion(session, row.id)),
        ]
        drawn = {
            "name": row.physician.name,
            "status": (row.result.label, cells.tone(row.result)),
            "facts_line": [row.cycle_label, row.physician.id_masked, row.institution_name],
            "sections": sections,
            "papers": self._papers(row, printed),
            "actions": self._steps(row, case),
            "decision_title": _("考核结果"),
            "back_url": url_for("HistoryView.list"),
        }
        return page("result/show.html", title=drawn["name"], crumbs=self.crumbs(), page=drawn)

    def _papers(self, row: Conclusion, printed: Sequence[Certificate]) -> list[Action]:
        access = self.appbuilder.sm.has_access
        found = [link("notice", _l("考核结果通知书"), paths.to("HistoryView.notice", pk=row.id))]
        for one in printed:
            if one.status is CertificateStatus.VALID and access("can_download", "CertificateView"):
                url = paths.to("CertificateView.printed", pk=one.id)
                found.append(link("certificate", _l("下载合格证书"), url, tone="primary"))
        if row.assessment_id is not None and access("can_case", "ProgressView"):
            found.append(link("case", _l("查看考核"), paths.to("HistoryView.case", pk=row.id)))
        return found

    def _steps(self, row: Conclusion, case: Assessment | None) -> list[Action]:
        """Offer an objection, and to the authority what it may do about a result."""
        actor = acting()
        found = []
        if self.appbuilder.sm.has_access("can_ask", "ObjectionView"):
            closed = objections.closed(db.session(), row, actor=actor, today=today())
            is_order = actor.role is Role.AUTHORITY
            found.append(
                actions.post(
                    "object",
                    _("责令复核") if is_order else _("复核申请"),
                    url_for("ObjectionView.ask", pk=row.id),
                    closed_reason=closed,
                    needs_reason=True,
                    reason_label=_("复核理由"),
                )
            )
        if case is not None and actor.role is Role.AUTHORITY and may_take(ASSESSMENT.name):
            offers = startable(ASSESSMENT, db.session(), case, actor=actor, at=now())
            steps = [one for one in offers if one.action == "cancel_pass"]
            here = {"back": request.path, "next": request.path}
            found += [
                actions.with_fields(one, here)
                for one in actions.steps(ASSESSMENT.name, case.id, steps)
            ]
        return found
