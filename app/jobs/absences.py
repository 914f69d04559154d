"""登记缺考 as a job: papers that nobody began before the examination ended (art. 27)."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, PaperStatus
from app.jobs import results
from app.jobs.kinds import JobRefused, Kind, Task, register
from app.jobs.queue import submit
from app.models import Assessment, Cycle, Job, Paper
from app.security.actor import SYSTEM, Actor, unscoped
from app.workflows.engine import StepRefused
from app.workflows.paper import PAPER

KIND = "absences"
_CHUNK = 100
_WHY = "the end of an examination of the province's own cycle"


def unbegun(cycle_id: int) -> ColumnElement[bool]:
    """Match the papers of a cycle that were to be sat and that nobody began."""
    awaited = (AssessmentStatus.AWAITING_EXAM, AssessmentStatus.AWAITING_MAKEUP)
    cases = select(Assessment.id).where(
        Assessment.cycle_id == cycle_id, Assessment.status.in_(awaited)
    )
    return (
        (Paper.cycle_id == cycle_id)
        & (Paper.status == PaperStatus.NOT_STARTED)
        & Paper.assessment_id.in_(cases)
    )


def ask(session: Session, cycle: Cycle, *, actor: Actor, at: datetime) -> Job | None:
    """Ask for 缺考 to be entered; None: everybody has begun."""
    found = select(Paper.id).where(unbegun(cycle.id)).order_by(Paper.id)
    ids = list(session.scalars(found))
    if not ids:
        return None
    arguments: dict[str, Any] = {"cycle_id": cycle.id, "ids": ids}
    return submit(
        session, KIND, actor=actor, at=at, title=str(_l("登记缺考")), total=len(ids),
        arguments=arguments,
    )  # fmt: skip


def _plan(session: Session, task: Task) -> int:
    cycle = session.get(Cycle, task.arguments["cycle_id"])
    if cycle is None or cycle.province_id != task.actor.authority_id:
        raise JobRefused(_l("考核周期由省级卫生行政部门设置。"))
    return len(task.arguments["ids"])


def _step(session: Session, task: Task, offset: int) -> int:
    ids = task.arguments["ids"][offset : offset + _CHUNK]
    chosen = unbegun(task.arguments["cycle_id"])
    done = refused = 0
    with unscoped(_WHY):
        for pk in ids:
            wanted = session.scalar(select(func.count(Paper.id)).where(Paper.id == pk, chosen))
            try:
                if not wanted:
                    raise StepRefused(_l("试卷已开始或已结束。"))
                with session.begin_nested():
                    PAPER.fire(
                        session, pk, "absent", actor=SYSTEM, at=task.at,
                        comment="测评时间结束未参加",
                    )  # fmt: skip
            except StepRefused:
                refused += 1
            else:
                done += 1
    results.add_to_summary(session, task.job_id, {"done": done, "refused": refused})
    return len(ids)


register(Kind(name=KIND, label=_l("登记缺考"), plan=_plan, step=_step))
