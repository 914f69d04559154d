"""注册系统对接: whether a province's roster comes from the registry, and when it last did."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import Authority, RegistryLink
from app.operations import registry_links
from app.operations.registry_links import LinkRefused
from app.queries import registry_conflicts
from app.views import cells
from app.views.actions import Action, link, post
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now

Facts = list[tuple[Any, Any]]
_ON = _l(
    "对接后，本省所有医师信息均来自医师电子化注册系统，“新增医师”和“批量导入医师”停用。确定对接吗？"
)
_OFF = _l("取消后不再同步，恢复“新增医师”和“批量导入医师”；已同步的医师信息保留。确定取消吗？")


class RegistryLinkView(PageView):
    """One page: the link of the province, or of every province for the nation."""

    route_base = "/registry-link"
    default_view = "index"

    @expose("/")
    @protected("see")
    def index(self) -> Any:
        """Draw the state of the link."""
        drawn = {"groups": _groups(), "actions": _actions()}
        crumbs = [(_("机构管理"), None)]
        return page("show.html", title=_("注册系统对接"), crumbs=crumbs, page=drawn)

    @expose("/switch", methods=["POST"])
    @protected("link")
    def switch(self) -> Response:
        """Switch the link on or off, with the reason."""
        if not _is_ours():
            raise Forbidden
        session, actor = db.session(), acting()
        is_linked = request.form.get("state") == "on"
        try:
            registry_links.set_link(
                session,
                session.get_one(Authority, actor.authority_id),
                is_linked=is_linked,
                reason=request.form.get("comment", "")[:500],
                actor=actor,
                at=now(),
            )
            session.commit()
        except LinkRefused as refusal:
            session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("已对接注册系统。") if is_linked else _("已取消对接注册系统。"), "success")
        return redirect(url_for("RegistryLinkView.index"), code=303)


def facts_of(found: RegistryLink | None) -> Facts:
    """Give the state of a link as facts; None is a province that never had one."""
    if found is None or not found.is_linked:
        last = [(_("最近同步时间"), cells.shown(found.synced_at))] if found else []
        return [(_("对接状态"), _("未对接")), *last]
    facts: Facts = [
        (_("对接状态"), _("已对接")),
        (_("对接时间"), cells.shown(found.linked_at)),
        (_("最近同步时间"), cells.shown(found.synced_at) or _("尚未同步")),
    ]
    if found.last_error:
        facts.append((_("最近一次同步失败"), f"{cells.shown(found.tried_at)} {found.last_error}"))
    return facts


def _groups() -> list[tuple[Any, Facts]]:
    statement = (
        select(RegistryLink)
        .options(joinedload(RegistryLink.province))
        .order_by(RegistryLink.province_id)
    )
    rows = list(db.session.scalars(statement))
    if not rows:
        return [(None, facts_of(None))]
    return [(row.province.name, [*facts_of(row), _waiting(row)]) for row in rows]


def _waiting(row: RegistryLink) -> tuple[Any, Any]:
    return (
        _("待匹配"),
        _("%(n)s条", n=registry_conflicts.waiting(db.session(), province_id=row.province_id)),
    )


def _is_ours() -> bool:
    actor = acting()
    return actor.province_id is not None and actor.authority_id == actor.province_id


def _actions() -> list[Action]:
    found = [link("conflicts", _l("查看待匹配"), url_for("RegistryConflictView.list"))]
    if not _is_ours():
        return found
    known = registry_links.of_province(db.session(), province_id=acting().province_id)
    is_linked = known is not None and known.is_linked
    label = _l("取消对接") if is_linked else _l("对接注册系统")
    button = post(
        "switch",
        label,
        url_for("RegistryLinkView.switch"),
        confirm=_OFF if is_linked else _ON,
        needs_reason=True,
        reason_label=_l("原因"),
        tone="danger" if is_linked else "primary",
        fields={"state": "off" if is_linked else "on"},
    )
    return [button, *found]
