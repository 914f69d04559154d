"""What a physician's pages of requests share: a form that asks, and below it what was asked before."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.extensions import db
from app.models import Physician
from app.views import actions, casefacts, cells
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.errors import ANTICIPATED, refuse
from app.workflows.engine import Text, Workflow
from app.workflows.offers import startable


class OwnRequestsView(PageView):
    """Requests of one kind; a subclass names model, workflow and form, and stores what was asked."""

    model: Any
    workflow: Workflow
    title: Any
    about: Any
    form_class: Any
    has_file = False
    sent_text: Any

    def closed(self) -> Text | None:
        """Say why nothing can be asked for now, or None."""
        return None

    def ask(self, form: Any) -> None:
        """Store what was typed; the caller commits."""
        raise NotImplementedError

    def facts(self, row: Any) -> casefacts.Facts:
        """Give what was asked for."""
        raise NotImplementedError

    def links(self, row: Any) -> Sequence[actions.Action]:
        """Give the files of a request."""
        return ()

    @expose("/", methods=["GET", "POST"])
    @protected("use")
    def index(self) -> Any:
        """Draw the form and what was asked before, or take what was typed."""
        if request.method == "POST":
            form = self.form_class()
            if form.validate():
                try:
                    self.ask(form)
                    db.session.commit()
                except ANTICIPATED as refusal:
                    db.session.rollback()
                    refuse(form, refusal)
                else:
                    flash(str(self.sent_text), "success")
                    return redirect(url_for(f"{self.endpoint}.index"))
        else:
            form = self.form_class(formdata=None)
        return self._draw(form)

    def _draw(self, form: Any) -> str:
        session = db.session()
        rows = session.scalars(select(self.model).order_by(self.model.id.desc())).all()
        closed = self.closed()
        drawn = {
            "about": self.about,
            "closed": closed,
            "form": None if closed is not None else form,
            "has_file": self.has_file,
            "rows": [self._row(row) for row in rows],
            "url": url_for(f"{self.endpoint}.index"),
        }
        return page("request/own.html", title=self.title, page=drawn)

    def _row(self, row: Any) -> dict[str, Any]:
        offers = startable(self.workflow, db.session(), row, actor=acting(), at=now())
        return {
            "chip": cells.chip(row.status),
            "facts": [*self.facts(row), (_("申请时间"), cells.shown(row.asked_at))],
            "returned_reason": row.returned_reason,
            "links": self.links(row),
            "actions": actions.steps(self.workflow.name, row.id, offers),
        }


def oneself() -> Physician:
    """Give the acting physician's row."""
    return db.session.get_one(Physician, acting().physician_id)
