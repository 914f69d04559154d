"""密码初始化设置 and 安全设置: a person's own password."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden

from app.enums import AccountState
from app.extensions import db
from app.models import Account
from app.operations import account_passwords
from app.operations.account_passwords import PasswordRefused
from app.operations.initial_passwords import initial_mode
from app.security.passwords import PASSWORD_POLICIES, PasswordPolicy
from app.views import sessions
from app.views.base import PageView, expose, page, signed_in
from app.views.clock import now
from app.views.signin.forms import ChangeForm, InitialForm
from app.views.signin.network import is_flooded, network

_RATE = "10/minute"


class PasswordView(PageView):
    """The two pages on which somebody sets the own password."""

    route_base = "/password"
    default_view = "change"

    @expose("/initial", methods=["GET", "POST"])
    @signed_in
    def initial(self) -> Any:
        """Replace what opened the account; nothing else can be reached before."""
        account, identity_id = _person()
        if account.state is not AccountState.INITIAL:
            return redirect(url_for("PasswordView.change"))
        form = InitialForm()
        if not _is_sent(form):
            return _initial_page(form)
        account_id = account.id
        try:
            account_passwords.initialise_password(
                db.session(),
                account,
                old=form.old.data,
                new=form.new.data,
                policy=_policy(),
                mode=initial_mode(
                    current_app.config["INITIAL_PASSWORD_MODE"],
                    profile=current_app.config["PROFILE"],
                ),
                at=now(),
            )
        except PasswordRefused as refusal:
            _show(refusal, form)
            return _initial_page(form)
        _renew_session(account_id, identity_id)
        flash(_("密码设置成功，请牢记新密码。"), "success")
        return redirect("/", code=303)

    @expose("/change", methods=["GET", "POST"])
    @signed_in
    def change(self) -> Any:
        """Replace the own password; sessions in other browsers end."""
        account, identity_id = _person()
        form = ChangeForm()
        if not _is_sent(form):
            return _change_page(form)
        account_id = account.id
        try:
            account_passwords.change_password(
                db.session(),
                account,
                old=form.old.data,
                new=form.new.data,
                policy=_policy(),
                network=network(),
                at=now(),
            )
        except PasswordRefused as refusal:
            db.session.commit()  # a wrong guess is counted
            _show(refusal, form)
            return _change_page(form)
        _renew_session(account_id, identity_id)
        flash(_("密码修改成功，其他设备上的登录已全部退出。"), "success")
        return redirect("/", code=303)


def _person() -> tuple[Account, int | None]:
    visitor = sessions.visitor()
    if visitor.account is None:
        raise Forbidden
    return visitor.account, visitor.identity.id if visitor.identity else None


def _is_sent(form: Any) -> bool:
    if request.method == "GET":
        return False
    if is_flooded("password", rate=_RATE):
        form.form_errors.append(_("操作过于频繁，请稍等一分钟后重试。"))
        return False
    return bool(form.validate())


def _renew_session(account_id: int, identity_id: int | None) -> None:
    """End every session of the account and give this browser a fresh one."""
    sessions.end_sessions(db.session(), account_id)
    db.session.commit()
    sessions.sign_in(account_id, identity_id)


def _show(refusal: PasswordRefused, form: Any) -> None:
    form[refusal.field].errors = [str(problem) for problem in refusal.problems]


def _policy() -> PasswordPolicy:
    return PASSWORD_POLICIES[current_app.config["PASSWORD_POLICY"]]


def _policy_text() -> str:
    policy = _policy()
    if policy.min_classes:
        return _(
            "密码至少%(length)s个字符，含大写字母、小写字母、数字、符号中的%(classes)s种，"
            "不含姓名、证件号码和单位名称。",
            length=policy.min_length,
            classes=policy.min_classes,
        )
    return _("密码至少%(length)s个字符，不含姓名、证件号码和单位名称。", length=policy.min_length)


def _initial_page(form: Any) -> str:
    return page(
        "password_initial.html",
        title=_("密码初始化设置"),
        form=form,
        policy_text=_policy_text(),
    )


def _change_page(form: Any) -> str:
    return page(
        "password_change.html",
        title=_("安全设置"),
        form=form,
        policy_text=_policy_text(),
    )
