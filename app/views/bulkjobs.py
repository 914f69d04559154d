"""Bulk steps on more rows than a request should do: they run as a job."""

from typing import Any

from flask import current_app
from sqlalchemy import func, select

from app.extensions import db
from app.jobs.bulk import submit_bulk
from app.models import Job
from app.views.base import acting
from app.views.clock import now
from app.workflows.engine import FORBIDDEN, StepForbidden, Workflow


def ask(table: Workflow, criterion: Any, action: str, *, comment: str | None) -> Job | None:
    """Ask for a job where more rows are chosen than a request does itself; the caller commits.

    :raises NoSuchStep: unknown action, or one that does not go in bulk.
    :raises StepForbidden: the actor's role never takes it.
    """
    session, model = db.session(), table.model
    limit = current_app.config["JOB_BULK_ROWS"]
    chosen = select(model.id).where(criterion)
    count = select(func.count()).select_from(chosen.limit(limit + 1).subquery())
    if session.scalars(count).one() <= limit:
        return None
    if acting().role not in table.rows(action)[0].roles:
        raise StepForbidden(FORBIDDEN)
    ids = session.scalars(chosen.order_by(model.id)).all()
    return submit_bulk(session, table, ids, action, actor=acting(), at=now(), comment=comment)
