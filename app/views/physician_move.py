"""转移 of a physician by the authority: where to, and why."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from app.extensions import db
from app.models import Physician
from app.operations import authority_moves
from app.views import bodies
from app.views.base import acting, page
from app.views.clock import now
from app.views.errors import ANTICIPATED, refuse


class MoveForm(FlaskForm):
    """The institution and its department, by their names."""

    institution = bodies.text(
        _l("转入机构"), required=True,
        description=_l("本级及下级范围内机构的全称或统一社会信用代码。"),
    )  # fmt: skip
    department = bodies.text(_l("转入科室"), required=True, longest=64)
    reason = TextAreaField(
        _l("转移原因"),
        [DataRequired(_l("请填写转移原因。")), Length(max=500)],
        render_kw={"rows": 3, "maxlength": 500},
    )


def answer(view: Any, item: Physician) -> Any:
    """Draw the form, or move the physician with the open case."""
    form, name = MoveForm(), item.name
    if form.validate_on_submit():
        try:
            home = authority_moves.move(
                db.session(), item, institution=form.institution.data,
                department=form.department.data, reason=form.reason.data.strip(),
                actor=acting(), at=now(),
            )  # fmt: skip
            told = _(
                "医师“%(name)s”已转移到“%(home)s”，进行中的考核一并转移。",
                name=name,
                home=home.name,
            )
            db.session.commit()
        except ANTICIPATED as refusal:
            db.session.rollback()
            refuse(form, refusal)
        else:
            flash(told, "success")
            return redirect(url_for("PhysicianView.list"))
    drawn = {
        "form": form,
        "cancel_url": url_for("PhysicianView.show", pk=item.id),
        "narrow": True,
    }
    return page("form.html", title=_("转移：%(name)s", name=name), crumbs=view.crumbs(), page=drawn)
