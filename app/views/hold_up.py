"""滞后医师: the physicians who hold things up, and a button that reminds them."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import BadRequest

from app.enums import HoldUp
from app.extensions import db
from app.models import Assessment
from app.operations import hold_ups as reminding
from app.queries import assessments, hold_ups
from app.queries.listing import Column, Listing, Tab
from app.views import actions, caselist, listpages
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, protected
from app.views.clock import now
from app.views.language import own_path

_QUESTION = _l("确定要提醒所选医师吗？每人每天最多提醒一次。")


class HoldUpView(EntityView):
    """Cases that stand still, by the reason."""

    datamodel = Interface(Assessment)
    route_base = "/hold-ups"
    name = _l("滞后医师")
    group = _l("进度管理")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """List the current cycle's cases that stand still, the longest first."""
        at = now()
        since = Column(
            name="since", label=_l("停留自"), expression=Assessment.status_since, sort=True
        )
        return Listing(
            anchor=Assessment,
            columns=(
                *caselist.columns(
                    "department", "name", "id_number", "category", "level", "procedure", "status"
                ),
                since,
            ),
            details=caselist.details,
            tabs=tuple(
                Tab(
                    name=kind.name.lower(),
                    label=kind.label,
                    criterion=hold_ups.criterion(kind, at=at),
                )
                for kind in HoldUp
            ),
            order=(Assessment.status_since, Assessment.id),
            criteria=(assessments.in_current_cycle(province_id=acting().province_id),),
        )

    def filters(self) -> list[Any]:
        """Offer the filters of cases."""
        return caselist.filters("department", "name", "id_number")

    def row_actions(self, row: Any) -> list[Action]:
        """Give 提醒 for one."""
        return [self._reminder(_l("提醒"), ids=str(row.pk))] if self.may("remind") else []

    def bulk(self) -> list[Action]:
        """Give 提醒 for the ticked, or for all that the filter finds."""
        if not self.may("remind"):
            return []
        url = url_for("HoldUpView.remind", tab=_tab().name.lower())
        return [actions.post("remind", _l("提醒"), url, confirm=_QUESTION, tone="primary")]

    def _reminder(self, label: Any, **fields: str) -> Action:
        url = url_for("HoldUpView.remind", tab=_tab().name.lower())
        return actions.post("remind", label, url, fields=fields)

    @expose("/remind", methods=["POST"])
    @protected("remind")
    def remind(self) -> Any:
        """Remind the chosen, and say how many were told and how many had been today."""
        kind = _tab()
        session = db.session()
        chosen = listpages.selected(self, Assessment)
        done = reminding.remind(session, chosen, kind, actor=acting(), at=now())
        session.commit()
        flash(_("已提醒%(n)s人。", n=done.told), "success" if done.told else "info")
        if done.left_out:
            flash(_("%(n)s人今天已提醒过，或已关闭提醒，未再提醒。", n=done.left_out), "info")
        return redirect(own_path(request.form.get("back") or "", url_for("HoldUpView.list")))


def _tab() -> HoldUp:
    asked = request.values.get("tab", HoldUp.NEVER_IN.name).upper()
    if asked not in HoldUp.__members__:
        raise BadRequest
    return HoldUp[asked]
