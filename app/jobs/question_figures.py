"""统计作答 as a job: the sheets of a cycle are counted into the figures of its questions."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs.kinds import CHUNK, JobRefused, Kind, Task, register
from app.jobs.queue import submit
from app.models import Cycle, Job
from app.operations import question_figures
from app.security.actor import Actor

KIND = "question_figures"


def ask(session: Session, *, actor: Actor, at: datetime) -> Job | None:
    """Ask for the figures of the latest cycle in which somebody has sat; None: there is none."""
    own = select(Cycle).where(Cycle.province_id == actor.authority_id)
    for cycle in session.scalars(own.order_by(Cycle.starts_on.desc(), Cycle.id.desc())):
        total = question_figures.number(session, cycle.id)
        if total:
            break
    else:
        return None
    return submit(
        session, KIND, actor=actor, at=at, title=str(_l("试题统计")), total=total,
        arguments={"cycle_id": cycle.id},
    )  # fmt: skip


def _plan(session: Session, task: Task) -> int:
    cycle = session.get(Cycle, task.arguments["cycle_id"])
    if cycle is None or cycle.province_id != task.actor.authority_id:
        raise JobRefused(_l("题库由省级卫生行政部门建立。"))
    return question_figures.number(session, cycle.id)


def _step(session: Session, task: Task, offset: int) -> int:
    cycle_id = task.arguments["cycle_id"]
    if offset == 0:
        question_figures.forget(session, cycle_id)
    done = question_figures.count(session, cycle_id, offset=offset, limit=CHUNK, at=task.at)
    return max(done, 1)


register(Kind(name=KIND, label=_l("试题统计"), plan=_plan, step=_step))
