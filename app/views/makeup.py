"""补考管理: who has to sit a paper again, in which round and session, and who was told."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.models import Paper
from app.operations import makeups
from app.queries import exam_sessions
from app.queries.listing import Listing
from app.views import actions, current, listpages, sitting_words
from app.views.actions import Action
from app.views.base import acting, expose, protected
from app.views.clock import now
from app.views.language import own_path
from app.views.paper import PaperListView

_QUESTION = _l("确定要通知所选医师参加补考吗？每人每科每天最多通知一次。")


class MakeupView(PaperListView):
    """The papers of further rounds."""

    route_base = "/makeups"
    name = _l("补考管理")

    def listing(self) -> Listing:
        """Give the columns of 测评进度 for further rounds."""
        whole = super().listing()
        is_makeup = Paper.round > 1
        tabs = tuple(tab for tab in whole.tabs if tab.name != "makeup")
        return replace(whole, criteria=(*whole.criteria, is_makeup), tabs=tabs)

    def bulk(self) -> list[Action]:
        """Give 补考通知 for the ticked, or for all that the filter finds."""
        if not self.may("tell"):
            return []
        url = url_for("MakeupView.tell")
        return [actions.post("tell", _l("补考通知"), url, confirm=_QUESTION, tone="primary")]

    @expose("/tell", methods=["POST"])
    @protected("tell")
    def tell(self) -> Any:
        """Tell the chosen when their papers are sat again."""
        session, cycle = db.session(), current.cycle()
        sessions = exam_sessions.of_cycle(session, cycle.id) if cycle is not None else []
        done = makeups.tell(
            session, listpages.selected(self, Paper), sessions,
            hours=sitting_words.hours, actor=acting(), at=now(),
        )  # fmt: skip
        session.commit()
        flash(_("已通知%(n)s人。", n=done.told), "success" if done.told else "info")
        if done.left_out:
            flash(
                _(
                    "%(n)s份试卷没有通知：已结束、尚未安排补考场次，或今天已通知过。",
                    n=done.left_out,
                ),
                "info",
            )
        return redirect(own_path(request.form.get("back") or "", url_for("MakeupView.list")))
