"""One POST route takes every workflow step, one more takes a step on many rows."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, NotFound

from app.extensions import db
from app.views import bulkjobs, listpages, stepfacts
from app.views.base import PageView, acting, expose, protected
from app.views.clock import now
from app.views.jobwords import lead_to
from app.views.language import own_path
from app.views.paths import came_from
from app.views.stepgate import may_take
from app.workflows.bulk import fire_many
from app.workflows.engine import StepForbidden, StepOvertaken, StepRefused, Workflow
from app.workflows.registry import WORKFLOWS


def _workflow(name: str) -> Workflow:
    found = WORKFLOWS.get(name)
    if found is None:
        raise NotFound
    if not may_take(name):
        raise Forbidden
    return found


class StepView(PageView):
    """Takes steps. Nothing is decided here: the workflow's table decides."""

    route_base = "/steps"
    default_view = "fire"

    @expose("/<string:workflow>/<int:pk>/<string:action>", methods=["POST"])
    @protected("fire")
    def fire(self, workflow: str, pk: int, action: str) -> Any:
        """Take one step on one row and go on to ``next``; a refusal goes back with what was typed."""
        table = _workflow(workflow)
        row = table.rows(action)[0]
        try:
            table.fire(
                db.session(),
                pk,
                action,
                actor=acting(),
                at=now(),
                comment=request.form.get("comment"),
                facts=stepfacts.read(workflow, action, request.form),
            )
            db.session.commit()
        except (StepForbidden, StepOvertaken):
            db.session.rollback()
            raise
        except StepRefused as refusal:
            db.session.rollback()
            flash(str(refusal.reason), "danger")
            keep_typed(workflow, pk, request.form)
            return redirect(_back())
        flash(_("“%(label)s”操作成功。", label=row.label), "success")
        return redirect(own_path(request.form.get("next"), _back()))

    @expose("/<string:workflow>/bulk/<string:action>", methods=["POST"])
    @protected("fire")
    def fire_many(self, workflow: str, action: str) -> Any:
        """Take one step on the ticked rows, or on all that the filter finds; very many are a job."""
        table = _workflow(workflow)
        view = self._list_view(request.args.get("view", ""))
        chosen, comment = listpages.selected(view, table.model), request.form.get("comment")
        job = bulkjobs.ask(table, chosen, action, comment=comment)
        if job is not None:
            db.session.commit()
            return lead_to(job, _("记录较多，已转为后台任务，可在本页查看进度。"))
        outcome = fire_many(
            table,
            db.session(),
            chosen,
            action,
            actor=acting(),
            at=now(),
            comment=comment,
        )
        db.session.commit()
        label = table.rows(action)[0].label
        flash(_("“%(label)s”成功%(n)s条。", label=label, n=len(outcome.done)), "success")
        reasons: dict[str, int] = {}
        for reason in outcome.refused.values():
            reasons[str(reason)] = reasons.get(str(reason), 0) + 1
        for text, number in reasons.items():
            flash(_("%(n)s条未处理：%(reason)s", n=number, reason=text), "warning")
        return redirect(_back())

    def _list_view(self, name: str) -> Any:
        for view in self.appbuilder.baseviews:
            if type(view).__name__ == name and hasattr(view, "listing"):
                if not self.appbuilder.sm.has_access("can_list", name):
                    raise Forbidden
                return view
        raise NotFound


def _back() -> str:
    return came_from("/")


def keep_typed(workflow: str, pk: int, form: Mapping[str, str]) -> None:
    """Remember a refused form for the page that shows it again."""
    values = {key: value for key, value in form.items() if key != "csrf_token"}
    session[f"typed-{workflow}-{pk}"] = values


def take_typed(workflow: str, pk: int) -> dict[str, str]:
    """Give what was typed before a refusal, once."""
    found: dict[str, str] = session.pop(f"typed-{workflow}-{pk}", {})
    return found


def step_url(workflow: str, pk: int, action: str) -> str:
    """Give the URL that takes a step."""
    return url_for("StepView.fire", workflow=workflow, pk=pk, action=action)
