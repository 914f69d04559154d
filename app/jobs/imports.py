"""A confirmed upload as a job: the staged pieces of it, each one step (docs/decisions/0021)."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exchange import intake, staging
from app.exchange.target import ImportPlan, RowState
from app.jobs import results
from app.jobs.kinds import JobRefused, Kind, Task, register
from app.jobs.queue import submit
from app.models import Job, RosterUpload
from app.operations import roster_uploads
from app.security.actor import Actor

NAME = "roster_import"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_GONE = _l("上传的文件已过期，请重新上传。")


def submit_import(
    session: Session, upload: RosterUpload, plan: ImportPlan, *, actor: Actor, at: datetime
) -> Job:
    """Ask for the import of what is staged; rows that were refused go into the job's report."""
    roster_uploads.promise(upload, at=at)
    job = submit(
        session,
        NAME,
        actor=actor,
        at=at,
        title=f"{_('导入')}：{upload.filename}",
        arguments={"upload": upload.id},
        total=upload.staged_rows or 0,
    )
    if plan.of(RowState.REFUSED):
        results.store_file(
            session,
            job.id,
            name=f"{plan.target.error_title}.xlsx",
            content_type=_WORKBOOK,
            content=intake.error_sheet(plan),
            is_report=True,
        )
    return job


def _plan(session: Session, task: Task) -> int:
    return _upload(session, task).staged_rows or 0


def _step(session: Session, task: Task, offset: int) -> int:
    upload = _upload(session, task)
    waiting = staging.pieces(session, upload)
    if not waiting:
        return task.total - offset  # a request of the same person was faster
    start, size = waiting[0]
    done = staging.apply(session, upload, start=start, limit=size, actor=task.actor, at=task.at)
    numbers = {
        "created": done.created,
        "changed": done.changed,
        "refused": len(done.left_out),
    }
    results.add_to_summary(session, task.job_id, numbers)
    return size


def _upload(session: Session, task: Task) -> RosterUpload:
    found = session.scalars(
        select(RosterUpload).where(RosterUpload.id == task.arguments["upload"])
    ).one_or_none()
    if found is None:
        raise JobRefused(_GONE)
    return found


register(Kind(name=NAME, label=_l("批量导入"), plan=_plan, step=_step))
