"""One job from its start to its end: plan, chunks, finish; each a durable step.

The order of the steps depends on nothing but what earlier steps returned, so that a job that is
begun again after a crash finds what was done and goes on behind it.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.enums import JobStatus, Role
from app.jobs.clock import instant
from app.jobs.engine import Steps
from app.jobs.kinds import KINDS, LISTENERS, JobRefused, Kind, Task, Text
from app.jobs.queue import KEPT_FOR, OPEN
from app.models import Job
from app.periods import local_day
from app.queries.actors import current_actor_of
from app.refusals import Refusal
from app.security.actor import SYSTEM, Actor, acting_as, unscoped

STOP = -1
MOST_STARTS = 5  # without progress in between: what kills its worker every time must end
_COLLISIONS = 3
_BREATH = 0.03  # seconds between chunks in which others get the embedded database's write lock
_NO_RIGHT = _l("提交人的账号或身份已停用，或已不再承担该角色，任务已停止，已完成的部分保留。")
_UNKNOWN = _l("当前版本的程序不能执行此任务，请重新提交。")

log = logging.getLogger("dingkao.jobs")

Work = Callable[[Session, Job], int]


class Runner:
    """Runs jobs in a worker. ``surround`` gives what translations need around each step."""

    def __init__(
        self, engine: Engine, steps: Steps, surround: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        self.engine, self.steps, self.surround = engine, steps, surround
        self._breath = _BREATH if engine.dialect.name == "sqlite" else 0

    def run(self, job_id: int) -> None:
        """Run a job, or go on with it; returns when it has ended, whatever the end is."""
        begun = self._begin(job_id)
        if begun is None:
            return
        kind, done_before = begun
        try:
            self._all_steps(job_id, kind, done_before)
        except Exception:
            log.exception("job %s broke", job_id)
            try:
                self._step("break", job_id, self._broken)
            except Exception:  # whoever listens for the end may be what breaks
                self._step("break_silently", job_id, self._broken_silently)
                raise
            raise

    def _all_steps(self, job_id: int, kind: Kind, done_before: int) -> None:
        total = self._step("plan", job_id, lambda s, job: _plan(s, job, kind))
        offset = 0
        while 0 <= offset < total:
            prepared = self._prepared(job_id, kind, offset) if offset >= done_before else None
            done = self._chunk(job_id, kind, offset, prepared)
            offset = STOP if done == STOP else offset + done
            time.sleep(self._breath)
        if total != STOP and offset != STOP:
            total = self._step("finish", job_id, lambda s, job: _finish(s, job, kind))
        if STOP in (total, offset) and kind.cancel is not None:
            self._step("cancel", job_id, lambda s, job: _cancelled(s, job, kind))

    def _begin(self, job_id: int) -> tuple[Kind, int] | None:
        # Not a durable step: it counts how often the job was begun.
        with unscoped("the worker looks for work"), self._transaction() as session:
            job = session.get(Job, job_id, with_for_update=True)
            if job is None or (job.state not in OPEN and job.state is not JobStatus.CANCELLED):
                return None
            kind = KINDS.get(job.kind)
            if kind is None:
                _end(session, job, JobStatus.FAILED, _UNKNOWN)
                return None
            if job.state is JobStatus.CANCELLED:
                return (kind, job.done) if kind.cancel else None
            if job.tries >= MOST_STARTS:
                _end(
                    session,
                    job,
                    JobStatus.FAILED,
                    _(
                        "任务多次中断且没有进展，已停止。请联系系统管理员，任务编号%(id)s。",
                        id=job.id,
                    ),
                )
                return None
            job.tries += 1
            job.state = JobStatus.RUNNING
            job.started_at = job.started_at or instant(session)
            return kind, job.done

    def _chunk(self, job_id: int, kind: Kind, offset: int, prepared: Any) -> int:
        def work(session: Session, job: Job) -> int:
            return _chunk(session, job, kind, offset, prepared)

        return self._step("chunk", job_id, work)

    def _prepared(self, job_id: int, kind: Kind, offset: int) -> Any:
        """Do the part of a chunk that does not write; a refusal is handed to the step."""
        if kind.prepare is None:
            return None
        with self._transaction(read_only=True) as session:
            with unscoped("the worker looks for work"):
                job = session.get_one(Job, job_id)
            if job.state not in OPEN:
                return None
            try:
                task = _task(session, job)
                with acting_as(task.actor):
                    return kind.prepare(session, task, offset)
            except Refusal as refusal:
                return refusal

    def _step(self, name: str, job_id: int, work: Work) -> int:
        def scoped(session: Session) -> int:
            with self.surround():
                with unscoped("the worker stores the progress of a job"):
                    job = session.get_one(Job, job_id)
                return work(session, job)

        return self.steps.run(name, scoped)

    def _broken(self, session: Session, job: Job) -> int:
        return self._end_broken(session, job, tell=True)

    def _broken_silently(self, session: Session, job: Job) -> int:
        return self._end_broken(session, job, tell=False)

    def _end_broken(self, session: Session, job: Job, *, tell: bool) -> int:
        problem = _(
            "任务因系统内部错误停止，已完成的部分保留。请联系系统管理员，任务编号%(id)s。",
            id=job.id,
        )
        with unscoped("the worker stores the end of a job"):
            _end(session, job, JobStatus.FAILED, problem, tell=tell)
        return STOP

    @contextmanager
    def _transaction(self, *, read_only: bool = False) -> Iterator[Session]:
        with self.surround(), Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"read_only": read_only})
            yield session
            session.commit()


def _plan(session: Session, job: Job, kind: Kind) -> int:
    def work(task: Task) -> int:
        return kind.plan(session, task)

    total = _attempt(session, job, work)
    if total == STOP:
        return STOP
    with unscoped("the worker stores the progress of a job"):
        job.total, job.tries = total, 0
        session.flush()  # while the scope is lifted
    return total


def _chunk(session: Session, job: Job, kind: Kind, offset: int, prepared: Any) -> int:
    def work(task: Task) -> int:
        if isinstance(prepared, Refusal):
            raise prepared
        return kind.step(session, task, offset)

    done = _attempt(session, job, work, prepared=prepared)
    if done == STOP:
        return STOP
    if done < 1:
        raise RuntimeError(f"{kind.name} did no row at {offset} of {job.total}")
    with unscoped("the worker stores the progress of a job"):
        job.done, job.tries = min(offset + done, job.total), 0
        session.flush()  # while the scope is lifted
    return done


def _finish(session: Session, job: Job, kind: Kind) -> int:
    def work(task: Task) -> int:
        if kind.finish is not None:
            kind.finish(session, task)
        return 0

    if _attempt(session, job, work) == STOP:
        return STOP
    with unscoped("the worker stores the end of a job"):
        session.refresh(job, with_for_update=True)
        if job.state not in OPEN:  # called off while the last files were made
            return STOP
        _end(session, job, JobStatus.DONE, None)
    return 0


def _cancelled(session: Session, job: Job, kind: Kind) -> int:
    with unscoped("what a job leaves behind is cleared up by nobody in particular"):
        if kind.cancel is not None:
            kind.cancel(session, _task(session, job, actor=SYSTEM))
        session.flush()  # while the scope is lifted
    return 0


def _attempt(
    session: Session, job: Job, work: Callable[[Task], int], *, prepared: Any = None
) -> int:
    """Let the kind work as the person; a refusal undoes the chunk and ends the job."""
    if job.state not in OPEN:
        return STOP
    for attempt in range(1, _COLLISIONS + 1):
        try:
            task = _task(session, job, prepared=prepared)
            with acting_as(task.actor), session.begin_nested():
                return work(task)
        except Refusal as refusal:
            with unscoped("the worker stores the end of a job"):
                _end(session, job, JobStatus.FAILED, refusal.message)
            return STOP
        except (StaleDataError, IntegrityError):  # somebody edits one of the rows just now
            if attempt == _COLLISIONS:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _task(session: Session, job: Job, *, actor: Actor | None = None, prepared: Any = None) -> Task:
    return Task(
        job_id=job.id,
        kind=job.kind,
        arguments=dict(job.arguments),
        actor=actor or _actor(session, job),
        at=instant(session),
        total=job.total,
        prepared=prepared,
    )


def _actor(session: Session, job: Job) -> Actor:
    """Read anew who asked for the job.

    :raises JobRefused: the person may not act any more, or not in that role.
    """
    role = Role[job.actor["role"]]
    if role is Role.SYSTEM:
        return SYSTEM
    actor = _asker(session, job)
    if actor is None or actor.role is not role:
        raise JobRefused(_NO_RIGHT)
    return actor


def _asker(session: Session, job: Job) -> Actor | None:
    today = local_day(instant(session))
    return current_actor_of(session, job.identity_id, today=today) if job.identity_id else None


def _end(
    session: Session, job: Job, state: JobStatus, problem: Text | None, *, tell: bool = True
) -> None:
    session.refresh(job, with_for_update=True)
    if job.state not in OPEN:
        return
    at: datetime = instant(session)
    job.state, job.ended_at, job.expires_at = state, at, at + KEPT_FOR
    job.problem = None if problem is None else str(problem)
    session.flush()  # whoever listens finds it ended
    for listener in LISTENERS if tell else ():
        listener(session, job, at)
    session.flush()  # while the scope is lifted
