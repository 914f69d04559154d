"""The legal deadline of what waits in a queue, for its list and its cases."""

from app.enums import AssessmentStatus
from app.queries import deadlines
from app.queries.deadlines import Deadline
from app.views import current
from app.views.clock import today


def due_of(status: AssessmentStatus, *, cycle_id: int | None = None) -> Deadline | None:
    """Give the deadline of the step a status waits for; None when the law sets none.

    ``cycle_id`` is a case's: another cycle than the current one has none to show.
    """
    cycle = current.cycle()
    if cycle is None or cycle_id not in (None, cycle.id):
        return None
    return deadlines.of_status(cycle, status, today=today())
