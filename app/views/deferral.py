"""延考申请 of the physician, 延考审核 of the institution and of the agency (domain T17)."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import Optional

from app.enums import DeferralStatus
from app.models import Assessment, Deferral
from app.operations import deferrals
from app.queries import cycles
from app.views import casefacts, caseforms, cells
from app.views.base import Interface
from app.views.clock import today
from app.views.converter import DynamicForm
from app.views.side_request_forms import DeferralForm, filled
from app.views.side_requests import RequestView
from app.views.side_reviews import RequestReviewView
from app.workflows.deferral import DEFERRAL


class DeferralView(RequestView):
    """The physician's own request."""

    route_base = "/deferral"
    model = Deferral
    workflow = DEFERRAL
    title = _l("延考申请")
    about = _l(
        "因正当理由不能按期参加测评的，可以申请延期考核。申请经本机构审核、考核机构批准后生效，"
        "延考场次开始时恢复为待参加测评。无正当理由不参加考核的，视为考核不合格。"
    )
    fields = ("ground", "hindered_from", "hindered_until", "note")

    def form_of(self, case: Assessment, stored: Any, *, is_posted: bool) -> Any:
        """Offer the grounds of the cycle's rules."""
        form = filled(DeferralForm, stored, is_posted=is_posted, names=self.fields)
        form.offer(cycles.rules(case.cycle).deferral_grounds)
        return form

    def case_closed(self, case: Assessment) -> Any:
        """Say why nothing can be asked for now, or None."""
        return deferrals.objection(case, today=today())

    def gaps(self, case: Assessment, stored: Any) -> Sequence[Any]:
        """List what is missing of a stored request."""
        return deferrals.gaps(case, stored, evidence=len(stored.attachments))

    def facts(self, stored: Any) -> casefacts.Facts:
        """Give what was asked for."""
        return request_facts(stored)


def request_facts(stored: Deferral) -> casefacts.Facts:
    """Give what a deferral says."""
    found: casefacts.Facts = [
        (_("延考事由"), _(stored.ground) if stored.ground else None),
        (_("不能参加测评的开始日期"), cells.shown(stored.hindered_from)),
        (_("不能参加测评的结束日期"), cells.shown(stored.hindered_until)),
        (_("说明"), stored.note),
    ]
    if stored.session_on is not None:
        found.append((_("延考场次日期"), cells.shown(stored.session_on)))
    return found


class SessionForm(DynamicForm):
    """The day of the deferred session, given with 批准."""

    session_on = DateField(
        _l("延考场次日期"),
        validators=[Optional()],
        description=_l("批准时必填；自该日起恢复为待参加测评。"),
    )


class _DeferralQueue(RequestReviewView):
    datamodel = Interface(Deferral)
    model = Deferral
    workflow = DEFERRAL
    heading = _l("延考申请材料")

    def facts(self, stored: Any) -> casefacts.Facts:
        """Give what was asked for."""
        return request_facts(stored)


class DeferralReviewView(_DeferralQueue):
    """What waits for the institution."""

    route_base = "/deferral-review"
    name = _l("延考审核")
    waiting_for = DeferralStatus.AWAITING_INSTITUTION
    row_label = _l("审核")


class DeferralRecheckView(_DeferralQueue):
    """What waits for the agency."""

    route_base = "/deferral-recheck"
    name = _l("延考复核")
    waiting_for = DeferralStatus.AWAITING_AGENCY
    row_label = _l("复核")

    def decision_form(self, typed: dict[str, str]) -> Any:
        """Ask for the day of the session."""
        typed_day = caseforms.day(typed.get("session_on", ""))
        return SessionForm(formdata=None, data={"session_on": typed_day})
