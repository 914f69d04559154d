"""What a person may type as 账号, and the account it means; never tells whether one exists."""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.models import Account
from app.security.actor import unscoped
from app.security.id_numbers import normalise_id_number

ID_CONTEXT = "physician.id_number"
MAX_TYPED = 128

_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_INDEX = re.compile(r"[0-9a-f]{64}")


def is_index(text: str) -> bool:
    """Tell whether this is a blind index, as physicians' accounts have for a name."""
    return _INDEX.fullmatch(text) is not None


def normalise_login(text: str) -> str:
    """Bring a name into the form that is stored: a resident's ID number as its blind index.

    15 digits and a lower-case x mean the same person as 18 digits and X.
    """
    number = normalise_id_number(text)
    return _index_of(number) if _RESIDENT.fullmatch(number) else _plain(text)


def fingerprint(text: str) -> str:
    """Give one keyed digest for all ways of typing one name."""
    return _index_of(normalise_id_number(text[:MAX_TYPED]))


def login_names(text: str) -> tuple[str, ...]:
    """Give the stored names that a typed text may mean, the likelier first.

    A number of another document (a passport) looks like any name, so both are tried; the name
    wins, lest somebody shadows an office's account by registering its name as a number.
    """
    number = normalise_id_number(text[:MAX_TYPED])
    plain, index = _plain(text[:MAX_TYPED]), _index_of(number)
    if _RESIDENT.fullmatch(number):
        return (index, plain)
    return (index,) if is_index(plain) else (plain, index)


def find_for_login(session: Session, text: str) -> Account | None:
    """Give the account that a typed name means, in whatever state it is."""
    names = login_names(text)
    with unscoped("nobody is signed in yet: the name itself is what is asked for"):
        found = {
            account.username: account
            for account in session.scalars(select(Account).where(Account.username.in_(names)))
        }
    return next((found[name] for name in names if name in found), None)


def _index_of(number: str) -> str:
    return keyring().blind_index(number, context=ID_CONTEXT)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
