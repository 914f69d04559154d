"""账号管理: accounts by their identities; opened, reset, stopped, and granted roles."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import AccountState, Role
from app.extensions import db
from app.models import Account, Identity
from app.operations import accounts
from app.operations.accounts import AccountRefused
from app.operations.login_names import is_index, normalise_login
from app.operations.roles import RoleRefused, set_roles
from app.queries import accounts as rows
from app.queries import permissions
from app.queries.listing import Column, Listing, Tab
from app.security.id_numbers import mask_id_number
from app.views import accounthats, bodies, cells
from app.views.account_form import RESETS, AccountForm
from app.views.actions import Action, link, post
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, one_of, starts_with, vocabulary_choices
from app.views.rownumbers import row_number

_ID_DIGITS = 8  # a login name with as many may be the number of a document


class AccountView(EntityView):
    """Pages of the identities in the actor's scope."""

    datamodel = Interface(Identity)
    route_base = "/accounts"
    name = _l("账号管理")
    group = _l("系统管理")
    new_label = _l("新增账号")
    abilities = frozenset({"list", "show", "add", "export"})
    add_form = AccountForm

    def listing(self) -> Listing:
        """Give the identities in scope; physicians, who are many, in a tab of their own."""
        return Listing(
            anchor=Identity,
            columns=(
                Column(
                    name="username", label=_l("账号"), expression=rows.username,
                    show=shown_login, plain=shown_login,
                ),
                Column(name="name", label=_l("姓名"), expression=Account.first_name),
                Column(name="role", label=_l("角色"), expression=Identity.role),
                Column(name="body", label=_l("机构"), expression=rows.body_name),
                Column(name="state", label=_l("状态"), expression=Account.state),
                Column(name="last_login", label=_l("最近登录"), expression=Account.last_login),
                Column(name="account", label="", expression=Identity.account_id, shown=False),
                Column(name="office", label="", expression=Identity.authority_id, shown=False),
            ),
            source=rows.with_person,
            tabs=(
                Tab(
                    name="staff", label=_l("单位账号"), criterion=Identity.physician_id.is_(None)
                ),
                Tab(
                    name="physicians", label=_l("医师账号"),
                    criterion=Identity.physician_id.is_not(None),
                ),
            ),
            criteria=(Identity.is_active.is_(True),),
        )  # fmt: skip

    def filters(self) -> Any:
        """Filter by account, name, role, body and state."""
        return (
            Filter(
                name="username", label=_l("账号"), kind="text",
                build=lambda value: Account.username == normalise_login(value), write=_told,
            ),
            Filter(
                name="name", label=_l("姓名"), kind="text", build=starts_with(Account.first_name)
            ),
            Filter(
                name="role", label=_l("角色"), kind="choice", build=one_of(Identity.role, Role),
                choices=lambda: [(r.name, r.label) for r in Role if r is not Role.SYSTEM],
            ),
            Filter(name="body", label=_l("机构"), kind="text", build=starts_with(rows.body_name)),
            Filter(
                name="state", label=_l("状态"), kind="choice",
                build=one_of(Account.state, AccountState), choices=vocabulary_choices(AccountState),
            ),
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, 重置密码, 停用 or 启用, and 授予角色."""
        found = [link("show", _l("查看"), url_for("AccountView.show", pk=row.pk))]
        return [*found, *self._actions(row.pk, row.role, row.account, row.office, row.state)]

    def _actions(
        self, pk: int, role: Role, account_id: int, office: int | None, state: AccountState
    ) -> list[Action]:
        actor, found = acting(), []
        is_equal = account_id == actor.account_id or (
            office is not None and office == actor.authority_id
        )
        if role in RESETS.get(actor.role, ()) and not is_equal:
            if self.may("reset"):
                url = url_for("AccountView.reset", pk=pk)
                found.append(post("reset", _l("重置密码"), url, confirm=bodies.RESET_ASK))
            if self.may("stop"):
                found.append(_turn(pk, state))
        if self.may("grant") and account_id != actor.account_id:
            found.append(link("grant", _l("授予角色"), url_for("AccountView.grant", pk=pk)))
        return found

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw one account as one of its identities."""
        row = rows.found(db.session(), pk)
        held = permissions.held(db.session(), [row.account_id])[row.account_id]
        names = [r.name for r in permissions.page_roles(db.session()) if r.id in held]
        facts = [
            (_("账号"), shown_login(row.username)),
            (_("姓名"), row.name),
            (_("角色"), row.role.label),
            (_("机构"), row.body),
            (_("授予的角色"), "、".join(names)),
            (_("最近登录"), cells.shown(row.last_login)),
        ]
        if row.state is AccountState.INITIAL:
            facts.append((_("初始状态有效至"), cells.shown(row.initial_until)))
        acts = self._actions(pk, row.role, row.account_id, row.authority_id, row.state)
        if self.appbuilder.sm.has_access("can_see", "RightsView"):
            acts.append(link("rights", _("权限说明"), url_for("RightsView.person", pk=pk)))
        drawn = {
            "status": (row.state.label, cells.tone(row.state)),
            "groups": [(None, facts)],
            "actions": acts,
            "back_url": url_for("AccountView.list"),
        }
        return page("show.html", title=row.name, crumbs=self.crumbs(), page=drawn)

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the form, or open an account in the initial state and tell once what opens it."""
        form = AccountForm()
        if request.method == "GET":
            form.role.data = request.args.get("role", "")
            form.body.data = request.args.get("body", "")[:255]
        elif form.validate():
            done = self._stored(form, lambda: _open(form))
            if done is not None:
                return bodies.handed_over(
                    done, title=_("账号已新增"), crumbs=self.crumbs(),
                    back_url=url_for("AccountView.list"),
                )  # fmt: skip
        return self._form(form, title=self.new_label)

    @expose("/reset/<int:pk>", methods=["POST"])
    @protected("reset")
    def reset(self, pk: int) -> Any:
        """重置密码."""
        back = url_for("AccountView.list")
        return bodies.reset_answer(pk, crumbs=self.crumbs(), back_url=back)

    @expose("/stop/<int:pk>", methods=["POST"])
    @protected("stop")
    def stop(self, pk: int) -> Any:
        """停用: no login any more, every session ended."""
        return _turned(pk, accounts.stop_account, _("账号已停用，其登录已全部退出。"))

    @expose("/start/<int:pk>", methods=["POST"])
    @protected("stop")
    def start(self, pk: int) -> Any:
        """启用."""
        return _turned(pk, accounts.start_account, _("账号已启用。"))

    @expose("/grant/<int:pk>", methods=["GET", "POST"])
    @protected("grant")
    def grant(self, pk: int) -> Any:
        """授予角色: exactly the ticked roles made in pages."""
        session = db.session()
        row = rows.found(session, pk)
        based = permissions.bases(session)
        known = [role for role in permissions.page_roles(session) if role.id not in based]
        held = permissions.held(session, [row.account_id])[row.account_id]
        errors: list[str] = []
        if request.method == "POST":
            held = {n for t in request.form.getlist("roles") if (n := row_number(t)) is not None}
            try:
                set_roles(session, row.account_id, held, actor=acting(), at=now())
                db.session.commit()
            except RoleRefused as refusal:
                db.session.rollback()
                errors = [str(refusal.message)]
            else:
                flash(_("角色已更新，该账号的登录已全部退出。"), "success")
                return redirect(url_for("AccountView.show", pk=pk))
        drawn = {
            "who": [(_("姓名"), row.name), (_("角色"), row.role.label), (_("机构"), row.body)],
            "roles": [(role.id, role.name, role.id in held, _summary(role)) for role in known],
            "errors": errors,
            "hats": accounthats.rows(row.account_id),
            "hat_url": url_for("AccountView.hat", pk=pk),
            "cancel_url": url_for("AccountView.list"),
        }
        return page("account/grant.html", title=_("授予角色"), crumbs=self.crumbs(), page=drawn)

    @expose("/hat/<int:pk>", methods=["GET", "POST"])
    @protected("grant")
    def hat(self, pk: int) -> Any:
        """授予身份: a role made in pages at a body, for a term."""
        row = rows.found(db.session(), pk)
        form = accounthats.HatForm()
        if request.method == "POST" and form.validate():
            done = self._stored(form, lambda: accounthats.give(form, row.account_id))
            if done is not None:
                flash(_("身份已授予，该人员用“切换”使用。"), "success")
                return redirect(url_for("AccountView.grant", pk=pk))
        drawn = {
            "form": form,
            "fieldsets": (
                (
                    _("%(name)s的身份", name=row.name),
                    ("page_role", "body", ("starts_on", "last_day")),
                ),
            ),
            "cancel_url": url_for("AccountView.grant", pk=pk),
        }
        return page("form.html", title=_("授予身份"), crumbs=self.crumbs(), page=drawn)

    @expose("/hat/take/<int:pk>", methods=["POST"])
    @protected("grant")
    def take_hat(self, pk: int) -> Any:
        """收回 a hat that was given or appointed."""
        accounthats.take(pk)
        flash(_("身份已收回，立即生效。"), "success")
        return redirect(url_for("AccountView.grant", pk=pk))


def shown_login(value: str | None) -> str | None:
    """Write a login name; the blind index of a physician is never shown."""
    return None if value is None or is_index(value) else value


def _told(typed: str) -> str:
    """Tell a login name that was looked for; one that may be an ID number is masked."""
    digits = sum(sign.isdigit() for sign in typed)
    return mask_id_number(typed) if digits >= _ID_DIGITS else typed


def _summary(role: Any) -> str:
    views = dict.fromkeys(right.view_menu.name for right in role.permissions)
    return "、".join(str(permissions.view_word(view)) for view in views)


def _turn(pk: int, state: AccountState) -> Action:
    if state is AccountState.STOPPED:
        return post("start", _l("启用"), url_for("AccountView.start", pk=pk))
    ask = _l("确定要停用该账号吗？停用后不能登录，已有的登录全部退出。")
    url = url_for("AccountView.stop", pk=pk)
    return post("stop", _l("停用"), url, confirm=ask, tone="danger")


def _turned(pk: int, turn: Any, message: str) -> Any:
    session, actor = db.session(), acting()
    try:
        identity = accounts.resettable(session, pk, actor=actor)
        turn(session, identity.account_id, actor=actor, at=now())
        db.session.commit()
    except AccountRefused as refusal:
        db.session.rollback()
        flash(str(refusal.message), "danger")
    else:
        flash(message, "success")
    return redirect(url_for("AccountView.list"))


def _open(form: Any) -> bodies.Handover:
    role = Role[form.role.data]
    created = bodies.open_account(
        username=form.username.data, name=form.name.data, role=role, body=form.found
    )
    return bodies.told(created, form.found)
