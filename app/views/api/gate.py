"""Who calls: the bearer token, its identity, its scopes and its rate."""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import current_app, g, request
from flask_babel import gettext as _
from limits import parse
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.enums import ApiScope
from app.extensions import db, limiter
from app.models import ApiToken
from app.operations.api_tokens import is_genuine, prefix_of
from app.queries import api_tokens
from app.queries.actors import body_is_active
from app.security.actor import Actor, unscoped
from app.views.api.problems import Problem
from app.views.sessions import Visitor, actor_of
from app.views.signin.network import is_flooded

REFUSED_RATE = "60/minute"  # of one network: requests whose token opens nothing
SEEN_EVERY = timedelta(minutes=5)  # how often the last use is written down


@dataclass(frozen=True, slots=True)
class Caller:
    """A token that opens something, and as whom."""

    token: ApiToken
    actor: Actor


def caller(*, at: datetime) -> Caller:
    """Give who calls.

    :raises Problem: 401, or 429 for a network that guesses or a token beyond its rate.
    """
    text = _bearer()
    found = _found(text, at) if text else None
    if found is None:
        if is_flooded("api-refused", rate=REFUSED_RATE):
            raise Problem(429, _too_many(), headers={"Retry-After": "60"})
        error = ', error="invalid_token"' if text else ""
        raise Problem(
            401,
            _("缺少接口令牌，或令牌无效、已作废、已到期。"),
            headers={"WWW-Authenticate": f'Bearer realm="dingkao"{error}'},
        )
    g.api_use = (found.token.id, found.token.last_used_at, at)
    _count(found.token)
    return found


def demand(caller: Caller, scope: ApiScope | None) -> None:
    """Refuse a token that was not given the scope.

    :raises Problem: 403.
    """
    if scope is None or scope.code in caller.token.scopes.split():
        return
    challenge = f'Bearer realm="dingkao", error="insufficient_scope", scope="{scope.code}"'
    raise Problem(
        403,
        _("该令牌没有“%(scope)s”（%(code)s）权限。", scope=scope.label, code=scope.code),
        headers={"WWW-Authenticate": challenge},
    )


def finish(response: Response) -> Response:
    """Tell the rate, and write down the token's last use: seldom, in a transaction of its own."""
    response.headers.update(g.get("api_rate", {}))
    pk, last, at = g.get("api_use", (None, None, None))
    if pk is None or response.status_code >= 500 or (last is not None and at - last < SEEN_EVERY):
        return response
    db.session.rollback()  # the request's work is committed or void: it must hold no lock here
    with unscoped("a token's last use is written by nobody"), Session(db.engine) as own:
        row = own.get(ApiToken, pk)
        if row is not None:
            row.last_used_at = at
        own.commit()
    return response


def _bearer() -> str:
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" and len(text) < 200 else ""


def _found(text: str, at: datetime) -> Caller | None:
    prefix = prefix_of(text)
    known = api_tokens.found(db.session(), prefix) if prefix else None
    if known is None:
        return None
    token, account, identity = known
    is_open = token.revoked_at is None and at < token.expires_at
    if not (is_genuine(token, text) and is_open and account.active and identity.is_active):
        return None
    if identity.page_role_id is not None:
        return None  # a token speaks for a whole role, this hat has a part of one
    actor = actor_of(Visitor(account, identity, 1)) if body_is_active(identity) else None
    if actor is None:
        return None
    return Caller(token, replace(actor, name=f"{token.label[:60]}（接口）"))


def _count(token: ApiToken) -> None:
    if not limiter.enabled:
        return
    rate = parse(current_app.config["API_RATE_LIMIT"])
    within = limiter.limiter.hit(rate, "api", token.prefix)
    window = limiter.limiter.get_window_stats(rate, "api", token.prefix)
    wait = str(max(1, int(window.reset_time - time.time())))
    g.api_rate = {
        "RateLimit-Limit": str(rate.amount),
        "RateLimit-Remaining": str(window.remaining),
        "RateLimit-Reset": wait,
    }
    if not within:
        raise Problem(429, _too_many(), headers={"Retry-After": wait})


def _too_many() -> str:
    return _("短时间内请求次数过多，请稍后重试。")
