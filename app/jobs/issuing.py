"""发证 as a job: certificates of very many filed conclusions, chunk by chunk."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import Role
from app.jobs import results
from app.jobs.kinds import CHUNK, JobRefused, Kind, Task, register
from app.jobs.queue import submit
from app.models import Job
from app.operations import certificates, notices
from app.operations.certificates import Issued
from app.security.actor import Actor

KIND = "issuing"


def issue(session: Session, ids: Sequence[int], *, actor: Actor, at: datetime) -> Issued:
    """Issue certificates for conclusions, and tell their holders."""
    done = certificates.issue_many(session, ids, actor=actor, at=at)
    notices.follow(session, "certificate", "issue", ids=done.ids, at=at, parameters={})
    return done


def ask(session: Session, ids: Sequence[int], *, actor: Actor, at: datetime) -> Job:
    """Ask for certificates; the caller commits."""
    return submit(
        session, KIND, actor=actor, at=at, title=str(_l("批量发证")), total=len(ids),
        arguments={"ids": [int(each) for each in ids]},
    )  # fmt: skip


def _plan(_session: Session, task: Task) -> int:
    if task.actor.role is not Role.AUTHORITY:
        raise JobRefused(_l("您的角色无权进行此操作。"))
    return len(task.arguments["ids"])


def _step(session: Session, task: Task, offset: int) -> int:
    ids = task.arguments["ids"][offset : offset + CHUNK]
    done = issue(session, ids, actor=task.actor, at=task.at)
    numbers = {"done": len(done.ids), "refused": len(ids) - len(done.ids)}
    results.add_to_summary(session, task.job_id, numbers)
    return len(ids)


register(Kind(name=KIND, label=_l("批量发证"), plan=_plan, step=_step))
