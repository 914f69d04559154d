"""考核进度汇总 as a download: what is counted for whom, told in the file and in the trail."""

from flask import Response
from flask_babel import gettext as _

from app.exchange.summary_workbook import summary_workbook
from app.extensions import db
from app.models import Assessment
from app.queries import cycles
from app.queries.progress_summary import DIMENSIONS, tallies
from app.views import provenance
from app.views.access import acting
from app.views.clock import now
from app.views.provenance import Taken


def answer() -> Response:
    """Count the current cycle in the actor's scope; one hospital is not told apart from itself."""
    actor, session = acting(), db.session()
    cycle = cycles.current(session, province_id=actor.province_id)
    taken = Taken(
        name=_("考核进度汇总"),
        subject=Assessment.__tablename__,
        words=[(_("考核周期"), cycle.label if cycle is not None else _("各省当前周期"))],
        actor=actor,
        at=now(),
    )
    groups = [
        (dimension, tallies(session, dimension, province_id=actor.province_id))
        for dimension in DIMENSIONS
        if actor.institution_id is None or not dimension.is_over_institutions
    ]
    total = sum(tally.number for tally in groups[-1][1])
    provenance.write_down(taken, total=total)
    about = [*taken.about(), (_("记录数"), str(total))]
    return provenance.attachment(taken, summary_workbook(groups, about=about), "xlsx")
