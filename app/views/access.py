"""Who passes a route, and how a page is rendered around what it says."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, Forbidden

from app.security.actor import Actor, actor_or_none
from app.views.sessions import visitor

Crumbs = Sequence[tuple[Any, str | None]]


def open_to_all(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a route that a visitor may use without signing in."""
    handler.__dict__["_is_public"] = True
    return handler


def protected(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let only a signed-in person with ``can_<permission>`` on this view pass.

    A visitor is sent to the sign-in page, a person without the permission gets 403.
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
            if actor_or_none() is None:
                target = request.full_path if request.method == "GET" else None
                return redirect(url_for("LoginView.login", next=target))
            if not self.appbuilder.sm.has_access(f"can_{permission}", self.class_permission_name):
                raise Forbidden
            return handler(self, *args, **kwargs)

        guarded.__dict__["_permission_name"] = permission
        return guarded

    return decorate


def signed_in(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Let only a person with an account pass, whatever the role and state."""

    @wraps(handler)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if visitor().account is None:
            return redirect(url_for("LoginView.login"))
        return handler(self, *args, **kwargs)

    guarded.__dict__["_is_for_accounts"] = True
    return guarded


def refuse_nul() -> None:
    """Refuse a request with a NUL in it: no keyboard types one, and PostgreSQL stores none.

    :raises BadRequest: in path, query or form; the names of files are cleaned where they are kept.
    """
    sources = (request.args, request.form)
    values = (text for source in sources for texts in source.listvalues() for text in texts)
    if "\x00" in request.path or any("\x00" in text for text in values):
        raise BadRequest


def page(template: str, *, title: Any, crumbs: Crumbs = (), **context: Any) -> str:
    """Render a page with its title and where it lies."""
    trail = [(_("首页"), "/"), *crumbs] if crumbs or request.path != "/" else []
    if trail and (not crumbs or crumbs[-1][0] != title):
        trail.append((title, None))
    return render_template(template, title=title, crumbs=trail, **context)


def acting() -> Actor:
    """Give the person of this request; only inside a protected route."""
    actor = actor_or_none()
    if actor is None:
        raise Forbidden
    return actor
