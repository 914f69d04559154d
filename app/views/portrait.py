"""头像 of a physician: shown beside the facts, within the physician's scope only."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import Physician
from app.operations import attachments, portraits
from app.operations.portraits import PortraitRefused
from app.views.base import PageView, acting, expose, protected
from app.views.clock import now


class PortraitView(PageView):
    """One picture a physician, addressed by the physician."""

    route_base = "/portraits"
    default_view = "see"

    @expose("/<int:pk>")
    @protected("see")
    def see(self, pk: int) -> Response:
        """Send the picture; a browser may keep it for itself as long as it stays the same."""
        found = portraits.of(db.session(), pk)
        if found is None:
            raise NotFound
        answer = Response(portraits.opened(found), mimetype="image/jpeg")
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.set_etag(found.sha256)
        answer.make_conditional(request)
        return answer

    @expose("/upload", methods=["POST"])
    @protected("upload")
    def upload(self) -> Any:
        """Take the acting physician's own picture and go back to the form."""
        sent = request.files.get("portrait")
        try:
            portraits.store(
                db.session(),
                db.session.get_one(Physician, acting().physician_id),
                filename=(sent.filename or "") if sent else "",
                content=sent.read(attachments.MAX_BYTES + 1) if sent else b"",
                actor=acting(),
                at=now(),
            )
            db.session.commit()
        except PortraitRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("头像已保存。"), "success")
        return redirect(url_for("RegistrationView.index", _anchor="portrait"))
