"""Long work: jobs, the files they leave, the processes that run them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.columns import choice, copied, line, opt_prose, pk, ref, tree_path, word


class Job(db.Model):
    """任务: work that is too long for a request. Its owner is one identity, not the account's others.

    ``arguments`` holds ids and plain values only. ``tries`` counts starts since the last progress.
    """

    __tablename__ = "job"
    id: Mapped[pk]
    kind: Mapped[word]
    title: Mapped[line]
    state: Mapped[enums.JobStatus] = mapped_column(choice(enums.JobStatus))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    actor: Mapped[dict[str, Any]] = mapped_column(JSON)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    problem: Mapped[opt_prose]
    tries: Mapped[int] = mapped_column(default=0)
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    account_id: Mapped[int | None] = mapped_column(Integer, index=True)
    identity_id: Mapped[int | None] = copied()
    province_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path] = mapped_column(default="/")
    institution_id: Mapped[int | None] = copied()
    agency_id: Mapped[int | None] = copied()
    files: Mapped[list["JobFile"]] = relationship(back_populates="job", order_by="JobFile.id")
    __table_args__ = (Index("ix_job_identity_id_id", "identity_id", "id"),)


class JobFile(db.Model):
    """The result or the error report of a job; its content lies sealed in parts."""

    __tablename__ = "job_file"
    id: Mapped[pk]
    name: Mapped[line]
    content_type: Mapped[line]
    size: Mapped[int]
    is_report: Mapped[bool] = mapped_column(default=False)
    identity_id: Mapped[int | None] = copied()
    province_id: Mapped[int | None] = copied()
    job_id: Mapped[int] = ref("job.id", index=True)
    job: Mapped[Job] = relationship(back_populates="files")


class JobFilePart(db.Model):
    """About a megabyte of a job's file, sealed, so that any web node can stream it."""

    __tablename__ = "job_file_part"
    id: Mapped[pk]
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    identity_id: Mapped[int | None] = copied()
    file_id: Mapped[int] = ref("job_file.id")
    __table_args__ = (UniqueConstraint("file_id", "number"),)


class WorkerBeat(db.Model):
    """One worker process and when it last showed life, by the database's clock."""

    __tablename__ = "worker_beat"
    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    name: Mapped[word]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class PeriodicRun(db.Model):
    """One slot of a periodic task that was run: whoever inserts the row is the one who runs it."""

    __tablename__ = "periodic_run"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    rows: Mapped[int | None]
