"""结果认定: the agency confirms what the facts of a case come to (T29, art. 15, 22)."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from app.enums import AssessmentStatus
from app.models import Assessment
from app.views import batch_pages, caselist
from app.views.desks import VERDICT_DESK, Desk
from app.views.review import QueueView


class VerdictView(QueueView):
    """The cases of both procedures that wait for their result."""

    route_base = "/verdicts"
    name = _l("结果认定")
    waiting_for = AssessmentStatus.AWAITING_VERDICT
    row_label = _l("认定")
    decision = batch_pages.CONCLUDING

    def desk(self) -> Desk:
        """Let the agency confirm the result."""
        return VERDICT_DESK

    def queue(self) -> tuple[ColumnElement[bool], ...]:
        """Give what waits in the current cycle, and what was reopened in an earlier one."""
        return (Assessment.status == self.waiting_for,)

    def admits(self, case: Assessment) -> bool:
        """Admit what waits, and what has just been decided."""
        return case.status in (self.waiting_for, AssessmentStatus.COMPLETED)

    def filters(self) -> list[Any]:
        """Offer the filters of the other queues, and 考核程序."""
        return caselist.filters("procedure", "department", "name", "id_number", "category")
