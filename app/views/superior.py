"""隶属调整: choose the superior, see what it does, say why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from app.enums import AuthorityLevel
from app.extensions import db
from app.operations import authority_superiors, superiors
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


class HigherForm(SuperiorForm):
    """The same for an authority: a county goes under a city, a city under its province."""

    authority_id = bodies.OfficeField(
        _l("新的上级"),
        frozenset({AuthorityLevel.PROVINCE, AuthorityLevel.CITY}),
        validators=[DataRequired()],
    )


@dataclass(frozen=True)
class Kind:
    """What of 隶属调整 depends on who is moved."""

    form: type[SuperiorForm]
    effect: Callable[..., Effect]
    reassign: Callable[..., None]
    note: Any


INSTITUTION = Kind(
    SuperiorForm,
    superiors.effect,
    superiors.reassign,
    _l("考核机构的指派不变；该机构依托的考核机构一并调整。双方的操作审计各记一条。"),
)
AUTHORITY = Kind(
    HigherForm,
    authority_superiors.effect,
    authority_superiors.reassign,
    _l("下级机构、人员、考核和操作记录一并调整，考核机构的指派不变。双方的操作审计各记一条。"),
)


def answer(view: Any, item: Any, present: str, kind: Kind) -> Any:
    """Draw the page, the effect, or do it; ``action`` tells which button was pressed."""
    form = kind.form()
    told: Effect | None = None
    if request.method == "POST" and form.validate():
        session, office = db.session(), form.authority_id.office
        assert office is not None  # the field has checked it
        try:
            told = kind.effect(session, item, office)
            if request.form.get("action") == "confirm":
                reason = (form.reason.data or "").strip()
                kind.reassign(session, item, office, reason=reason, actor=acting(), at=now())
                session.commit()
                flash(_("隶属关系已调整，立即生效。"), "success")
                return redirect(url_for(f"{view.endpoint}.list"))
        except ANTICIPATED as refusal:
            session.rollback()
            refuse(form, refusal)
    drawn = {
        "form": form,
        "present": present,
        "effect": told,
        "note": kind.note,
        "cancel_url": url_for(f"{view.endpoint}.list"),
    }
    title = _("隶属调整：%(name)s", name=item.name)
    return page("institution/superior.html", title=title, crumbs=view.crumbs(), page=drawn)
