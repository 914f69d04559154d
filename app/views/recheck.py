"""一般程序复核 and 简易程序复核: the assessment agency's queue (art. 11, 14)."""

from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus, Procedure
from app.views.desks import RECHECK_DESK, Desk
from app.views.review import QueueView


class RecheckView(QueueView):
    """What waits for the agency, of the institutions entrusted to it."""

    waiting_for = AssessmentStatus.AWAITING_AGENCY
    row_label = _l("复核")

    def desk(self) -> Desk:
        """Let the agency give its own opinion and decide."""
        return RECHECK_DESK


class GeneralRecheckView(RecheckView):
    """一般程序复核."""

    route_base = "/recheck/general"
    name = _l("一般程序复核")
    procedure = Procedure.GENERAL


class SimplifiedRecheckView(RecheckView):
    """简易程序复核."""

    route_base = "/recheck/simplified"
    name = _l("简易程序复核")
    procedure = Procedure.SIMPLIFIED
