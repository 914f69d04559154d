"""What leaves the system as a file: who took it, what, when and why – in the file and in the trail."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, stream_with_context
from flask_babel import gettext as _

from app.enums import N_
from app.exchange.export import Facts, csv_chunks, xlsx_file
from app.extensions import db
from app.operations import trail
from app.periods import local_time
from app.queries import streaming
from app.security.actor import Actor

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TOLD_AT_ONCE = streaming.FIRST - 1  # more rows are not counted before the download begins
Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Taken:
    """One file: its contents in words, who took it and when; ``reason`` for numbers in full."""

    name: str
    subject: str
    words: Sequence[tuple[str, str]]
    actor: Actor
    at: datetime
    reason: str | None = None

    def about(self) -> Facts:
        """Give the facts that the file tells about itself."""
        found = [
            (_("导出内容"), self.name),
            (_("查询条件"), told(self.words) or _("全部")),
            (_("导出单位"), self.actor.body),
            (_("导出人"), self.actor.name),
            (_("导出时间"), stamp(self.at)),
        ]
        if self.reason is not None:
            found.append((_("完整号码"), _("含完整号码，原因：%(reason)s", reason=self.reason)))
        return found


def chunks(taken: Taken, kind: str, *, headers: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Make a file of one of KINDS; the rows are read while the chunks are taken."""
    if kind == "csv":
        return _csv(taken, headers, rows)
    return _workbook(taken, headers, rows)


def send(taken: Taken, kind: str, made: Iterator[bytes]) -> Response:
    """Answer with a file that is made while it is sent."""
    return attachment(taken, stream_with_context(made), kind)


def filename(taken: Taken, kind: str) -> str:
    """Give the name that the file is stored under."""
    return f"{taken.name}-{local_time(taken.at):%Y%m%d%H%M}.{kind}"


def attachment(taken: Taken, body: Any, kind: str) -> Response:
    """Make the answer that a browser stores as a file."""
    response = Response(body, mimetype=KINDS[kind])
    name = quote(filename(taken, kind))
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def write_down(taken: Taken, *, total: int | None = None) -> None:
    """Put the export into the trail, before its first byte leaves; commits."""
    db.session.rollback()  # a page's read snapshot cannot become a write on the embedded database
    log(taken, total=total)
    db.session.commit()


def log(taken: Taken, *, total: int | None = None) -> None:
    """Put the export into the trail, in the transaction at hand."""
    actor = taken.actor
    count = "" if total is None else str(total)
    trail.log(
        db.session(),
        actor=actor,
        at=taken.at,
        subject=taken.subject,
        subject_id=None,
        action="plain_export" if taken.reason else "export",
        label=N_("导出完整号码") if taken.reason else N_("导出"),
        comment=told([("原因", taken.reason or ""), *taken.words, ("记录数", count)]),
        province_id=actor.province_id,
        authority_path=actor.authority_path,
        institution_id=actor.institution_id,
        agency_id=actor.agency_id,
    )


def told(words: Sequence[tuple[str, str]]) -> str:
    """Write pairs of label and value into one line, leaving out empty ones."""
    return "；".join(f"{label}：{value}" for label, value in words if value)


def stamp(at: datetime) -> str:
    """Write an instant for people."""
    return local_time(at).strftime("%Y-%m-%d %H:%M")


def _csv(taken: Taken, headers: Sequence[str], rows: Rows) -> Iterator[bytes]:
    first = list(islice(rows, streaming.FIRST))
    total = str(len(first))
    if len(first) > _TOLD_AT_ONCE:
        total = _("超过%(n)s", n=_TOLD_AT_ONCE)
    banner = told([*taken.about(), (_("记录数"), total)])
    yield from csv_chunks(headers, chain(first, rows), banner=banner)


def _workbook(taken: Taken, headers: Sequence[str], rows: Rows) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "export.xlsx"
        xlsx_file(headers, rows, target, sheet_name=taken.name, about=taken.about())
        with target.open("rb") as file:
            while chunk := file.read(65536):
                yield chunk
