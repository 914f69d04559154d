"""任务: one's own long work, how far it is, calling it off, and what it leaves to download."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from app.enums import JobStatus
from app.extensions import db
from app.jobs import queue, results
from app.jobs.kinds import KINDS
from app.models import Job, JobFile
from app.queries import jobs
from app.queries.listing import Column, Listing
from app.security.actor import acting_as
from app.views import actions, cells, jobwords, paths
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, one_of, vocabulary_choices
from app.views.rownumbers import row_number

_CANCEL = _l("确定要取消该任务吗？已完成的部分保留，其余不再执行。")
_MOST_KNOWN = 20


class JobView(EntityView):
    """The jobs of the acting person under the present hat; those of others do not exist."""

    datamodel = Interface(Job)
    route_base = "/jobs"
    name = _l("任务")
    abilities = frozenset({"list", "show", "export"})

    # --- the list ----------------------------------------------------------------------------

    def listing(self) -> Listing:
        """List one's jobs, newest first."""
        return Listing(
            anchor=Job,
            columns=(
                Column(
                    name="kind",
                    label=_l("类型"),
                    expression=Job.kind,
                    show=jobwords.kind_word,
                    plain=jobwords.kind_word,
                ),
                Column(name="title", label=_l("任务名称"), expression=Job.title),
                Column(name="state", label=_l("状态"), expression=Job.state),
                Column(name="progress", label=_l("进度"), expression=jobs.progress(), css="num"),
                Column(name="asked", label=_l("提交时间"), expression=Job.asked_at),
                Column(name="ended", label=_l("结束时间"), expression=Job.ended_at),
                Column(name="expires", label="", expression=Job.expires_at, shown=False),
                Column(
                    name="result",
                    label="",
                    expression=jobs.first_file(is_report=False),
                    shown=False,
                ),
                Column(
                    name="report",
                    label="",
                    expression=jobs.first_file(is_report=True),
                    shown=False,
                ),
            ),
            order=(Job.id.desc(),),
        )

    def filters(self) -> list[Any]:
        """Find jobs by kind and state."""
        return [
            Filter(
                name="work",  # the address of an export has a kind of its own
                label=_l("类型"),
                kind="choice",
                choices=lambda: [(kind.name, kind.label) for kind in KINDS.values()],
                build=lambda name: Job.kind == name,
            ),
            Filter(
                name="state",
                label=_l("状态"),
                kind="choice",
                choices=vocabulary_choices(JobStatus),
                build=one_of(Job.state, JobStatus),
            ),
        ]

    def row_actions(self, row: Any) -> list[Action]:
        """Open a job, take what it left, or call it off."""
        found = [actions.link("show", _l("查看"), _url("show", row.pk))]
        if row.state in jobs.UNENDED:
            return [*found, _cancel_action(row.pk)]
        is_kept = row.expires > now()
        for name, label, file in (
            ("result", _l("下载结果"), row.result),
            ("report", _l("下载错误报告"), row.report),
        ):
            if file is not None and is_kept:
                found.append(actions.link(name, label, _url("file", file)))
        return found

    # --- one job -----------------------------------------------------------------------------

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw one job: how far it is, what came of it, what it left and until when."""
        job, at = _job(pk), now()
        is_kept = job.expires_at > at
        drawn = {
            "job": jobwords.state(job, at=at),
            "problem": job.problem,
            "facts": jobwords.facts(job),
            "files": [_file_link(file) for file in job.files] if is_kept else [],
            "kept_until": cells.shown(job.expires_at) if job.files and is_kept else None,
            "is_gone": bool(job.files) and not is_kept,
            "cancel": _cancel_action(pk) if job.state in jobs.UNENDED else None,
            "refresh_url": _url("show", pk),
            "back_url": url_for("JobView.list"),
        }
        return page("job/show.html", title=job.title, crumbs=self.crumbs(), page=drawn)

    @expose("/cancel/<int:pk>", methods=["POST"])
    @protected("cancel")
    def cancel(self, pk: int) -> Any:
        """Call a job off; what it has done stays."""
        job = _job(pk)
        try:
            queue.cancel(db.session(), job, at=now())
            db.session.commit()
        except queue.JobEnded as refusal:
            db.session.rollback()
            flash(str(refusal.message), "warning")
        else:
            flash(_("任务已取消，已完成的部分保留。"), "success")
        return redirect(_url("show", pk))

    @expose("/progress")
    @protected("list")
    def progress(self) -> Any:
        """Tell as JSON how far one's jobs are: those not ended, and those the browser knows."""
        texts = request.args.get("known", "").split(",")[:_MOST_KNOWN]
        known = {number for text in texts if (number := row_number(text)) is not None}
        at = now()
        found = jobs.in_sight(db.session(), known=known)
        return {"jobs": [jobwords.state(job, at=at) for job in found]}

    @expose("/files/<int:pk>")
    @protected("download")
    def file(self, pk: int) -> Response:
        """Stream a file of one's own job."""
        found = jobs.file(db.session(), pk, at=now())
        if found is None:
            raise NotFound
        actor = acting()

        def chunks() -> Iterator[bytes]:
            with acting_as(actor):
                db.session.rollback()  # the session row may have been stored meanwhile
                db.session.connection(execution_options={"read_only": True})
                yield from results.content_of(db.session(), db.session.get_one(JobFile, pk))

        response = Response(stream_with_context(chunks()), mimetype=found.content_type)
        response.content_length = found.size
        name = quote(found.name)
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response


def _job(pk: int) -> Job:
    found = jobs.with_files(db.session(), pk)
    if found is None:
        raise NotFound
    return found


def _url(name: str, pk: int) -> str:
    return paths.to(f"JobView.{name}", pk=pk)


def _cancel_action(pk: int) -> Action:
    return actions.post(
        "cancel", _l("取消任务"), _url("cancel", pk), confirm=_CANCEL, tone="danger"
    )


def _file_link(file: JobFile) -> Action:
    label = _l("下载错误报告") if file.is_report else _l("下载结果")
    return actions.link(
        "report" if file.is_report else "result",
        label,
        _url("file", file.id),
        tone="plain" if file.is_report else "primary",
    )
