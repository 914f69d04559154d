"""A case for paper: all steps of its page and its trail, numbers masked as on the screen."""

from flask_babel import gettext as _

from app.enums import Role
from app.extensions import db
from app.models import Assessment
from app.queries import assessments
from app.views import casefacts, casenotes, printing
from app.views.access import page


def draw(case: Assessment, *, back_url: str) -> str:
    """Draw a case that was read for PAPER."""
    sent = case.participation.registration if case.submitted_at is not None else None
    work = [
        *casefacts.work(case, sent),
        *casenotes.sections(case, sent),
        *casefacts.opinions(case, roles=(Role.INSTITUTION, Role.AGENCY)),
        casefacts.outcome(case),
    ]
    entries = assessments.trail_of(db.session(), participation_id=case.participation_id)
    returned = case.returned_reason
    drawn = {
        "parts": [
            (_("医师信息"), casefacts.info(case, sent, reveal=False)),
            (_("工作业绩、职业道德"), work),
        ],
        "timeline": casefacts.timeline(entries),
        "facts": [(_("医疗卫生机构"), case.institution.name), *printing.facts()],
        "note": _("驳回原因：%(reason)s", reason=returned) if returned else None,
        "back_url": back_url,
    }
    return page("print/case.html", title=case.physician.name, page=drawn)
