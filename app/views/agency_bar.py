"""取消资格 of an agency: the page that asks for how many cycles, and why (art. 29)."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.extensions import db
from app.models import Agency
from app.views import paths
from app.views.base import acting, page
from app.views.clock import now
from app.views.steps import step_url, take_typed
from app.workflows.agency import AGENCY, LEAST, MOST
from app.workflows.engine import OVERTAKEN, StepOvertaken
from app.workflows.offers import startable

STEP = "disqualify"
_NEEDED = InputRequired(_l("请填写。"))


class BarForm(FlaskForm):
    """Posted to the workflow's step, which judges it."""

    cycles = IntegerField(
        _l("取消资格的周期数"), [_NEEDED, NumberRange(LEAST, MOST)], default=LEAST,
        description=_l("两个考核周期以上（管理办法第二十九条），从当前周期算起。"),
    )  # fmt: skip
    comment = TextAreaField(
        _l("取消资格原因"), [_NEEDED, Length(max=500)], render_kw={"rows": 3, "maxlength": 500}
    )
    next = HiddenField()
    back = HiddenField()


def draw(row: Agency, *, crumbs: Any) -> str:
    """Ask for the term and the reason.

    :raises StepOvertaken: the agency has lost its standing already.
    """
    offers = startable(AGENCY, db.session(), row, actor=acting(), at=now())
    if all(one.action != STEP for one in offers):
        raise StepOvertaken(OVERTAKEN)
    typed = take_typed(AGENCY.name, row.id)
    form = BarForm(MultiDict(typed)) if typed else BarForm(formdata=None)
    form.next.data = url_for("AgencyView.list")
    form.back.data = paths.to("AgencyView.bar", pk=row.id)
    drawn = {
        "form": form,
        "action": step_url(AGENCY.name, row.id, STEP),
        "cancel_url": url_for("AgencyView.list"),
        "narrow": True,
    }
    title = _("取消资格：%(name)s", name=row.name)
    return page("form.html", title=title, crumbs=crumbs, page=drawn)
