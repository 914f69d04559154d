"""合格证书 of many holders as one PDF or as a zip with one PDF each, drawn by a worker.

Drawing takes long and writes nothing: it is the preparation of the job's only step, page after
page into a file without a name, and is done again after a crash.
"""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import IO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import certificates as documents
from app.jobs import results
from app.jobs.kinds import JobRefused, Kind, Task, register
from app.jobs.queue import submit
from app.models import Certificate, Job
from app.operations import job_progress, portraits
from app.queries.among import among
from app.security.actor import Actor, unscoped

KIND = "certificate_files"
PAGES = 25
"""Pages drawn at a time: as many photos are in memory."""
_PIECE = 65_536
FORMS = {"pdf": "application/pdf", "zip": "application/zip"}


def ask(
    session: Session,
    ids: Sequence[int],
    *,
    form: str,
    base: str,
    actor: Actor,
    at: datetime,
) -> Job:
    """Ask for the file; ``form`` is one of FORMS, ``base`` the address of the site."""
    return submit(
        session, KIND, actor=actor, at=at, title=str(_l("下载合格证书")), total=len(ids),
        arguments={"ids": [int(each) for each in ids], "form": form, "base": base},
    )  # fmt: skip


def drawn(session: Session, rows: Sequence[Certificate], *, base: str) -> bytes:
    """Draw certificates with the photos of their holders."""
    pairs = []
    for row in rows:
        portrait = portraits.of(session, row.physician_id)
        pairs.append((row, portraits.opened(portrait) if portrait is not None else None))
    return documents.drawn(pairs, base=base)


class _File:
    """A file without a name in any folder, so that no crash leaves one."""

    def __init__(self) -> None:
        self.content: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - read in a later step
        self.number = 0

    def chunks(self) -> Iterator[bytes]:
        """Read it from its beginning."""
        self.content.seek(0)
        while chunk := self.content.read(_PIECE):
            yield chunk

    def __del__(self) -> None:
        self.content.close()


def _plan(_session: Session, task: Task) -> int:
    if task.arguments["form"] not in FORMS:
        raise JobRefused(_l("您的角色无权进行此操作。"))
    return len(task.arguments["ids"])


def _prepare(session: Session, task: Task, _offset: int) -> _File:
    file = _File()
    if task.arguments["form"] == "zip":
        _zip(session, task, file)
    else:
        _one(session, task, file)
    return file


def _one(session: Session, task: Task, file: _File) -> None:
    writer = PdfWriter()
    for rows in _batches(session, task, PAGES):
        part = drawn(session, rows, base=task.arguments["base"])
        writer.append(PdfReader(BytesIO(part)), import_outline=False)
        _tell(session, task, file, len(rows))
    writer.write(file.content)


def _zip(session: Session, task: Task, file: _File) -> None:
    with zipfile.ZipFile(file.content, "w", zipfile.ZIP_STORED) as archive:
        for rows in _batches(session, task, PAGES):
            for row in rows:
                name = f"{row.number}-{row.facts['name']}.pdf".replace("/", "_")
                archive.writestr(name, drawn(session, [row], base=task.arguments["base"]))
            _tell(session, task, file, len(rows))


def _batches(session: Session, task: Task, size: int) -> Iterator[Sequence[Certificate]]:
    ids = task.arguments["ids"]
    for start in range(0, len(ids), size):
        some = among(session, Certificate.id, ids[start : start + size])
        rows = session.scalars(select(Certificate).where(some).order_by(Certificate.id)).all()
        yield rows
        session.expunge_all()  # of thousands none is kept


def _tell(session: Session, task: Task, file: _File, number: int) -> None:
    """Tell how many are drawn, in a transaction of its own, and stop when nobody waits for them.

    :raises JobRefused: the job was called off.
    """
    file.number += number
    with unscoped("the worker stores the progress of a job"), Session(session.get_bind()) as own:
        if not job_progress.tell_prepared(own, task.job_id, rows=file.number):
            raise JobRefused(_l("任务已取消。"))
        own.commit()


def _step(session: Session, task: Task, offset: int) -> int:
    file: _File = task.prepared
    form = task.arguments["form"]
    results.store_file(
        session,
        task.job_id,
        name=f"{_('合格证书')}.{form}",
        content_type=FORMS[form],
        content=file.chunks(),
    )
    results.add_to_summary(session, task.job_id, {"done": file.number})
    return task.total - offset


register(Kind(name=KIND, label=_l("下载合格证书"), plan=_plan, step=_step, prepare=_prepare))
