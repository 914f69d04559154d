"""考核进度: where every case of the current cycle stands (manual 1.9.1)."""

from typing import Any

from flask import Response, url_for
from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus, Role
from app.models import Assessment
from app.queries import assessments
from app.queries.listing import Listing, Tab
from app.views import caselist, progress_summary
from app.views.actions import Action, link
from app.views.base import acting, expose, protected
from app.views.casepage import CaseView
from app.views.desks import OVERSIGHT_DESK, Desk

_TABS = (
    ("all", _l("全部"), assessments.TAKING_PART),
    ("reported", _l("已填报"), assessments.REPORTED),
    ("reviewed", _l("已审核"), assessments.REVIEWED),
    ("completed", _l("已完成"), assessments.COMPLETED),
    ("halted", _l("停止考核"), frozenset({AssessmentStatus.HALTED})),
)


def tab_of(status: AssessmentStatus) -> str:
    """Give the tab that holds the cases of a state."""
    return "halted" if status is AssessmentStatus.HALTED else "all"


class ProgressView(CaseView):
    """All cases of the actor's scope, read only; after 提交 the authority may send one back."""

    route_base = "/progress"
    name = _l("考核进度")
    group = _l("进度管理")
    abilities = CaseView.abilities | {"plain_export"}

    def desk(self) -> Desk | None:
        """Let the authority, and nobody else, take a submitted registration back."""
        return OVERSIGHT_DESK if acting().role is Role.AUTHORITY else None

    def listing(self) -> Listing:
        """List the current cycle by what is done."""
        return Listing(
            anchor=Assessment,
            columns=caselist.columns(
                "department",
                "name",
                "age",
                "id_number",
                "category",
                "level",
                "procedure",
                "status",
                "result",
            ),
            details=caselist.details,
            tabs=tuple(
                Tab(name=name, label=label, criterion=assessments.in_states(states))
                for name, label, states in _TABS
            ),
            criteria=(assessments.in_current_cycle(province_id=acting().province_id),),
        )

    def filters(self) -> list[Any]:
        """Offer the manual's filters."""
        names = ("procedure", "status", "department", "name", "id_number")
        more = ("category", "level", "result")
        return [*caselist.filters(*names, *more), *caselist.overseen()]

    def toolbar(self) -> list[Action]:
        """Offer 考核进度汇总."""
        if not self.may("export"):
            return []
        return [link("summary", _l("考核进度汇总"), url_for("ProgressView.summary"))]

    @expose("/summary")
    @protected("export")
    def summary(self) -> Response:
        """Send 考核进度汇总: the whole current cycle, a sheet for each grouping."""
        return progress_summary.answer()

    def row_actions(self, row: Any) -> list[Action]:
        """Link the case's page for those who may open it."""
        return list(caselist.case_link(self, row.pk, _l("查看")))
