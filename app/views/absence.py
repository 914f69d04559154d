"""离岗: the page that asks for reason and days; the workflow takes the answer (manual 1.5)."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.models import Participation
from app.views import paths
from app.views.base import acting, page
from app.views.clock import now, today
from app.views.physician_form import AwayForm
from app.views.steps import step_url, take_typed
from app.workflows.engine import OVERTAKEN, StepOvertaken
from app.workflows.offers import startable
from app.workflows.participation import PARTICIPATION

STEPS = ("leave", "change_absence")
"""The steps that this page asks for."""


def draw(row: Participation, *, crumbs: Sequence[Any]) -> str:
    """Ask for 离岗原因 and the days of a participation.

    :raises StepOvertaken: neither step starts from where the participation is now.
    """
    offers = startable(PARTICIPATION, db.session(), row, actor=acting(), at=now())
    offer = next((one for one in offers if one.action in STEPS), None)
    if offer is None:
        raise StepOvertaken(OVERTAKEN)
    typed = take_typed(PARTICIPATION.name, row.id)
    form = AwayForm(MultiDict(typed)) if typed else AwayForm(formdata=None, obj=row)
    if not typed and form.away_from.data is None:
        form.away_from.data = today()
    form.next.data = url_for("PhysicianView.list")
    form.back.data = paths.to("PhysicianView.away", pk=row.id)
    drawn = {
        "form": form,
        "action": step_url(PARTICIPATION.name, row.id, offer.action),
        "cancel_url": url_for("PhysicianView.list"),
        "narrow": True,
    }
    title = _("离岗：%(name)s", name=row.physician.name)
    return page("form.html", title=title, crumbs=crumbs, page=drawn)
