"""跟班带教 of a physician: the own records, and what was asked to be amended."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from app.extensions import db
from app.models import Mentorship, MentorshipChange
from app.operations import mentorships
from app.views import actions, casefacts, cells
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.errors import ANTICIPATED, refuse
from app.views.mentorship_forms import ChangeForm
from app.workflows.mentorship_change import MENTORSHIP_CHANGE
from app.workflows.offers import startable


class OwnMentorshipView(PageView):
    """A physician's own records, and what was asked to be amended."""

    route_base = "/mentorship"

    @expose("/")
    @protected("use")
    def index(self) -> Any:
        """List the own records with their requests."""
        session = db.session()
        records = session.scalars(select(Mentorship).order_by(Mentorship.started_on.desc())).all()
        changes = session.scalars(
            select(MentorshipChange)
            .options(joinedload(MentorshipChange.mentorship))
            .order_by(MentorshipChange.id.desc())
        ).all()
        drawn = {
            "records": [_record(row) for row in records],
            "changes": [_change(row) for row in changes],
        }
        return page("mentorship/own.html", title=_l("跟班带教"), page=drawn)

    @expose("/change/<int:pk>", methods=["GET", "POST"])
    @protected("use")
    def change(self, pk: int) -> Any:
        """Ask for an amendment of one record."""
        row = db.session.get(Mentorship, pk)
        if row is None:
            raise NotFound
        form = ChangeForm(obj=row)
        if request.method == "POST" and form.validate():
            try:
                mentorships.ask_change(
                    db.session(),
                    row,
                    form.period(),
                    reason=form.reason.data.strip(),
                    actor=acting(),
                    at=now(),
                )
                db.session.commit()
            except ANTICIPATED as refusal:
                db.session.rollback()
                refuse(form, refusal)
            else:
                flash(_("提交成功，等待本机构审核。"), "success")
                return redirect(url_for("OwnMentorshipView.index"))
        drawn = {
            "form": form,
            "submit_label": _("提交申请"),
            "cancel_url": url_for("OwnMentorshipView.index"),
        }
        return page("form.html", title=_l("申请修改"), page=drawn)


def _record(row: Mentorship) -> dict[str, Any]:
    facts: casefacts.Facts = [
        *((_(word), cells.shown(getattr(row, name))) for name, word in mentorships.FIELDS.items()),
        (_("带教评价"), cells.shown(row.evaluation)),
        (_("带教记录"), row.log),
    ]
    return {"facts": facts, "url": url_for("OwnMentorshipView.change", pk=row.id)}


def _change(row: MentorshipChange) -> dict[str, Any]:
    offers = startable(MENTORSHIP_CHANGE, db.session(), row, actor=acting(), at=now())
    return {
        "chip": cells.chip(row.status),
        "asked": cells.shown(row.asked_at),
        "reason": row.reason,
        "returned_reason": row.returned_reason,
        "actions": actions.steps(MENTORSHIP_CHANGE.name, row.id, offers),
    }
