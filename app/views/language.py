"""语言: the switch in the header."""

from typing import Any

from flask import make_response, redirect, request, session
from werkzeug.exceptions import NotFound

from app.views.base import PageView, expose, open_to_all
from app.views.paths import own_path
from app.views.shell import LANGUAGES

__all__ = ["LanguageView", "own_path"]


class LanguageView(PageView):
    """Remembers a language in the session, and in a cookie for the next one."""

    route_base = "/lang"
    default_view = "choose"

    @expose("/<string:code>")
    @open_to_all
    def choose(self, code: str) -> Any:
        """Switch and go back."""
        if code not in LANGUAGES:
            raise NotFound
        if session:
            session["locale"] = code
        answer = make_response(redirect(own_path(request.args.get("next"))))
        answer.set_cookie("lang", code, max_age=31536000, samesite="Lax", httponly=True)
        return answer
