"""导出完整号码: an export with the numbers that lists mask, for those who may and who say why."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.extensions import db
from app.queries import streaming
from app.views import downloads, exportjobs, listpages, words
from app.views.access import page
from app.views.provenance import told
from app.views.typed import stripped

_LONGEST = 500


class PlainExportForm(FlaskForm):
    """Why the numbers are needed, and the kind of file."""

    reason = TextAreaField(
        _l("导出原因"),
        [
            DataRequired(_l("请填写导出原因。")),
            Length(max=_LONGEST, message=_l("内容过长，最多%(max)d字。")),
        ],
        filters=[stripped],
        render_kw={"maxlength": _LONGEST},
    )
    kind = RadioField(_l("文件格式"), choices=[("xlsx", "Excel"), ("csv", "CSV")], default="xlsx")


def answer(view: Any) -> Any:
    """Draw the form beside what would be exported, or send the file and write the reason down."""
    reader = listpages.Reader(view, MultiDict(request.args))
    downloads.check("csv", reader)
    taken = downloads.taken_from(view, reader)
    form = PlainExportForm()
    if request.method == "POST" and form.validate():
        return exportjobs.answer(view, form.kind.data, reader, reason=form.reason.data)
    total = streaming.counted(db.session(), reader.listing, reader.wanted())
    drawn = {
        "form": form,
        "facts": [
            (_("导出内容"), taken.name),
            (_("查询条件"), told(taken.words) or _("全部")),
            (_("记录数"), str(total)),
            (_("列"), "、".join(words.said(column.label) for column in reader.listing.shown)),
        ],
        "submit_label": _("导出"),
        "cancel_url": reader.url(),
        "action": url_for(f"{view.endpoint}.plain_export", **reader.parameters()),
        "narrow": True,
    }
    title = _("导出完整号码")
    return page("list/plain_export.html", title=title, crumbs=view.crumbs(), page=drawn)
