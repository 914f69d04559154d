"""The 验证码 of this browser: its answer stays on the server and serves one attempt."""

from datetime import datetime, timedelta

from flask import Response, current_app, session
from flask_babel.speaklater import LazyString

from app.security.captcha import (
    captcha_matches,
    draw_captcha,
    new_captcha_text,
    new_word_problem,
)

_KEY = "captcha"
_FRESH = timedelta(minutes=10)


def is_required() -> bool:
    """Tell whether this installation asks for one."""
    return bool(current_app.config["CAPTCHA"])


def picture(*, at: datetime) -> Response:
    """Draw a new one; an older one of this browser is void."""
    text = new_captcha_text()
    _remember(text, at=at)
    return Response(draw_captcha(text), mimetype="image/png")


def question(*, at: datetime) -> LazyString:
    """Ask in words instead; an older one of this browser is void."""
    asked, answer = new_word_problem()
    _remember(answer, at=at)
    return asked


def consume(typed: str, *, at: datetime) -> bool:
    """Judge the answer; right or wrong, it is used up."""
    known = session.pop(_KEY, None)
    if known is None or at - datetime.fromisoformat(known["at"]) > _FRESH:
        return False
    return captcha_matches(known["answer"], typed)


def _remember(answer: str, *, at: datetime) -> None:
    session[_KEY] = {"answer": answer, "at": at.isoformat()}
