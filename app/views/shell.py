"""What surrounds every page: who acts for whom, menu, language, theme; and the security headers."""

import secrets
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, g, has_request_context, request, session, url_for
from flask_babel import gettext as _

from app.enums import AccountState
from app.security.actor import actor_or_none
from app.views import menu, paths, sessions
from app.views.manager import made_role
from app.views.waiting import waiting

LANGUAGES = {"zh": "中文", "en": "English"}


@dataclass
class Shell:
    """Read lazily: a page that draws no menu asks for no counts."""

    builder: Any

    @property
    def product_name(self) -> str:
        return _("医师定期考核信息登记管理系统")

    @property
    def lang(self) -> str:
        return locale()

    @property
    def html_lang(self) -> str:
        return "zh-CN" if self.lang == "zh" else "en"

    @property
    def theme(self) -> str:
        chosen = request.cookies.get("theme", "")
        return chosen if chosen in ("light", "dark") else ""

    @property
    def signed_in(self) -> bool:
        return sessions.visitor().account is not None

    @property
    def restricted(self) -> bool:
        account = sessions.visitor().account
        return account is not None and account.state is AccountState.INITIAL

    @property
    def province(self) -> str:
        return _province_name(sessions.visitor().province) if actor_or_none() else ""

    @property
    def body_name(self) -> str:
        actor = actor_or_none()
        return actor.body if actor else ""

    @property
    def role_label(self) -> Any:
        actor = actor_or_none()
        if actor is None:
            return ""
        if actor.page_role_id is None:
            return actor.role.label
        return made_role(actor.page_role_id, sessions.visitor().role_version)[0]

    @property
    def person_name(self) -> str:
        account, actor = sessions.visitor().account, actor_or_none()
        return actor.name if actor else account.first_name if account else ""

    @property
    def can_switch(self) -> bool:
        return sessions.visitor().identities > 1

    @property
    def menu(self) -> list[dict[str, Any]]:
        if actor_or_none() is None:
            return []
        return menu.drawn(self.builder.sm.has_access, waiting())

    @property
    def menu_depends(self) -> tuple[Any, ...]:
        return (request.blueprint, self.person_name, *sorted(waiting().items()))

    @property
    def header_depends(self) -> tuple[Any, ...]:
        whose = (self.province, self.body_name, str(self.role_label), self.person_name)
        return (*whose, self.signed_in, self.restricted, self.can_switch, self.unread)

    @property
    def unread(self) -> str:
        """Give the number of unread messages as the bell shows it; empty for none."""
        number = sessions.visitor().unread
        return "99+" if number >= sessions.MOST_UNREAD else str(number or "")

    @property
    def has_inbox(self) -> bool:
        return actor_or_none() is not None

    @property
    def inbox_url(self) -> str:
        return paths.to("MessageView.list")

    @property
    def has_jobs(self) -> bool:
        return actor_or_none() is not None

    @property
    def jobs_url(self) -> str:
        return paths.to("JobView.list")

    @property
    def jobs_progress_url(self) -> str:
        return paths.to("JobView.progress")

    @property
    def switch_url(self) -> str:
        return url_for("SwitchView.index")

    @property
    def password_url(self) -> str:
        return url_for("PasswordView.change")

    @property
    def logout_url(self) -> str:
        return url_for("LoginView.logout")

    @property
    def here(self) -> str:
        """Give where a change of the language leads back to, quoted."""
        return quote(request.full_path if request.method == "GET" else "/")

    @property
    def lang_urls(self) -> list[tuple[str, str, str, bool]]:
        return [
            (code, label, paths.to("LanguageView.choose", code=code), code == self.lang)
            for code, label in LANGUAGES.items()
        ]


def _province_name(authority: str) -> str:
    for ending in ("卫生健康委员会", "卫生健康委", "卫健委"):
        authority = authority.removesuffix(ending)
    return authority


def locale() -> str:
    """Give the language of this request: the chosen one, or Chinese."""
    if not has_request_context():
        return "zh"
    if paths.is_api():
        return request.accept_languages.best_match(list(LANGUAGES)) or "zh"
    chosen = session.get("locale") or request.cookies.get("lang")
    return chosen if chosen in LANGUAGES else "zh"


@lru_cache(maxsize=256)
def _version(path: Path, _changed: float) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Give the URL of a static file, ending with its content's hash."""
    known = current_app.extensions.setdefault("dingkao_assets", {})
    key = (request.script_root if has_request_context() else "", name)
    if key not in known or current_app.debug:
        path = Path(current_app.static_folder or "") / name
        known[key] = url_for("static", filename=name, v=_version(path, path.stat().st_mtime))
    found: str = known[key]
    return found


def nonce() -> str:
    """Give this answer's CSP nonce."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    found: str = g.nonce
    return found


def install(app: Flask, builder: Any) -> None:
    """Give templates the shell and answers their headers."""

    app.jinja_env.globals.update(asset=asset, csp_nonce=nonce)

    @app.context_processor
    def _shell() -> dict[str, Any]:
        if "shell" not in g:
            g.shell = Shell(builder)
        return {"shell": g.shell}

    @app.after_request
    def _headers(response: Any) -> Any:
        script = f"'self' 'nonce-{g.nonce}'" if "nonce" in g else "'self'"
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src {script}; style-src 'self'; img-src 'self' data: blob:; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        )
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), microphone=(), geolocation=()"
        )
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        if current_app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
