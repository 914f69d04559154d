"""登录 and 退出; what is decided about an attempt is in operations/sign_in.py."""

import secrets
from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from app.enums import AccountState
from app.extensions import db
from app.operations import sign_in
from app.operations.initial_passwords import FactorAnswers, FactorKind, factor_kind
from app.operations.sign_in import Kind, Outcome, SignInSettings
from app.security.actor import actor_or_none
from app.views import sessions
from app.views.base import PageView, expose, open_to_all, page
from app.views.clock import now
from app.views.language import own_path
from app.views.signin import captcha, lane
from app.views.signin.forms import CodeForm, DocumentsForm, LoginForm
from app.views.signin.network import is_flooded, network

_RATE = "30/minute"
_PENDING = "confirming"
_PATIENCE = timedelta(minutes=10)


class LoginView(PageView):
    """The ways in and out."""

    route_base = ""
    default_view = "login"

    @expose("/login/", methods=["GET", "POST"])
    @open_to_all
    def login(self) -> Any:
        """Draw the form, or judge what was sent."""
        if actor_or_none() is not None:
            return redirect(_next())
        form = LoginForm()
        if not captcha.is_required():
            del form.captcha
        if request.method == "GET":
            return _login_page(form)
        if is_flooded("login", rate=_RATE):
            form.form_errors.append(_("操作过于频繁，请稍等一分钟后重试。"))
            return _login_page(form), 429
        with lane.entered() as is_in:
            if not is_in:
                form.form_errors.append(_("登录人数较多，请稍等几秒后再点登录。"))
                return _login_page(form), 503, {"Retry-After": "3"}
            return self._judged(form)

    def _judged(self, form: LoginForm) -> Any:
        if not _is_filled(form):
            return _login_page(form)
        session_ = db.session()
        outcome = sign_in.attempt(
            session_,
            login=form.account.data,
            password=form.password.data,
            network=network(),
            at=now(),
            settings=_settings(),
            pause=session_.rollback,
        )
        return _answered(outcome) or _refused(outcome, form)

    @expose("/login/confirm", methods=["GET", "POST"])
    @open_to_all
    def confirm(self) -> Any:
        """身份核对: the second page, to which 666666 leads in ``factor`` mode."""
        pending = session.get(_PENDING)
        if pending is None or pending["until"] < now().isoformat():
            return redirect(url_for("LoginView.login"))
        form = DocumentsForm() if pending["kind"] == FactorKind.DOCUMENTS else CodeForm()
        if request.method == "GET":
            return _confirm_page(form)
        if is_flooded("confirm", rate=_RATE):
            form.form_errors.append(_("操作过于频繁，请稍等一分钟后重试。"))
            return _confirm_page(form), 429
        if not form.validate():
            return _confirm_page(form)
        outcome = sign_in.confirm(
            db.session(),
            account_id=pending["account_id"],
            answers=FactorAnswers(
                **{field.name: field.data for field in form if field.name != "csrf_token"}
            ),
            network=network(),
            at=now(),
            settings=_settings(),
        )
        answer = _answered(outcome)
        if answer is None:
            db.session.commit()  # a failure is counted
            form.form_errors.append(str(outcome.message))
            return _confirm_page(form)
        return answer

    @expose("/captcha.png")
    @open_to_all
    def captcha(self) -> Any:
        """Draw the picture of the 验证码."""
        if is_flooded("captcha", rate="60/minute"):
            return "", 429
        return captcha.picture(at=now())

    @expose("/logout/", methods=["POST"])
    @open_to_all
    def logout(self) -> Any:
        """End the session on the server."""
        visitor = sessions.visitor()
        if visitor.account is not None:
            sign_in.leave(db.session(), visitor.account, identity=visitor.identity, at=now())
        db.session.commit()  # also of a visitor: the session's row is ended in its own transaction
        sessions.sign_out()
        flash(_("您已退出登录。"), "success")
        return redirect(url_for("LoginView.login"), code=303)


def _is_filled(form: LoginForm) -> bool:
    """Judge the form and the 验证码, which every attempt uses up, complete or not."""
    is_complete = form.validate()
    if not captcha.is_required():
        return is_complete
    is_human = captcha.consume(form.captcha.data or "", at=now())
    if not is_human and not form.captcha.errors:
        form.captcha.errors = [_("验证码不正确或已失效，请重新输入。")]
    return is_complete and is_human


def _answered(outcome: Outcome) -> Any:
    """Go on to where a success leads; None for a failure, which the caller commits."""
    account = outcome.account
    if account is None:
        return None
    account_id = account.id  # nothing of it may be read again after the commit
    if outcome.kind is Kind.FACTOR_NEEDED:
        session[_PENDING] = {
            "account_id": account_id,
            "kind": factor_kind(db.session(), account).value,
            "until": (now() + _PATIENCE).isoformat(),
        }
        db.session.commit()
        return redirect(url_for("LoginView.confirm"), code=303)
    is_initial = account.state is AccountState.INITIAL
    db.session.commit()
    sessions.sign_in(account_id, outcome.identity_id)
    return redirect(url_for("PasswordView.initial") if is_initial else _next(), code=303)


def _refused(outcome: Outcome, form: LoginForm) -> Any:
    db.session.commit()  # a failure is counted
    form.form_errors.append(str(outcome.message))
    return _login_page(form)


def _login_page(form: LoginForm) -> str:
    """Draw the form with a new 验证码; what was typed stays, but neither password nor answer."""
    in_words = captcha.is_required() and "words" in request.args
    url = None
    if captcha.is_required():
        form.captcha.data = ""
        form.captcha.raw_data = []
        if in_words:
            form.captcha.description = str(captcha.question(at=now()))
        else:
            url = url_for("LoginView.captcha", t=secrets.token_hex(4))
    kept: dict[str, Any] = {"next": request.args["next"]} if "next" in request.args else {}
    other = kept if in_words else kept | {"words": "1"}
    return page(
        "signin/login.html",
        title=_("登录"),
        form=form,
        captcha_url=url,
        other_url=url_for("LoginView.login", **other) if captcha.is_required() else None,
        in_words=in_words,
    )


def _confirm_page(form: Any) -> str:
    return page("signin/confirm.html", title=_("身份核对"), form=form)


def _next() -> str:
    """Give where to go on: only a path of our own."""
    wanted = own_path(request.args.get("next"))
    return "/" if wanted.startswith(("/login", "/logout")) else wanted


def _settings() -> SignInSettings:
    return SignInSettings(
        initial_password_mode=current_app.config["INITIAL_PASSWORD_MODE"],
        profile=current_app.config["PROFILE"],
    )
