"""What a job leaves behind: files in sealed parts, and a summary of numbers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.models import Job, JobFile, JobFilePart
from app.security.actor import unscoped

PART = 1024 * 1024
_CONTEXT = "job_file_part"


def store_file(
    session: Session,
    job_id: int,
    *,
    name: str,
    content_type: str,
    content: bytes | Iterable[bytes],
    is_report: bool = False,
) -> JobFile:
    """Keep a file with its job; ``is_report`` marks what lists refused rows, not the result."""
    with unscoped("a file belongs to whom its job belongs to"):
        job = session.get_one(Job, job_id)
        kept = JobFile(
            name=name,
            content_type=content_type,
            size=0,
            is_report=is_report,
            identity_id=job.identity_id,
            province_id=job.province_id,
            job_id=job.id,
        )
        session.add(kept)
        session.flush()  # its parts refer to its id
        for number, part in enumerate(_parts(content)):
            kept.size += len(part)
            sealed = keyring().seal_bytes(part, context=_CONTEXT)
            session.add(
                JobFilePart(
                    number=number, content=sealed, identity_id=job.identity_id, file_id=kept.id
                )
            )
            session.flush()  # part by part, so that only one is in memory
    return kept


def content_of(session: Session, file: JobFile) -> Iterator[bytes]:
    """Stream a file; the session must stay open until the end."""
    numbers = select(JobFilePart.id).where(JobFilePart.file_id == file.id)
    for part_id in session.scalars(numbers.order_by(JobFilePart.number)).all():
        content = session.scalars(
            select(JobFilePart.content).where(JobFilePart.id == part_id)
        ).one()
        yield keyring().open_bytes(bytes(content), context=_CONTEXT)


def add_to_summary(session: Session, job_id: int, numbers: Mapping[str, Any]) -> None:
    """Add numbers up, extend lists and overwrite the rest in the job's ``summary``."""
    with unscoped("the job is being run for its owner"):
        job = session.get_one(Job, job_id)
        known = dict(job.summary or {})
        for key, value in numbers.items():
            is_sum = isinstance(value, int | list) and not isinstance(value, bool)
            known[key] = known[key] + value if is_sum and key in known else value
        job.summary = known
        session.flush()  # while the scope is lifted


def set_summary(session: Session, job_id: int, summary: Mapping[str, Any]) -> None:
    """Replace the job's ``summary``."""
    with unscoped("the job is being run for its owner"):
        session.get_one(Job, job_id).summary = dict(summary)
        session.flush()  # while the scope is lifted


def _parts(content: bytes | Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in [content] if isinstance(content, bytes) else content:
        waiting += piece
        while len(waiting) >= PART:
            yield waiting[:PART]
            waiting = waiting[PART:]
    if waiting:
        yield waiting
