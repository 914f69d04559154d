"""待匹配: what the registry says and we do not take over by ourselves, side by side with ours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import ConflictKind, ConflictStatus
from app.extensions import db
from app.models import Institution, Physician, RegistryConflict
from app.operations import registry_links
from app.operations.physicians import id_indexes
from app.operations.trail import msgid
from app.queries import registry_conflicts, trail
from app.queries.listing import Column, Listing, Tab
from app.security.id_numbers import mask_id_number
from app.views import actions, cells, listpages, registry_facts
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, begins, one_of, vocabulary_choices
from app.workflows.offers import startable
from app.workflows.registry_conflict import REGISTRY_CONFLICT

_MEANING = {
    ConflictKind.NAME: _l("证件号码相同而姓名不同。请核对是否同一人、是否改名。"),
    ConflictKind.INSTITUTION: _l("注册的执业机构在本系统中没有登记，或者已停用。"),
    ConflictKind.INVALID: _l("注册信息不符合要求，不能采用。请联系注册机关更正。"),
    ConflictKind.OPEN_CASE: _l(
        "医师已变更执业机构，而本周期考核尚未完成。采用后医师及其考核个案、操作日志一并转入新机构，"
        "已有的评定意见保留，由新机构的考核机构继续考核。"
    ),
    ConflictKind.NOT_PRACTISING: _l("医师已不在执业。采用后，未确认参加本周期考核的医师转为离岗。"),
}


class RegistryConflictView(EntityView):
    """The queue of a province; the institutions concerned see their own."""

    datamodel = Interface(RegistryConflict)
    route_base = "/registry-conflicts"
    name = _l("待匹配")
    group = _l("医师管理")
    abilities = frozenset({"list", "show", "export"})

    def listing(self) -> Listing:
        """Give the conflicts in scope, the newest first."""
        c = RegistryConflict
        return Listing(
            anchor=c,
            columns=(
                Column(name="received", label=_l("收到时间"), expression=c.received_at),
                Column(name="name", label=_l("姓名"), expression=c.name),
                Column(name="id_number", label=_l("证件号码"), expression=c.id_masked),
                Column(name="kind", label=_l("情形"), expression=c.kind),
                Column(name="ours", label=_l("本系统机构"), expression=Institution.name),
                Column(name="theirs", label=_l("注册机构"), expression=c.institution_name),
                Column(name="status", label=_l("状态"), expression=c.status),
            ),
            details=lambda s: s.outerjoin(Institution, Institution.id == c.institution_id),
            tabs=(
                Tab(name="pending", label=_l("待匹配"), criterion=registry_conflicts.is_pending()),
                Tab(name="decided", label=_l("已处理"), criterion=registry_conflicts.is_decided()),
            ),
            order=(c.id.desc(),),
        )

    def filters(self) -> Sequence[Filter]:
        """Filter by person, kind, status and time."""
        c = RegistryConflict
        return (
            Filter(name="name", label=_l("姓名"), kind="text", build=begins(c.name)),
            Filter(name="id_number", label=_l("证件号码"), kind="text", build=_has_number,
                   write=mask_id_number),
            Filter(
                name="situation", label=_l("情形"), kind="choice", build=one_of(c.kind, ConflictKind),
                choices=vocabulary_choices(ConflictKind),
            ),
            Filter(
                name="status", label=_l("状态"), kind="choice",
                build=one_of(c.status, ConflictStatus), choices=vocabulary_choices(ConflictStatus),
            ),
            Filter(
                name="received", label=_l("收到时间"), kind="dates",
                build=lambda pair: trail.within(c.received_at, pair),
            ),
        )  # fmt: skip

    @expose("/list/")
    @protected("list")
    def list(self) -> Any:
        """Draw the queue with the time of the last synchronisation."""
        link = registry_links.of_province(db.session(), province_id=acting().province_id)
        return page(
            "registry_conflict/list.html",
            title=self.name,
            crumbs=self.crumbs(),
            page=listpages.draw(self, request.args),
            is_linked=link is not None and link.is_linked,
            synced_at=cells.shown(link.synced_at) if link else "",
        )

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw both sides, and what may be decided."""
        item = self.found(pk)
        ours = db.session.get(Physician, item.physician_id) if item.physician_id else None
        decided = item.status is not ConflictStatus.PENDING
        drawn = {
            "status": (item.status.label, cells.tone(item.status)),
            "meaning": None if decided else _MEANING[item.kind],
            "problem": item.problem if item.kind is ConflictKind.INVALID else None,
            "facts": _facts(item),
            "lines": registry_facts.lines(item, ours),
            "is_hidden": ours is None and item.physician_id is not None,
            "physician_url": self._physician_url(ours),
            "actions": self._steps(item),
            "back_url": url_for("RegistryConflictView.list"),
        }
        return page(
            "registry_conflict/show.html", title=item.name, crumbs=self.crumbs(), page=drawn
        )

    def _steps(self, item: RegistryConflict) -> "Sequence[Action]":
        actor = acting()
        if actor.authority_id != item.province_id:
            return []
        here = {"next": url_for("RegistryConflictView.show", pk=item.id)}
        offers = startable(REGISTRY_CONFLICT, db.session(), item, actor=actor, at=now())
        buttons = actions.steps(REGISTRY_CONFLICT.name, item.id, offers)
        return [replace(button, fields=here) for button in buttons]

    def _physician_url(self, ours: Physician | None) -> str | None:
        if ours is None or not self.appbuilder.sm.has_access("can_show", "PhysicianView"):
            return None
        return url_for("PhysicianView.show", pk=ours.id)


def _facts(item: RegistryConflict) -> Sequence[tuple[Any, Any]]:
    found = [
        (_("情形"), item.kind.label),
        (_("证件号码"), item.id_masked),
        (_("收到时间"), cells.shown(item.received_at)),
    ]
    entry = None
    if item.status is not ConflictStatus.PENDING:
        entry = registry_conflicts.decision(db.session(), item.id)
    if entry is not None:
        found += [
            (_("处理结果"), _(msgid(entry.action_label))),
            (_("处理人"), entry.actor_name),
            (_("处理时间"), cells.shown(entry.at)),
            (_("原因"), entry.comment),
        ]
    return found


def _has_number(text: str) -> Any:
    """Match the whole number only."""
    return RegistryConflict.id_index.in_(id_indexes(text))
