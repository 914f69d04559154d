"""结束周期 as a job: what nobody handed in lapses chunk by chunk, then the cycle closes (T38)."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import CycleStatus
from app.jobs import results
from app.jobs.kinds import CHUNK, JobRefused, Kind, Task, register
from app.jobs.queue import submit
from app.models import Assessment, Cycle, Job
from app.operations import closing
from app.queries.among import among
from app.security.actor import SYSTEM, Actor, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.bulk import fire_many
from app.workflows.cycle import CYCLE

KIND = "closing"
_WHY = "the end of a cycle that the province was allowed to close"


def ask(session: Session, cycle: Cycle, *, reason: str, actor: Actor, at: datetime) -> Job:
    """Ask for a cycle to be closed; the caller commits."""
    statement = select(func.count(Assessment.id)).where(closing.lapsing(cycle.id))
    return submit(
        session, KIND, actor=actor, at=at, title=str(_l("结束周期")),
        total=(session.scalar(statement) or 0) + 1,
        arguments={"cycle_id": cycle.id, "reason": reason},
    )  # fmt: skip


def _plan(session: Session, task: Task) -> int:
    cycle = session.get(Cycle, task.arguments["cycle_id"])
    if cycle is None or cycle.province_id != task.actor.authority_id:
        raise JobRefused(_l("考核周期由省级卫生行政部门设置。"))
    if cycle.status is not CycleStatus.OPEN or closing.look(session, cycle).blocking:
        raise JobRefused(_l("本周期还有未完成的考核，请在结束周期页面查看并处理。"))
    number = select(func.count(Assessment.id)).where(closing.lapsing(cycle.id))
    return (session.scalar(number) or 0) + 1


def _step(session: Session, task: Task, offset: int) -> int:
    cycle_id = task.arguments["cycle_id"]
    is_last = offset >= task.total - 1
    while ids := _next(session, cycle_id):
        with unscoped(_WHY):
            done = fire_many(
                ASSESSMENT, session, among(session, Assessment.id, ids), "lapse",
                actor=SYSTEM, at=task.at,
            )  # fmt: skip
        results.add_to_summary(session, task.job_id, {"done": len(done.done)})
        if not is_last:  # whoever was sent back meanwhile lapses with the last step
            return min(len(ids), task.total - offset - 1)
    reason = task.arguments["reason"]
    CYCLE.fire(session, cycle_id, "close", actor=task.actor, at=task.at, comment=reason)
    return task.total - offset


def _next(session: Session, cycle_id: int) -> list[int]:
    some = select(Assessment.id).where(closing.lapsing(cycle_id)).order_by(Assessment.id)
    return list(session.scalars(some.limit(CHUNK)))


register(Kind(name=KIND, label=_l("结束周期"), plan=_plan, step=_step))
