"""首页: what waits, how far, when it closes, whom to call; one page per role, and /healthz."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.dashboards import home
from app.enums import Role
from app.extensions import db
from app.views import announcement_words
from app.views.base import PageView, acting, expose, open_to_all, page, protected
from app.views.clock import today
from app.views.homelinks import links

_TODO_VIEWS = {
    Role.INSTITUTION: ("GeneralReviewView", "SimplifiedReviewView"),
    Role.AGENCY: ("GeneralRecheckView", "SimplifiedRecheckView"),
}


class HomeView(PageView):
    """The first page after signing in."""

    route_base = ""

    @expose("/")
    @protected("see")
    def index(self) -> Any:
        """Draw the role's home page."""
        actor = acting()
        if actor.role is Role.PHYSICIAN:
            from app.views.registration import physician_home

            return physician_home()
        board = home.board(db.session(), actor=actor, today=today())
        drawn = {
            "todos": self._todos(actor.role, board),
            "rings": [self._ring(rate) for rate in board.rates],
            "schedule": board.schedule,
            "cycle_text": board.cycle_text,
            "contacts": board.contacts,
            "notice": self._notice(board),
            "links": self._links(actor.role),
            **announcement_words.panel(),
        }
        title = _("您好，%(name)s", name=actor.name)
        return page("home.html", title=title, page=drawn)

    @staticmethod
    def _todos(role: Role, board: home.Board) -> list[dict[str, Any]]:
        views = _TODO_VIEWS.get(role)
        if views is None:
            return []
        labels = (_("一般程序 待审核"), _("简易程序 待审核"))
        if role is Role.AGENCY:
            labels = (_("一般程序 待复核"), _("简易程序 待复核"))
        numbers = (board.todo.get("general", 0), board.todo.get("simplified", 0))
        return [
            {"label": label, "count": count, "url": url_for(f"{view}.list")}
            for label, count, view in zip(labels, numbers, views, strict=True)
        ]

    def _links(self, role: Role) -> list[dict[str, Any]]:
        return [] if role in _TODO_VIEWS else links(self.appbuilder.sm.has_access)

    def _ring(self, rate: home.Rate) -> dict[str, Any]:
        url = None
        if self.appbuilder.sm.has_access("can_list", "ProgressView"):
            url = url_for("ProgressView.list", tab=rate.tab)
        return {
            "label": rate.label,
            "percent": rate.percent,
            "n": rate.part,
            "m": rate.whole,
            "url": url,
        }

    @staticmethod
    def _notice(board: home.Board) -> dict[str, Any] | None:
        if board.notice is None:
            return None
        start, end = board.notice
        return {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "url": url_for("InstitutionProfileView.edit"),
        }

    @expose("/healthz")
    @open_to_all
    def healthz(self) -> Any:
        """Answer 200 when the database does."""
        db.session.execute(select(1))
        return {"status": "ok"}
