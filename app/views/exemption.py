"""免考申请 of the physician, 免考审核 of the institution, 免考复核 of the agency (manual 1.8)."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import ExemptionStatus
from app.models import Assessment, Exemption
from app.operations import exemptions
from app.queries import cycles
from app.views import casefacts, cells
from app.views.base import Interface
from app.views.clock import today
from app.views.side_request_forms import ExemptionForm, filled
from app.views.side_requests import RequestView
from app.views.side_reviews import RequestReviewView
from app.workflows.exemption import EXEMPTION


class ExemptionView(RequestView):
    """The physician's own request."""

    route_base = "/exemption"
    model = Exemption
    workflow = EXEMPTION
    title = _l("免考申请")
    about = _l(
        "考核周期内取得住院医师规范化培训合格证书，或通过高一级专业技术职务任职资格考试的，"
        "业务水平测评视为合格（管理办法第二十三条）。申请经本机构审核、考核机构复核通过后生效；"
        "未通过的，仍须按期参加测评。"
    )
    fields = ("ground", "certificate_on", "note")

    def form_of(self, case: Assessment, stored: Any, *, is_posted: bool) -> Any:
        """Offer the grounds of the cycle's rules."""
        form = filled(ExemptionForm, stored, is_posted=is_posted, names=self.fields)
        form.offer(cycles.rules(case.cycle).exemption_grounds)
        return form

    def case_closed(self, case: Assessment) -> Any:
        """Say why nothing can be asked for now, or None."""
        return exemptions.objection(case, today=today())

    def gaps(self, case: Assessment, stored: Any) -> Sequence[Any]:
        """List what is missing of a stored request."""
        return exemptions.gaps(case, stored, evidence=len(stored.attachments), today=today())

    def facts(self, stored: Any) -> casefacts.Facts:
        """Give what was asked for."""
        return request_facts(stored)


def request_facts(stored: Exemption) -> casefacts.Facts:
    """Give what an exemption says."""
    passed = "、".join(_(paper) for paper in stored.papers or ())
    found: casefacts.Facts = [
        (_("免考条件"), _(stored.ground) if stored.ground else None),
        (_("证书取得日期"), cells.shown(stored.certificate_on)),
        (_("说明"), stored.note),
    ]
    return [*found, (_("免考科目"), passed)] if passed else found


class _ExemptionQueue(RequestReviewView):
    datamodel = Interface(Exemption)
    model = Exemption
    workflow = EXEMPTION
    heading = _l("免考申请材料")

    def facts(self, stored: Any) -> casefacts.Facts:
        """Give what was asked for, and which papers it would spare."""
        spared = "、".join(_(paper) for paper in exemptions.papers(stored.assessment))
        found = request_facts(stored)
        if stored.papers:
            return found
        return [*found, (_("通过后视为合格的科目"), spared or _("无"))]


class ExemptionReviewView(_ExemptionQueue):
    """What waits for the institution."""

    route_base = "/exemption-review"
    name = _l("免考审核")
    waiting_for = ExemptionStatus.AWAITING_INSTITUTION
    row_label = _l("审核")


class ExemptionRecheckView(_ExemptionQueue):
    """What waits for the agency."""

    route_base = "/exemption-recheck"
    name = _l("免考复核")
    waiting_for = ExemptionStatus.AWAITING_AGENCY
    row_label = _l("复核")
