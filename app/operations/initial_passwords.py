"""The initial state of an account: what opens it for 72 hours. No password is stored in it.

``manual`` opens by 666666 alone, as the manual says, and is never honoured in production.
``factor`` takes 666666 as a mere trigger for a second question. ``code`` opens by a one-time
code that was shown once to the one who reset the account.
"""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AccountState, Role
from app.models import Account, Identity, Physician
from app.security.actor import unscoped
from app.security.passwords import hash_code, one_time_code, verify_code

INITIAL_PASSWORD = "666666"  # noqa: S105  # printed in the manual: no secret
VALID_FOR = timedelta(hours=72)
TRIES = 5
_LAST = 6  # digits of the ID number that are asked for
_OPEN_PROFILES = frozenset({"demo", "test"})


class InitialMode(StrEnum):
    """The values of INITIAL_PASSWORD_MODE."""

    MANUAL = "manual"
    FACTOR = "factor"
    CODE = "code"


class FactorKind(StrEnum):
    """What the second question asks for."""

    DOCUMENTS = "documents"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorAnswers:
    """What was typed on the second page; a field that was not asked for is empty."""

    last_six: str = ""
    licence_code: str = ""
    code: str = ""


def initial_mode(setting: str, *, profile: str) -> InitialMode:
    """Read the setting; ``manual`` outside demo and test counts as ``code``.

    :raises ValueError: for a word that is no mode
    """
    mode = InitialMode(setting)
    if mode is InitialMode.MANUAL and profile not in _OPEN_PROFILES:
        return InitialMode.CODE
    return mode


def make_initial(
    session: Session, account: Account, *, at: datetime, mode: InitialMode
) -> str | None:
    """Put the account into the initial state and return the code to hand out, if it needs one."""
    account.state = AccountState.INITIAL
    account.active = True
    account.password = None
    account.initial_until = at + VALID_FOR
    account.initial_tries = 0
    account.initial_code = None
    if not _needs_code(session, account, mode):
        return None
    code = one_time_code()
    account.initial_code = hash_code(code)
    return code


def is_expired(account: Account, *, at: datetime) -> bool:
    """Tell whether the 72 hours are over."""
    return account.initial_until is None or account.initial_until <= at


def opens(account: Account | None, typed: str, *, mode: InitialMode) -> bool:
    """Tell whether this is what opens the account; takes the same time for every account."""
    is_code = verify_code(typed, stored=account.initial_code if account else None)
    if account is None or account.state is not AccountState.INITIAL:
        return False
    if mode is InitialMode.CODE:
        return is_code
    return hmac.compare_digest(typed.encode("utf-8", "surrogatepass"), INITIAL_PASSWORD.encode())


def factor_kind(session: Session, account: Account) -> FactorKind:
    """Say what the second page asks: a code where one was handed out, else the documents."""
    if account.initial_code is not None or _papers(session, account) is None:
        return FactorKind.CODE
    return FactorKind.DOCUMENTS


def factor_holds(session: Session, account: Account, answers: FactorAnswers) -> bool:
    """Tell whether the answers of the second page are right."""
    if account.initial_code is not None:
        return verify_code(answers.code, stored=account.initial_code)
    papers = _papers(session, account)
    if papers is None:
        return False
    number, licence = papers
    is_number = _same(answers.last_six, number[-_LAST:])
    return _same(answers.licence_code, licence) and is_number


def _same(typed: str, known: str) -> bool:
    left, right = (
        "".join(unicodedata.normalize("NFKC", text).split()).upper() for text in (typed, known)
    )
    return hmac.compare_digest(
        left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass")
    )


def _needs_code(session: Session, account: Account, mode: InitialMode) -> bool:
    if mode is InitialMode.FACTOR:
        return _papers(session, account) is None
    return mode is InitialMode.CODE


def _papers(session: Session, account: Account) -> tuple[str, str] | None:
    """Give ID number and licence number of somebody who is nothing but a physician.

    Their hospital knows both numbers, so they open no account that can do more than a physician.
    """
    statement = (
        select(Identity.role, Physician.id_number, Physician.licence_code)
        .outerjoin(Physician, Physician.id == Identity.physician_id)
        .where(Identity.account_id == account.id, Identity.is_active)
        .order_by(Identity.id)
    )
    with unscoped("what is known of the person is compared, never shown"):
        rows = session.execute(statement).all()
    if not rows or any(role is not Role.PHYSICIAN for role, _number, _licence in rows):
        return None
    known = [(number, licence) for _role, number, licence in rows if number and licence]
    return next((pair for pair in known if len(pair[0]) >= _LAST), None)
