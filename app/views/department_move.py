"""移动医师 and 合并科室: one page of a department's physicians, and where they go."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from app.extensions import db
from app.models import Department
from app.operations import department_moves
from app.operations.departments import DepartmentRefused
from app.queries import departments
from app.views.base import acting, page
from app.views.clock import now
from app.views.converter import DynamicForm
from app.views.rownumbers import row_number
from app.workflows.department_merge import merge
from app.workflows.engine import StepRefused


class MoveForm(DynamicForm):
    """Where the physicians go."""

    target_id = SelectField(_l("移动到"), choices=())


def answer(view: Any, source: Department) -> Any:
    """Draw the page, or do what the pressed button asks."""
    form = MoveForm(request.form if request.method == "POST" else None)
    offered = departments.choices(db.session(), only_active=True)
    form.target_id.choices = [("", _("请选择")), *(p for p in offered if p[0] != str(source.id))]
    if request.method == "POST" and form.validate():
        try:
            text = _moved(source, form)
            db.session.commit()
        except (DepartmentRefused, StepRefused) as refusal:
            db.session.rollback()
            form.target_id.errors = [refusal.message]
        else:
            flash(text, "success")
            return redirect(url_for(f"{view.endpoint}.list"))
    drawn = {
        "form": form,
        "name": source.name,
        "physicians": departments.physicians(db.session(), department_id=source.id),
        "ticked": request.form.getlist("ids") if request.method == "POST" else None,
        "cancel_url": url_for(f"{view.endpoint}.list"),
    }
    title = _("移动医师：%(name)s", name=source.name)
    return page("department/move.html", title=title, crumbs=view.crumbs(), page=drawn)


def _moved(source: Department, form: Any) -> str:
    session, actor, at = db.session(), acting(), now()
    target_id = row_number(form.target_id.data)
    if target_id is None:
        raise DepartmentRefused(_l("请选择要移动到的科室。"), field="target_id")
    old, new = department_moves.locked_pair(session, source.id, target_id)
    if request.form.get("action") == "merge":
        number = merge(session, old, new, actor=actor, at=at)
        words = {"old": old.name, "new": new.name, "n": number}
        return _("“%(old)s”已合并到“%(new)s”，移动医师%(n)s名，原科室已停用。", **words)
    ids = [n for text in request.form.getlist("ids") if (n := row_number(text)) is not None]
    number = department_moves.move_physicians(session, old, new, ids, actor=actor, at=at)
    if not number:
        raise DepartmentRefused(_l("请勾选要移动的医师。"), field="target_id")
    return _("已将%(n)s名医师移动到“%(name)s”。", n=number, name=new.name)
