"""Exports too long for a request: the same file, made by a worker from the same address.

The worker replays the request for the list in the person's name and language, so that columns,
filter, order and scope are those of the page; it reads one snapshot and keeps the file sealed.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextvars import copy_context
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.extensions import db
from app.jobs import queue, results
from app.jobs.kinds import JobRefused, Kind, Task, register
from app.operations import job_progress
from app.queries import jobs
from app.queries import listing as engine
from app.security.actor import acting_as, current_actor, unscoped
from app.views import downloads, provenance, sessions, shell
from app.views.clock import now
from app.views.jobwords import lead_to
from app.views.listpages import Reader
from app.views.sessions import Visitor

T = TypeVar("T")

NAME = "export"
_PIECE = 65_536
_EVERY = 2_500  # rows between two words about the progress
_WORDS = {"csv": "CSV", "xlsx": "Excel"}


def answer(view: Any, kind: str, reader: Reader, *, reason: str | None = None) -> Response:
    """Send a list's file, or lead to the job that makes a long one; ``reason``: numbers in full."""
    downloads.check(kind, reader)
    if not _is_long(reader):
        return downloads.send(view, kind, reader, reason=reason)
    actor, at = current_actor(), now()
    arguments = {
        "view": type(view).__name__,
        "kind": kind,
        "query": reader.parameters(),
        "language": shell.locale(),
        "reason": reason,
    }
    taken = downloads.taken_from(view, reader, reason=reason, at=at)
    total = downloads.total_of(taken, reader)
    db.session.rollback()  # a page's read snapshot cannot become a write on the embedded database
    job = jobs.same_open(db.session(), kind=NAME, arguments=arguments)
    if job is None:
        provenance.log(taken, total=total)
        title = _("导出%(name)s（%(kind)s）", name=view.name, kind=_WORDS[kind])
        arguments["at"] = at.isoformat()
        job = queue.submit(db.session(), NAME, actor=actor, at=at, title=title, arguments=arguments)
        db.session.commit()
    return lead_to(job, _("数据较多，已转为后台任务，完成后可在本页下载结果。"))


def _is_long(reader: Reader) -> bool:
    limit = current_app.config["JOB_EXPORT_ROWS"]
    if not limit:
        return False
    found = engine.count(db.session(), reader.listing, reader.wanted(), limit=limit + 1)
    return found > limit


class _File:
    """A file without a name in any folder, so that no crash leaves one; it goes when it is let go."""

    def __init__(self, name: str, content_type: str) -> None:
        self.name, self.content_type, self.rows = name, content_type, 0
        self.content = tempfile.TemporaryFile()  # noqa: SIM115 - it is read in a later step

    def chunks(self) -> Iterator[bytes]:
        """Read it from its beginning."""
        self.content.seek(0)
        while chunk := self.content.read(_PIECE):
            yield chunk

    def __del__(self) -> None:
        self.content.close()


def _plan(_session: Session, task: Task) -> int:
    def counted(_view: Any, reader: Reader) -> int:
        return engine.count(db.session(), reader.listing, reader.wanted())

    return max(1, _replayed(task, counted))  # a list that became empty still gives a file


def _prepare(session: Session, task: Task, _offset: int) -> _File:
    def made(view: Any, reader: Reader) -> _File:
        kind, read = task.arguments["kind"], 0

        def watch(rows: Iterator[Any]) -> Iterator[Any]:
            nonlocal read
            for row in rows:
                read += 1
                if read % _EVERY == 0:
                    _tell(session, task, read)
                yield row

        at = datetime.fromisoformat(task.arguments["at"])
        taken = downloads.taken_from(view, reader, reason=task.arguments["reason"], at=at)
        file = _File(provenance.filename(taken, kind), provenance.KINDS[kind])
        file.content.writelines(downloads.chunks_of(taken, kind, reader, watch=watch))
        file.rows = read
        return file

    return _replayed(task, made)


def _tell(session: Session, task: Task, read: int) -> None:
    """Tell how many rows are read, in a transaction of its own, and stop when nobody waits for them.

    :raises JobRefused: the job was called off.
    """
    with unscoped("the worker stores the progress of a job"), Session(session.get_bind()) as own:
        if not job_progress.tell_prepared(own, task.job_id, rows=read):
            raise JobRefused(_l("任务已取消。"))
        own.commit()


def _step(session: Session, task: Task, offset: int) -> int:
    file: _File = task.prepared
    results.store_file(
        session,
        task.job_id,
        name=file.name,
        content_type=file.content_type,
        content=file.chunks(),
    )
    results.add_to_summary(session, task.job_id, {"rows": file.rows})
    return task.total - offset


KIND = register(Kind(name=NAME, label=_l("导出"), plan=_plan, step=_step, prepare=_prepare))


def _replayed(task: Task, work: Callable[[Any, Reader], T]) -> T:
    """Do something inside the request that asked for the job, as if it came now."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way to pass it on
    hosts = app.config["TRUSTED_HOSTS"] or ["localhost"]

    def run() -> T:
        with (
            app.app_context(),  # of its own: what a request remembers must not outlive it
            app.test_request_context(
                base_url=f"http://{hosts[0].lstrip('.')}",
                query_string=task.arguments["query"],
                headers={"Cookie": f"lang={task.arguments['language']}"},
            ),
            acting_as(task.actor),
        ):
            g.visitor = Visitor(role_version=sessions.role_version(db.session()))
            permission = "export" if task.arguments["reason"] is None else "plain_export"
            view = _view(task.arguments["view"], permission)
            found = work(view, Reader(view, request.args))
            db.session.rollback()  # it has only read
            return found

    return copy_context().run(run)  # a request unbinds whoever acted before it


def _view(name: str, permission: str) -> Any:
    found = next(
        (v for v in current_app.extensions["appbuilder"].baseviews if type(v).__name__ == name),
        None,
    )
    if found is None or not found.may(permission):
        raise JobRefused(_l("您的角色没有该项权限。"))
    return found
