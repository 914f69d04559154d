"""医师列表 (manual 1.5): who takes part in the cycle, and each physician's facts and account."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from app.enums import N_
from app.extensions import db
from app.models import Institution, Participation, Physician
from app.operations import accounts, trail
from app.operations.accounts import AccountRefused
from app.operations.initial_passwords import initial_mode
from app.operations.physicians import PhysicianRefused, create_physicians, delete_physician
from app.queries import physicians
from app.queries.listing import Column, Listing
from app.views import (
    absence,
    actions,
    paths,
    physician_facts,
    physician_list,
    physician_move,
    reading,
    sessions,
    stopping,
    words,
)  # fmt: skip
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now, today
from app.views.filters import Filter
from app.views.import_links import import_button
from app.views.paths import came_from
from app.views.physician_form import FIELDSETS, PhysicianForm
from app.views.roster_columns import roster_columns
from app.workflows.engine import COMMENT_MISSING, Offer
from app.workflows.participation import PARTICIPATION

_RESET = _l("将该医师的登录密码重置为初始密码")
_SHOW, _RESET_LABEL, _DELETE = _l("查看"), _l("重置密码"), _l("删除")  # words of every row


class NumberTaken(PhysicianRefused):
    """The ID number is registered already."""

    field = "id_number"


class PhysicianView(EntityView):
    """The physicians of a hospital, or of all hospitals below an authority."""

    datamodel = Interface(Physician)
    route_base = "/physicians"
    name = _l("医师列表")
    group = _l("医师管理")
    new_label = _l("新增医师")
    abilities = frozenset({"list", "show", "add", "delete", "export", "plain_export"})
    add_form = PhysicianForm
    form_fieldsets = FIELDSETS

    # --- the list ----------------------------------------------------------------------------

    def listing(self) -> Listing:
        """Give the participations of the current cycle, or the physicians when none is open."""
        return physician_list.listing()

    def filters(self) -> Sequence[Filter]:
        """Give the manual's filters."""
        return physician_list.filters()

    def template_columns(self) -> Sequence[Column]:
        """Give the roster's columns to the hospital, which imports it."""
        return roster_columns() if physician_list.is_one_hospital() else ()

    def row_actions(self, row: Any) -> list[Action]:
        """Give the manual's links, in its order."""
        offers = stopping.on_list(physician_list.offers(row))
        leave = [self._step(row, offer) for offer in offers if offer.action in absence.STEPS]
        others = [
            self._step(row, offer)
            for offer in offers
            if offer.action not in absence.STEPS and not _is_the_other_way_back(offer)
        ]
        is_enrolled = any(offer.action == "withdraw" for offer in offers)
        found = [*others, actions.link("show", _SHOW, self._url("show", row.physician_id))]
        if self.may("reset"):
            found.append(self._reset_action(row.physician_id))
        if self.may("delete") and not is_enrolled:
            found.append(
                self._post("delete", _DELETE, row.physician_id, tone="danger",
                           confirm=_("确定要删除医师“%(name)s”吗？", name=row.name))
            )  # fmt: skip
        return [*found, *leave]

    def row_shape(self, row: Any) -> tuple[Any, tuple[str, ...]]:
        """Rows of one status, submitted alike, differ by their ids and the name only."""
        day = (sessions.visitor().cycle_version, today())  # which windows are open
        facts = getattr(row, "status", None), getattr(row, "submitted_at", None) is not None
        why = getattr(row, "away_reason", None)
        return (*day, *facts, why), ("pk", "physician_id", "name")

    def toolbar(self) -> list[Action]:
        """Give 新增医师 and 批量导入医师; a closed 批量参加 says why."""
        found = []
        confirm = physician_list.bulk_offer()
        if confirm is not None and confirm.closed_reason:
            found.append(actions.link("confirm", _l("批量参加"), "", closed=confirm.closed_reason))
        added = super().toolbar()
        security = self.appbuilder.sm
        added += import_button(security, "RosterImportView", _l("批量导入医师"))
        closed = physician_list.closed_intake() if added else None
        return [*found, *(replace(one, closed_reason=closed) for one in added)]

    def bulk(self) -> list[Action]:
        """Give 批量参加 on 未确认参加."""
        confirm = physician_list.bulk_offer()
        if confirm is None or confirm.closed_reason:
            return []
        url = url_for(
            "StepView.fire_many",
            workflow=PARTICIPATION.name,
            action="confirm",
            view="PhysicianView",
        )
        question = _l("确定要将所选医师纳入本周期考核名单吗？")
        return [actions.post("confirm", _l("批量参加"), url, confirm=question, tone="primary")]

    # --- one physician -----------------------------------------------------------------------

    def show_groups(self, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give the facts, numbers masked."""
        groups = physician_facts.groups(item, today=today())
        moves = physicians.transfers(db.session(), item.id)
        return [*groups, *physician_facts.transfers(moves)]

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw one physician, and write down who looked."""
        return reading.drawn(self.found(pk), "physician", pk, lambda: self.shown(pk))

    def show_actions(self, item: Any) -> list[Action]:
        """Give what reveals the numbers, and 重置密码."""
        found = []
        if self.may("reveal"):
            found.append(
                self._post("reveal", _l("查看完整号码"), item.id, needs_reason=True,
                           reason_label=_l("查看完整号码的原因"))
            )  # fmt: skip
        if self.may("reset"):
            found.append(self._reset_action(item.id))
        if self.may("move"):
            found.append(actions.link("move", _l("转移"), self._url("move", item.id)))
        return [*found, *stopping.steps(item.id, back=self._url("show", item.id))]

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the form, unless the roster comes from the registry."""
        closed = physician_list.closed_intake()
        if closed is not None:
            flash(str(closed), "danger")
            return redirect(url_for("PhysicianView.list"), code=303)
        return super().add()

    def create(self, form: Any) -> Physician:
        """Take up one physician, with account and participation."""
        session = db.session()
        try:
            (pk,) = create_physicians(
                session,
                institution=session.get_one(Institution, acting().institution_id),
                rows=[(form.facts, form.department_id)],
                actor=acting(),
                at=now(),
            )
        except PhysicianRefused as refusal:
            raise NumberTaken(refusal.message) from refusal
        return session.get_one(Physician, pk)

    @expose("/delete/<int:pk>", methods=["POST"])
    @protected("delete")
    def delete(self, pk: int) -> Any:
        """Remove a physician who takes part in nothing, or say why not."""
        item = self.found(pk)
        name = item.name
        try:
            delete_physician(db.session(), item, actor=acting(), at=now())
            db.session.commit()
        except PhysicianRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("医师“%(name)s”已删除。", name=name), "success")
        return redirect(self._back())

    @expose("/reset/<int:pk>", methods=["POST"])
    @protected("reset")
    def reset(self, pk: int) -> Any:
        """重置密码: tell what opens the account now; a code is shown on this answer only."""
        item = self.found(pk)
        name = item.name
        mode = initial_mode(
            current_app.config["INITIAL_PASSWORD_MODE"], profile=current_app.config["PROFILE"]
        )
        session = db.session()
        try:
            identity = accounts.resettable(
                session, physicians.identity_id(session, pk), actor=acting()
            )
            code = accounts.reset_password(
                session, identity.account_id, actor=acting(), at=now(), mode=mode
            )
            session.commit()
        except AccountRefused as refusal:
            session.rollback()
            flash(str(refusal.message), "danger")
            return redirect(self._back())
        if code is None:
            flash(physician_facts.reset_text(name, mode), "success")
            return redirect(self._back())
        drawn = {"code": code, "name": name, "back_url": self._back()}
        return page("physician/code.html", title=_("重置密码"), crumbs=self.crumbs(), page=drawn)

    @expose("/reveal/<int:pk>", methods=["POST"])
    @protected("reveal")
    def reveal(self, pk: int) -> Any:
        """Show the numbers in full, once, and write down who looked and why."""
        item = self.found(pk)
        reason = (request.form.get("comment") or "").strip()[:500]
        if not reason:
            flash(str(COMMENT_MISSING), "danger")
            return redirect(self._url("show", pk))
        trail.log(
            db.session(),
            actor=acting(),
            at=now(),
            subject="physician",
            subject_id=item.id,
            action="reveal",
            label=N_("查看完整号码"),
            comment=reason,
            province_id=item.province_id,
            authority_path=item.authority_path,
            institution_id=item.institution_id,
            physician_id=item.id,
        )
        db.session.commit()
        drawn = {
            "groups": physician_facts.groups(item, today=today(), is_revealed=True),
            "back_url": self._url("show", pk),
        }
        return page("physician/revealed.html", title=str(item), crumbs=self.crumbs(), page=drawn)

    @expose("/move/<int:pk>", methods=["GET", "POST"])
    @protected("move")
    def move(self, pk: int) -> Any:
        """转移 to another institution below the authority."""
        return physician_move.answer(self, self.found(pk))

    @expose("/away/<int:pk>")
    @protected("away")
    def away(self, pk: int) -> Any:
        """Ask for 离岗原因 and 开始日期 of a participation; the workflow takes the answer."""
        row = db.session.get(Participation, pk)
        if row is None:
            raise NotFound
        return absence.draw(row, crumbs=self.crumbs())

    # --- small things ------------------------------------------------------------------------

    def _step(self, row: Any, offer: Offer) -> Action:
        if offer.action in absence.STEPS:
            url = self._url("away", row.pk)
            return actions.link(offer.action, offer.label, url, closed=offer.closed_reason)
        return actions.step(PARTICIPATION.name, row.pk, offer)

    def _reset_action(self, pk: int) -> Action:
        return self._post("reset", _RESET_LABEL, pk, confirm=words.said(_RESET))

    def _post(self, name: str, label: Any, pk: int, **options: Any) -> Action:
        return actions.post(name, label, self._url(name, pk), **options)

    def _url(self, name: str, pk: int) -> str:
        return paths.to(f"PhysicianView.{name}", pk=pk)

    def _back(self) -> str:
        return came_from(url_for("PhysicianView.list"))


def _is_the_other_way_back(offer: Offer) -> bool:
    """恢复在岗 and 返聘 exclude each other: only the one that fits is drawn."""
    return offer.action in ("come_back", "rehire") and offer.closed_reason is not None
