"""One workflow step on thousands of rows, chunk by chunk, as the person who ticked them.

The rows are those that the list found when the job was asked for; each is judged when its turn
comes, and a refused one stays as it is and goes into the report.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exchange.export import csv_chunks
from app.jobs import results
from app.jobs.kinds import CHUNK, JobRefused, Kind, Task, register
from app.jobs.queue import submit
from app.models import Job, Physician
from app.queries.among import among
from app.security.actor import Actor, unscoped
from app.workflows.bulk import fire_many
from app.workflows.engine import NoSuchStep, Workflow
from app.workflows.registry import WORKFLOWS

ALL_AT_ONCE = 500  # rows that a request still does itself
_LISTED = 5000  # refused rows that the report names


def submit_bulk(
    session: Session,
    workflow: Workflow,
    ids: Sequence[int],
    action: str,
    *,
    actor: Actor,
    at: datetime,
    comment: str | None = None,
) -> Job:
    """Ask for one step on many rows; the caller commits.

    :raises NoSuchStep: an action that does not go in bulk.
    """
    row = workflow.rows(action)[0]
    if row.name not in workflow.bulk_effects:
        raise NoSuchStep(f"{workflow.name}.{action} does not go in bulk")
    confirms = (workflow.name, row.name) == ("participation", "confirm")
    return submit(
        session,
        "participation_confirm" if confirms else "bulk_step",
        actor=actor,
        at=at,
        title=str(_l("批量%(label)s", label=row.label)),
        arguments={
            "workflow": workflow.name,
            "action": action,
            "ids": [int(each) for each in ids],
            "comment": comment,
        },
        total=len(ids),
    )


def _plan(_session: Session, task: Task) -> int:
    _step_of(task)
    return len(task.arguments["ids"])


def _step(session: Session, task: Task, offset: int) -> int:
    workflow, action = _step_of(task)
    ids = task.arguments["ids"][offset : offset + CHUNK]
    outcome = fire_many(
        workflow,
        session,
        among(session, workflow.model.id, ids),
        action,
        actor=task.actor,
        at=task.at,
        comment=task.arguments.get("comment"),
    )
    refusals = [[each, str(reason)] for each, reason in outcome.refused.items()]
    unseen = set(ids) - set(outcome.done) - set(outcome.refused)
    refusals += [[each, _("该记录已不存在，或已不属于本单位。")] for each in sorted(unseen)]
    numbers = {"done": len(outcome.done), "refused": len(refusals), "refusals": refusals}
    results.add_to_summary(session, task.job_id, numbers)
    return len(ids)


def _finish(session: Session, task: Task) -> None:
    with unscoped("the job is being run for its owner"):
        summary: dict[str, Any] = dict(session.get_one(Job, task.job_id).summary or {})
    refusals = summary.get("refusals", [])
    results.set_summary(
        session, task.job_id, {key: summary.get(key, 0) for key in ("done", "refused")}
    )
    if not refusals:
        return
    names = _names(session, WORKFLOWS[task.arguments["workflow"]].model, refusals[:_LISTED])
    rows = [[each, names.get(each, ""), reason] for each, reason in refusals[:_LISTED]]
    results.store_file(
        session,
        task.job_id,
        name=f"{_('未处理的记录')}.csv",
        content_type="text/csv",
        content=csv_chunks([_("编号"), _("姓名"), _("原因")], rows, banner=None),
        is_report=True,
    )


def _names(session: Session, model: Any, refusals: Sequence[Any]) -> dict[int, str]:
    """Name the physicians of rows, as far as the person sees them."""
    if not hasattr(model, "physician_id"):
        return {}
    names: dict[int, str] = {}
    for start in range(0, len(refusals), CHUNK):
        ids = [each for each, _reason in refusals[start : start + CHUNK]]
        statement = (
            select(model.id, Physician.name)
            .join(Physician, Physician.id == model.physician_id)
            .where(among(session, model.id, ids))
        )
        names.update({each: name for each, name in session.execute(statement)})  # noqa: C416 - rows, not pairs
    return names


def _step_of(task: Task) -> tuple[Workflow, str]:
    workflow, action = WORKFLOWS[task.arguments["workflow"]], task.arguments["action"]
    if not any(task.actor.role in row.roles for row in workflow.rows(action)):
        raise JobRefused(_l("您的角色无权进行此操作。"))
    return workflow, action


for _name, _label in (("participation_confirm", _l("批量参加")), ("bulk_step", _l("批量操作"))):
    register(Kind(name=_name, label=_label, plan=_plan, step=_step, finish=_finish))
