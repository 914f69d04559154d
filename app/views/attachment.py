"""附件: taken up, handed out and deleted by id, each through the row scope of its case."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import Attachment, Participation
from app.operations import attachments, uploads
from app.operations.attachments import AttachmentRefused
from app.operations.registrations import RegistrationClosed
from app.views import sendfile
from app.views.base import PageView, acting, expose, protected
from app.views.clock import now
from app.views.rownumbers import row_number


class AttachmentView(PageView):
    """Never shows a file in the page: every answer is a download."""

    route_base = "/attachments"
    default_view = "download"

    @expose("/<int:pk>")
    @protected("download")
    def download(self, pk: int) -> Response:
        """Send one file, under its own name, as something to be saved."""
        found = _found(pk)
        return sendfile.attachment(found, attachments.opened(found))

    @expose("/upload/<int:participation_id>", methods=["POST"])
    @protected("upload")
    def upload(self, participation_id: int) -> Any:
        """Take up one file and go back to the form, whose draft is not touched."""
        participation = db.session.get(Participation, participation_id)
        if participation is None or participation.assessment is None:
            raise NotFound
        try:
            take(participation.assessment.id)
            db.session.commit()
            flash(_("附件已上传。"), "success")
        except (AttachmentRefused, RegistrationClosed) as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        return _back()

    @expose("/uploads/<int:participation_id>", methods=["POST"])
    @protected("upload")
    def begin(self, participation_id: int) -> Any:
        """Begin to take up a file in pieces, or tell how much of it is there already."""
        participation = db.session.get(Participation, participation_id)
        if participation is None:
            raise NotFound
        form = request.form
        try:
            row = uploads.begin(
                db.session(),
                participation,
                filename=form.get("filename", "")[:255],
                size=row_number(form.get("size")) or 0,
                mark=form.get("mark", "")[:64],
                at=now(),
            )
            db.session.commit()
        except (AttachmentRefused, RegistrationClosed) as refusal:
            db.session.rollback()
            return {"text": str(refusal.message)}, 422
        url = url_for("AttachmentView.piece", token=row.token)
        return {"received": row.received, "piece": uploads.PIECE, "url": url}

    @expose("/pieces/<string:token>", methods=["POST"])
    @protected("upload")
    def piece(self, token: str) -> Any:
        """Take the piece that begins at ``at``; the last one ends the upload."""
        position = row_number(request.args.get("at"))
        content = request.stream.read(uploads.PIECE + 1)
        try:
            row, found = uploads.add_piece(
                db.session(),
                token,
                position=-1 if position is None else position,
                content=content,
                actor=acting(),
                at=now(),
            )
            db.session.commit()
        except uploads.PieceMisplaced as misplaced:
            db.session.rollback()
            return {"received": misplaced.received}, 409
        except (AttachmentRefused, RegistrationClosed) as refusal:
            db.session.rollback()
            uploads.drop(db.session(), token)
            db.session.commit()
            return {"text": str(refusal.message)}, 422
        return {"received": row.size if found else row.received, "is_done": found is not None}

    @expose("/<int:pk>/delete", methods=["POST"])
    @protected("upload")
    def delete(self, pk: int) -> Any:
        """Delete one file of a case whose form is still the physician's."""
        participation = db.session.get(Participation, _found(pk).participation_id)
        if participation is None or participation.assessment is None:
            raise NotFound
        try:
            drop(participation.assessment.id, pk)
            db.session.commit()
            flash(_("附件已删除。"), "success")
        except RegistrationClosed as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        return _back()


def take(case_id: int) -> None:
    """Store the file ``attachment`` of this request; the caller commits.

    :raises AttachmentRefused: what was sent is not taken.
    :raises RegistrationClosed: the case is no longer the physician's to change.
    """
    sent = request.files.get("attachment")
    attachments.store(
        db.session(),
        case_id=case_id,
        filename=(sent.filename or "") if sent else "",
        content=sent.read(attachments.MAX_BYTES + 1) if sent else b"",
        actor=acting(),
        at=now(),
    )


def drop(case_id: int, attachment_id: int) -> None:
    """Delete a file of a case; the caller commits.

    :raises RegistrationClosed: the case is no longer the physician's to change.
    """
    attachments.remove(
        db.session(), case_id=case_id, attachment_id=attachment_id, actor=acting(), at=now()
    )


def _found(pk: int) -> Attachment:
    found = db.session.get(Attachment, pk)
    if found is None:
        raise NotFound
    return found


def _back() -> Response:
    return redirect(url_for("RegistrationView.index", _anchor="attachments"))
