"""首页: what waits, how far, when it closes, whom to call; one page per role, and /healthz."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.dashboards import home
from app.enums import HoldUp, Role
from app.extensions import db
from app.queries.progress_summary import DepartmentProgress
from app.views import announcement_words
from app.views.actions import Action, post
from app.views.base import PageView, acting, expose, open_to_all, page, protected
from app.views.clock import now
from app.views.homelinks import links
from app.views.waiting import waiting

_TODOS: Mapping[Role, Sequence[tuple[str, Any, str]]] = {
    Role.INSTITUTION: (
        ("general", _l("一般程序 待审核"), "GeneralReviewView"),
        ("simplified", _l("简易程序 待审核"), "SimplifiedReviewView"),
        ("exemption", _l("免考申请 待审核"), "ExemptionReviewView"),
        ("deferral", _l("延考申请 待审核"), "DeferralReviewView"),
        ("mentorship_change", _l("跟班带教 修改申请"), "MentorshipChangeView"),
        ("correction", _l("更正申请 待审核"), "CorrectionView"),
        ("practice_place", _l("多机构执业备案 待审核"), "PracticePlaceView"),
        ("transfer", _l("调出申请 待办理"), "TransferRequestView"),
        ("outside_opinion", _l("多执业机构意见 待出具"), "OutsideOpinionView"),
    ),
    Role.AGENCY: (
        ("general", _l("一般程序 待复核"), "GeneralRecheckView"),
        ("simplified", _l("简易程序 待复核"), "SimplifiedRecheckView"),
        ("exemption", _l("免考申请 待复核"), "ExemptionRecheckView"),
        ("deferral", _l("延考申请 待复核"), "DeferralRecheckView"),
        ("verdict", _l("考核结果 待认定"), "VerdictView"),
        ("objection", _l("复核申请 待答复"), "ObjectionView"),
        ("recusal", _l("回避申请 待审核"), "RecusalView"),
    ),
}
"""What waits for a role: the key of its count, the manual's words, and the queue."""
_RARE = frozenset(
    {"correction", "practice_place", "transfer", "outside_opinion", "recusal", "objection"}
)
"""Not among the manual's cards: drawn only while something waits."""
_SHOWN = 8


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
        board = home.board(db.session(), actor=actor, at=now(), waiting=waiting())
        drawn = {
            "todos": self._todos(actor.role, board),
            "rings": [self._ring(rate) for rate in board.rates],
            "schedule": board.schedule,
            "cycle_text": board.cycle_text,
            "deadlines": board.deadlines,
            "contacts": board.contacts,
            "notice": self._notice(board),
            "departments": [self._department(row) for row in board.departments],
            "departments_shown": _SHOWN,
            "hold_ups": self._hold_ups(board),
            "links": self._links(actor.role),
            **announcement_words.panel(),
        }
        title = _("您好，%(name)s", name=actor.name)
        return page("home.html", title=title, page=drawn)

    def _todos(self, role: Role, board: home.Board) -> list[dict[str, Any]]:
        access = self.appbuilder.sm.has_access
        return [
            {"label": label, "count": board.todo[key], "url": url_for(f"{view}.list")}
            for key, label, view in _TODOS.get(role, ())
            if access("can_list", view) and (board.todo[key] or key not in _RARE)
        ]

    def _links(self, role: Role) -> list[dict[str, Any]]:
        return [] if role in _TODOS else links(self.appbuilder.sm.has_access)

    def _department(self, row: DepartmentProgress) -> dict[str, Any]:
        found = home.rates(
            whole=row.whole,
            reported=row.reported,
            reviewed=row.reviewed,
            completed=row.completed,
        )
        return {
            "name": row.name,
            "rates": [self._ring(rate, department=row.department_id) for rate in found],
        }

    def _hold_ups(self, board: home.Board) -> list[dict[str, Any]]:
        access = self.appbuilder.sm.has_access
        if not access("can_list", "HoldUpView"):
            return []
        return [
            {
                "label": kind.label,
                "count": count,
                "url": url_for("HoldUpView.list", tab=kind.name.lower()),
                "action": self._reminder(kind) if count else None,
            }
            for kind, count in board.hold_ups.items()
        ]

    def _reminder(self, kind: HoldUp) -> Action | None:
        if not self.appbuilder.sm.has_access("can_remind", "HoldUpView"):
            return None
        return post(
            f"remind-{kind.name.lower()}",
            _("全部提醒"),
            url_for("HoldUpView.remind", tab=kind.name.lower()),
            fields={"scope": "filter", "tab": kind.name.lower(), "back": "/"},
            confirm=_("确定要提醒这些医师吗？每人每天最多提醒一次。"),
        )

    def _ring(self, rate: home.Rate, **narrow: Any) -> dict[str, Any]:
        url = None
        if self.appbuilder.sm.has_access("can_list", "ProgressView"):
            url = url_for("ProgressView.list", tab=rate.tab, **narrow)
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
