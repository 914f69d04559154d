"""The pages of one import, whatever it brings: upload, report per row and cell, workbooks, import.

A subclass names its target and the list it belongs to (roster_import.py and its neighbours).
"""

from functools import partial
from io import BytesIO
from typing import Any, ClassVar

from flask import current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.enums import ImportKind
from app.exchange import intake, staging
from app.exchange.intake import ImportRefused, ImportResult
from app.exchange.sheet import SheetRefused, safe_display_name
from app.exchange.target import Choices, ImportPlan, Owner, RowState, Target
from app.exchange.targets import TARGETS
from app.extensions import db
from app.jobs import imports
from app.models import Authority, Institution, Job, RosterUpload
from app.operations import roster_uploads
from app.queries import jobs
from app.refusals import Refusal
from app.views import cells, import_words, roster_report
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now, today
from app.views.errors import refuse
from app.views.import_forms import ALL, GOOD, KEEP, UPDATE, ConfirmForm, UploadForm
from app.views.jobwords import lead_to
from app.views.provenance import KINDS

_LONG = _l("数据较多，已转为后台任务，完成后可在本页查看结果。")


class ImportView(PageView):
    """Upload, report, error workbook and import of one target."""

    default_view = "index"
    kind: ClassVar[ImportKind]
    title: ClassVar[Any]
    group: ClassVar[Any]
    list_name: ClassVar[Any]
    list_endpoint: ClassVar[str]

    @property
    def target(self) -> Target:
        """What these pages import."""
        return TARGETS[self.kind]

    @expose("/", methods=["GET", "POST"])
    @protected("use")
    def index(self) -> Any:
        """Draw the upload form, or keep a readable file and go on to its report."""
        closed = self._closed()
        if closed is not None:
            return closed
        form = UploadForm()
        form.file.label.text = import_words.WORDS[self.kind].file
        if form.validate_on_submit():
            upload = self._kept(form)
            if upload is not None:
                return redirect(url_for(f"{self.endpoint}.report", token=upload.token), code=303)
        drawn = {
            "form": form,
            "has_file": True,
            "narrow": True,
            "submit_label": _("上传并预检"),
            "cancel_url": url_for(self.list_endpoint),
            "template_url": url_for(f"{self.endpoint}.template"),
            "advice": import_words.WORDS[self.kind].advice,
        }
        return page(
            "roster_import/upload.html", title=self.title, crumbs=self._crumbs(), page=drawn
        )

    @expose("/template")
    @protected("use")
    def template(self) -> Response:
        """Send the workbook to fill in."""
        return workbook_answer(intake.template(self.target), self.target.template_title)

    @expose("/<string:token>")
    @protected("use")
    def report(self, token: str) -> Any:
        """Draw the dry run of an upload, judged against the database as it is now."""
        upload, plan = self._planned(token)
        mode = GOOD if plan.of(RowState.REFUSED) else ALL
        return self._report(upload, plan, ConfirmForm(formdata=None, mode=mode, existing=KEEP))

    @expose("/<string:token>/errors")
    @protected("use")
    def errors(self, token: str) -> Response:
        """Send the refused rows with their reasons, to be corrected and uploaded again."""
        _upload, plan = self._planned(token)
        return workbook_answer(intake.error_sheet(plan), self.target.error_title)

    @expose("/<string:token>/confirm", methods=["POST"])
    @protected("use")
    def confirm(self, token: str) -> Any:
        """Import what is good, judged anew."""
        upload, plan = self._planned(token, for_import=True)
        closed = self._closed()
        if closed is not None:
            return closed
        running = jobs.same_open(db.session(), kind=imports.NAME, arguments={"upload": upload.id})
        if running is not None:
            return lead_to(running, str(_LONG))
        form = ConfirmForm()
        if form.validate():
            choices = Choices(
                only_good_rows=form.mode.data == GOOD,
                update_existing=self.target.may_update and form.existing.data == UPDATE,
                create_departments=bool(form.create_departments.data),
            )
            try:
                left_alone = staging.stage(db.session(), upload, plan, choices=choices)
                job = _asked(upload, plan)
                done = left_alone if job is not None else _carried_out(upload, left_alone)
                db.session.commit()
            except (ImportRefused, Refusal, IntegrityError) as error:
                db.session.rollback()
                refuse(form, error)
            else:
                if job is not None:
                    return lead_to(job, str(_LONG))
                import_words.tell(self.kind, done)
                return redirect(url_for(f"{self.endpoint}.report", token=token), code=303)
        return self._report(upload, plan, form)

    def _report(self, upload: RosterUpload, plan: ImportPlan, form: ConfirmForm) -> str:
        def url(name: str, **parameters: Any) -> str:
            return url_for(f"{self.endpoint}.{name}", token=upload.token, **parameters)

        before = cells.shown(roster_uploads.imported_before(db.session(), upload))
        drawn = {
            "form": form,
            "said": import_words.notices(self.kind, upload, before),
            "confirm_url": url("confirm"),
            "errors_url": url("errors"),
            "again_url": url_for(f"{self.endpoint}.index"),
            "list_url": url_for(self.list_endpoint),
            "may_update": self.target.may_update,
            **roster_report.drawn(upload.filename, plan, request.args, partial(url, "report")),
        }
        crumbs = [*self._crumbs(), (self.title, url_for(f"{self.endpoint}.index"))]
        return page("roster_import/report.html", title=_("预检结果"), crumbs=crumbs, page=drawn)

    def _closed(self) -> Response | None:
        """Go back to the list with the reason, where nothing can be imported."""
        reason = self.target.closed(db.session(), province_id=acting().province_id)
        if reason is None:
            return None
        flash(str(reason), "danger")
        return redirect(url_for(self.list_endpoint), code=303)

    def _crumbs(self) -> list[tuple[Any, str | None]]:
        group = [(self.group, None)] if self.group else []
        return [*group, (self.list_name, url_for(self.list_endpoint))]

    def _kept(self, form: UploadForm) -> RosterUpload | None:
        """Keep the file if it can be read; otherwise say why beside the field."""
        sent = form.file.data
        with sent.stream:
            content, name = sent.read(), sent.filename or ""
        try:
            intake.read(self.target, content, name)
        except SheetRefused as refusal:
            form.file.errors = [str(refusal.message)]
            return None
        upload = roster_uploads.store(
            db.session(),
            kind=self.kind,
            owner=_owner(),
            account_id=acting().account_id or 0,
            content=content,
            filename=safe_display_name(name),
            at=now(),
        )
        db.session.commit()
        return upload

    def _planned(self, token: str, *, for_import: bool = False) -> tuple[RosterUpload, ImportPlan]:
        session = db.session()
        upload = roster_uploads.find(
            session, token, kind=self.kind, at=now(), for_import=for_import
        )
        content = roster_uploads.content_of(upload)
        plan = intake.plan(
            session, self.target, content, upload.filename, owner=_owner(), today=today()
        )
        return upload, plan


def _owner() -> Owner:
    """The body whose rows are imported: the hospital, or the authority above hospitals."""
    actor = acting()
    found = db.session.get(Institution, actor.institution_id or 0) or db.session.get(
        Authority, actor.authority_id or 0
    )
    if found is None:
        raise NotFound
    return found


def _asked(upload: RosterUpload, plan: ImportPlan) -> Job | None:
    """Ask for a job where more rows are staged than a request does itself."""
    if (upload.staged_rows or 0) <= current_app.config["JOB_IMPORT_ROWS"]:
        return None
    return imports.submit_import(db.session(), upload, plan, actor=acting(), at=now())


def _carried_out(upload: RosterUpload, done: ImportResult) -> ImportResult:
    """Apply what is staged in this request; every piece belongs to its one transaction."""
    session, at = db.session(), now()
    for start, limit in staging.pieces(session, upload):
        one = staging.apply(session, upload, start=start, limit=limit, actor=acting(), at=at)
        done = staging.added(done, one)
    return done


def workbook_answer(content: bytes, name: Any) -> Response:
    return send_file(
        BytesIO(content),
        mimetype=KINDS["xlsx"],
        as_attachment=True,
        download_name=f"{name}.xlsx",
    )
