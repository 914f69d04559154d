"""接口令牌: made once and shown once, found by their prefix, revoked; only a digest is stored."""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import N_, ApiScope, Role
from app.models import ApiToken
from app.operations import trail
from app.refusals import Refusal
from app.security.actor import Actor
from app.security.owners import body_columns

MARK = "dk"
LONGEST_DAYS = 365
_READING = frozenset(scope for scope in ApiScope if scope.code.endswith(":read"))
ALLOWED: Mapping[Role, frozenset[ApiScope]] = {
    Role.INSTITUTION: frozenset(ApiScope),
    Role.AGENCY: _READING,
    Role.AUTHORITY: _READING,
}
"""What a token of each role may be given at most."""


class ApiTokenRefused(Refusal):
    """A token that is not made; ``field`` names what was chosen wrong."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token; ``text`` is kept nowhere and told once."""

    token: ApiToken
    text: str


def digest(text: str) -> str:
    """Fingerprint a token; 256 random bits need no slow hash."""
    return sha256(text.encode()).hexdigest()


def prefix_of(text: str) -> str | None:
    """Give the part of a token by which it is found, or None for what cannot be one."""
    mark, _line, rest = text.partition("_")
    prefix, _line, secret = rest.partition("_")
    is_one = mark == MARK and len(prefix) == 12 and len(secret) == 43 and text.isascii()
    return prefix if is_one else None


def is_genuine(token: ApiToken, text: str) -> bool:
    """Tell whether the text is this token, in constant time."""
    return hmac.compare_digest(token.digest, digest(text))


def create_token(
    session: Session,
    *,
    label: str,
    scopes: Iterable[ApiScope],
    days: int,
    actor: Actor,
    at: datetime,
) -> Issued:
    """Make a token that acts as the actor's identity within ``scopes`` for so many days.

    :raises ApiTokenRefused: the role has no tokens, a scope is beyond it, or the days are.
    """
    chosen = frozenset(scopes)
    if actor.account_id is None or actor.identity_id is None or actor.role not in ALLOWED:
        raise ApiTokenRefused(_l("您的角色不能创建接口令牌。"))
    if not chosen or not chosen <= ALLOWED[actor.role]:
        raise ApiTokenRefused(_l("请选择本单位可用的权限范围。"), field="scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise ApiTokenRefused(_l("有效期应为1天到365天。"), field="days")
    prefix = secrets.token_hex(6)
    text = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        label=label,
        prefix=prefix,
        digest=digest(text),
        scopes=" ".join(scope.code for scope in ApiScope if scope in chosen),
        created_at=at,
        expires_at=at + timedelta(days=days),
        identity_id=actor.identity_id,
        account_id=actor.account_id,
        **body_columns(actor),
    )
    session.add(row)
    session.flush()  # the entry of the trail names its id
    _log(session, row, "create", N_("创建接口令牌"), actor=actor, at=at)
    return Issued(row, text)


def revoke_token(session: Session, token: ApiToken, *, actor: Actor, at: datetime) -> None:
    """End a token at once; a second time changes nothing."""
    if token.revoked_at is not None:
        return
    token.revoked_at = at
    _log(session, token, "revoke", N_("作废接口令牌"), actor=actor, at=at)


def _log(
    session: Session, row: ApiToken, action: str, label: str, *, actor: Actor, at: datetime
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="api_token",
        subject_id=row.id,
        action=action,
        label=label,
        comment=f"{row.label}（{row.prefix}）：{row.scopes}",
        province_id=row.province_id,
        authority_path=row.authority_path,
        institution_id=row.institution_id,
        agency_id=row.agency_id,
    )
