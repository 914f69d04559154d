"""待处理任务: how many cases wait for the acting person, in one statement."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, CycleStatus, Procedure, Role
from app.models import Assessment, Cycle
from app.security.actor import Actor
from app.security.scope_session import KEPT

WAITING = {
    Role.INSTITUTION: AssessmentStatus.AWAITING_INSTITUTION,
    Role.AGENCY: AssessmentStatus.AWAITING_AGENCY,
}


_COUNTS = (
    select(Assessment.procedure, func.count())
    .join(Cycle, Cycle.id == Assessment.cycle_id)
    .where(Assessment.status == bindparam("waiting"), Cycle.status == CycleStatus.OPEN)
    .group_by(Assessment.procedure)
    .execution_options(**KEPT)
)


def counts(session: Session, *, actor: Actor) -> dict[str, int]:
    """Count waiting cases of open cycles by procedure: keys ``general`` and ``simplified``."""
    status = WAITING.get(actor.role)
    if status is None:
        return {}
    found = dict(session.execute(_COUNTS, {"waiting": status}).all())
    return {
        "general": found.get(Procedure.GENERAL, 0),
        "simplified": found.get(Procedure.SIMPLIFIED, 0),
    }
