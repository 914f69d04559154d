"""登录, 密码初始化设置, 修改密码 and 切换; the only pages that a visitor can reach."""

from typing import Any

from flask import redirect, request, session, url_for
from werkzeug.exceptions import Forbidden

from app.enums import AccountState
from app.extensions import db
from app.queries import announcements
from app.security.actor import actor_or_none
from app.views import sessions

__all__ = ["forced_page_guard", "must_read_guard"]

_REACHABLE = frozenset(
    {"PasswordView.initial", "LoginView.logout", "LanguageView.choose", "static"}
)
_NOT_HELD_UP = _REACHABLE | {
    "AnnouncementView.must_read",
    "AnnouncementView.confirm",
    "HomeView.healthz",
}


def forced_page_guard() -> Any:
    """Let an account in the initial state reach nothing but 密码初始化设置 and the way out."""
    account = sessions.visitor().account
    if account is None or account.state is not AccountState.INITIAL:
        return None
    if request.endpoint in _REACHABLE:
        return None
    if _is_script():
        raise Forbidden
    return redirect(url_for("PasswordView.initial"), code=303)


def must_read_guard() -> Any:
    """Show 必读 announcements after the sign-in until each is confirmed; then ask no more.

    One published later is shown at the next sign-in: a session pays one statement, not every page.
    """
    actor = actor_or_none()
    if actor is None or sessions.MUST_READ not in session or request.endpoint in _NOT_HELD_UP:
        return None
    if actor.role in announcements.READERS:
        waiting = announcements.unconfirmed(
            db.session(),
            account_id=actor.account_id,
            authority_path=actor.authority_path,
            authority_id=actor.authority_id,
        )
        if waiting is not None:
            if _is_script():
                raise Forbidden
            return redirect(url_for("AnnouncementView.must_read"), code=303)
    session.pop(sessions.MUST_READ)
    return None


def _is_script() -> bool:
    accepted = request.accept_mimetypes
    return (
        request.is_json
        or request.headers.get("X-Requested-With") == "XMLHttpRequest"
        or accepted["application/json"] > accepted["text/html"]
    )
