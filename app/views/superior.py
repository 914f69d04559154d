"""隶属调整 of an institution: choose the superior, see what it does, say why."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from app.extensions import db
from app.models import Institution
from app.operations import superiors
from app.operations.superiors import Effect
from app.views import bodies
from app.views.base import acting, page
from app.views.clock import now
from app.views.errors import ANTICIPATED, refuse


class SuperiorForm(FlaskForm):
    """The new superior, and the reason that is asked for once the effect is known."""

    authority_id = bodies.OfficeField(
        _l("新的隶属行政机构"), bodies.PROVINCIAL, validators=[DataRequired()]
    )
    reason = TextAreaField(
        _l("调整原因"), validators=[Optional(), Length(max=500)], render_kw={"rows": 3}
    )


def answer(view: Any, institution: Institution) -> Any:
    """Draw the page, the effect, or do it; ``action`` tells which button was pressed."""
    form = SuperiorForm()
    told: Effect | None = None
    if request.method == "POST" and form.validate():
        session, office = db.session(), form.authority_id.office
        assert office is not None  # the field has checked it
        try:
            told = superiors.effect(session, institution, office)
            if request.form.get("action") == "confirm":
                superiors.reassign(
                    session, institution, office, reason=(form.reason.data or "").strip(),
                    actor=acting(), at=now(),
                )  # fmt: skip
                session.commit()
                flash(_("隶属关系已调整，立即生效。"), "success")
                return redirect(url_for(f"{view.endpoint}.list"))
        except ANTICIPATED as refusal:
            session.rollback()
            refuse(form, refusal)
    drawn = {
        "form": form,
        "present": institution.authority.name,
        "effect": told,
        "cancel_url": url_for(f"{view.endpoint}.list"),
    }
    title = _("隶属调整：%(name)s", name=institution.name)
    return page("institution/superior.html", title=title, crumbs=view.crumbs(), page=drawn)
