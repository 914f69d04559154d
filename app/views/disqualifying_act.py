"""不合格情形 on a case's page: what the body that has the case records, and strikes off (art. 27)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.enums import DisqualifyingActKind
from app.extensions import db
from app.models import Assessment, DisqualifyingAct
from app.operations import attachments, disqualifying_acts
from app.operations.case_notes import NoteRefused
from app.views import caseforms, sendfile
from app.views.base import PageView, acting, expose, protected
from app.views.clock import now
from app.views.language import own_path
from app.views.rownumbers import row_number
from app.views.steps import keep_typed
from app.workflows.assessment import ASSESSMENT


class DisqualifyingActView(PageView):
    """Posts come from the case's one form, so that nothing typed there is lost."""

    route_base = "/disqualifying-acts"
    default_view = "file"

    @expose("/add/<int:pk>", methods=["POST"])
    @protected("note")
    def add(self, pk: int) -> Any:
        """Record an act on a case with its evidence."""
        _case(pk)
        typed = request.form.to_dict()
        sent = request.files.get("act_file")
        try:
            disqualifying_acts.add(
                db.session(),
                pk,
                kind=DisqualifyingActKind.__members__.get(typed.get("act_kind", "")),
                occurred_on=caseforms.day(typed.get("act_occurred_on", "")),
                found_by=typed.get("act_found_by", ""),
                document=typed.get("act_document", ""),
                filename=(sent.filename or "") if sent else "",
                content=sent.read(attachments.MAX_BYTES + 1) if sent else b"",
                actor=acting(),
                at=now(),
            )
            db.session.commit()
        except NoteRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
            typed |= {"wrong": refusal.field or "", "problem": str(refusal.message)}
        else:
            flash(_("保存成功。"), "success")
            for name in caseforms.ACT:
                typed.pop(name, None)
        keep_typed(ASSESSMENT.name, pk, typed)
        return redirect(_back())

    @expose("/strike/<int:pk>", methods=["POST"])
    @protected("note")
    def strike(self, pk: int) -> Any:
        """Strike an act off, with why; ``pk`` is the case."""
        _case(pk)
        try:
            disqualifying_acts.strike(
                db.session(),
                pk,
                act_id=row_number(request.form.get("act")) or 0,
                reason=request.form.get("comment", ""),
                actor=acting(),
                at=now(),
            )
            db.session.commit()
        except NoteRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("已删除。"), "success")
        return redirect(_back())

    @expose("/file/<int:pk>")
    @protected("download")
    def file(self, pk: int) -> Response:
        """Send the evidence as something to be saved."""
        found = db.session.get(DisqualifyingAct, pk)
        if found is None:
            raise NotFound
        return sendfile.attachment(found, disqualifying_acts.opened(found))


def _case(pk: int) -> None:
    if db.session.get(Assessment, pk) is None:
        raise NotFound


def _back() -> str:
    return own_path(request.form.get("back"), url_for("HomeView.index"))
