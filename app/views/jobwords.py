"""A job in words: how far it is, and how long it may still take, said no better than it is known."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.enums import JobStatus
from app.jobs.kinds import KINDS
from app.models import Job
from app.operations.job_progress import PREPARED
from app.queries.jobs import UNENDED
from app.views import cells

OUTCOMES: Mapping[str, Any] = {
    "rows": _l("导出行数"),
    "created": _l("新增"),
    "changed": _l("更新"),
    "done": _l("成功"),
    "refused": _l("未处理"),
}
"""What the summary of a job may tell, in the order in which the page tells it."""
_FIRST_WORD = timedelta(seconds=3)  # before that nothing can be told from the pace
_MINUTE, _HOUR = 60, 3600


def state(job: Job, *, at: datetime) -> dict[str, Any]:
    """Give what bars, tray and page tell of a job; ready for JSON."""
    is_over = job.state not in UNENDED
    result = next((file.id for file in job.files if not file.is_report), None)
    return {
        "id": job.id,
        "title": job.title,
        "state": str(job.state.label),
        "tone": cells.tone(job.state),
        "is_over": is_over,
        "done": done(job),
        "total": job.total,
        "count": count_text(done(job), job.total),
        "left": "" if is_over else left_text(job, at=at),
        "url": url_for("JobView.show", pk=job.id),
        "result_url": url_for("JobView.file", pk=result) if result and is_over else None,
    }


def facts(job: Job) -> list[tuple[Any, Any]]:
    """Give what is on record of a job and, once it has ended, what came of it."""
    found = [
        (_("类型"), kind_word(job.kind)),
        (_("提交时间"), cells.shown(job.asked_at)),
        (_("开始时间"), cells.shown(job.started_at)),
        (_("结束时间"), cells.shown(job.ended_at)),
    ]
    numbers = job.summary or {}
    return found + [(str(label), numbers[key]) for key, label in OUTCOMES.items() if key in numbers]


def kind_word(name: str) -> str:
    """Give the words of a kind."""
    return str(KINDS[name].label) if name in KINDS else name


def done(job: Job) -> int:
    """Give how many rows are done, counting those that are read but not yet stored."""
    read = int((job.summary or {}).get(PREPARED, 0)) if job.state in UNENDED else 0
    return min(max(job.done, read), job.total)


def count_text(part: int, whole: int) -> str:
    """Write how far it is."""
    return f"{part} / {whole}" if whole else ""


def left_text(job: Job, *, at: datetime) -> str:
    """Say how long a job that has not ended may take, from its pace up to now."""
    if job.state is JobStatus.QUEUED or job.started_at is None:
        return _("等待执行")
    seconds = _seconds_left(done(job), job.total, at - job.started_at)
    if seconds is None:
        return _("正在估算剩余时间")
    if seconds < _MINUTE:
        return _("约剩%(n)s秒", n=max(5, -(-seconds // 5) * 5))
    if seconds < _HOUR:
        return _("约剩%(n)s分钟", n=-(-seconds // _MINUTE))
    return _("约剩%(n)s小时", n=-(-seconds // _HOUR))


def _seconds_left(part: int, whole: int, gone: timedelta) -> int | None:
    if not part or gone < _FIRST_WORD:
        return None
    return int(gone.total_seconds() * (whole - part) / part)


def lead_to(job: Job, text: str) -> Response:
    """Go on to the page of a job that was just asked for."""
    flash(text, "info")
    return redirect(url_for("JobView.show", pk=job.id), code=303)
