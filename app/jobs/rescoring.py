"""重新判分 as a job: after the rules of a cycle were changed, chunk by chunk, as they stand by then."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.jobs import results
from app.jobs.kinds import CHUNK, JobRefused, Kind, Task, register
from app.jobs.queue import submit
from app.models import Cycle, Job
from app.queries import cycles
from app.security.actor import Actor
from app.workflows import rescoring

KIND = "rescoring"


def ask(session: Session, cycle: Cycle, *, reason: str, actor: Actor, at: datetime) -> Job | None:
    """Ask for the papers of a cycle to be judged by its rules; None: they are already."""
    ids = rescoring.differing(session, cycle.id, cycles.rules(cycle))
    if not ids:
        return None
    return submit(
        session, KIND, actor=actor, at=at, title=str(_l("重新判分")), total=len(ids),
        arguments={"cycle_id": cycle.id, "ids": ids, "reason": reason},
    )  # fmt: skip


def _plan(session: Session, task: Task) -> int:
    if session.get(Cycle, task.arguments["cycle_id"]) is None:
        raise JobRefused(_l("该考核周期不在您的管理范围内。"))
    return len(task.arguments["ids"])


def _step(session: Session, task: Task, offset: int) -> int:
    ids = task.arguments["ids"][offset : offset + CHUNK]
    cycle = session.get_one(Cycle, task.arguments["cycle_id"])
    changed = rescoring.rescore(
        session, cycle.id, ids, cycles.rules(cycle), comment=task.arguments["reason"], at=task.at
    )
    results.add_to_summary(session, task.job_id, {"changed": changed})
    return len(ids)


register(Kind(name=KIND, label=_l("重新判分"), plan=_plan, step=_step))
