"""What a job tells of itself between two chunks, in a transaction of its own."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.enums import JobStatus
from app.models import Job

PREPARED = "prepared"


def tell_prepared(session: Session, job_id: int, *, rows: int) -> bool:
    """Note how many rows of the chunk at work are read; False when nobody waits for them any more."""
    found = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobStatus.RUNNING)
        .values(summary={PREPARED: rows})
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return found.scalar() is not None
