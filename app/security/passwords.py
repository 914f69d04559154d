"""Judge, hash and verify passwords and one-time codes; never stores or logs one.

Hashes are written as ``scrypt:N:r:p$salt$hex``, the form the web framework reads and writes too.
"""

import hmac
import re
import secrets
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.crypto import keyring
from app.security import hashing

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L
CODE_LENGTH = 10

_N, _R, _P = 2**15, 8, 1
_MOST_MEMORY = 256 * 2**20
_SALT_CHARS = string.ascii_letters + string.digits
_HASH = re.compile(r"scrypt:(\d{1,9}):(\d{1,4}):(\d{1,4})\$([^$]+)\$([0-9a-f]{128})")

_COMMON = 10_000
_WINDOW = 4  # characters of a context word that give it away
_RUN = 5  # characters in a row that make a sequence
_ROWS = (string.ascii_lowercase, "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_UNLEET = str.maketrans("@40$5137", "aaossiet")


class HashUnreadable(ValueError):
    """A stored hash is in no form that this module can verify."""


@dataclass(frozen=True)
class PasswordPolicy:
    """What a new password must look like; common, trivial and personal ones are never allowed."""

    name: str
    min_length: int
    min_classes: int  # of the four: upper case, lower case, digits, symbols; 0 is no rule
    max_length: int = 128


DEFAULT_POLICY = PasswordPolicy(name="default", min_length=10, min_classes=3)
ASVS_POLICY = PasswordPolicy(name="asvs", min_length=12, min_classes=0)  # OWASP ASVS 5.0, 6.2
PASSWORD_POLICIES: Mapping[str, PasswordPolicy] = MappingProxyType(
    {policy.name: policy for policy in (DEFAULT_POLICY, ASVS_POLICY)}
)


def password_problems(
    password: str, *, policy: PasswordPolicy, context_words: Iterable[str] = ()
) -> list[LazyString]:
    """List what is wrong with a new password and what to do about it; an empty list accepts it.

    ``context_words`` are the user name, the person's name, the ID number and the institution:
    a whole word, or any four characters in a row of one, is refused.
    """
    problems = []
    if len(password) < policy.min_length:
        problems.append(_l("密码太短，请设置至少%(count)s个字符", count=policy.min_length))
    if len(password) > policy.max_length:
        problems.append(_l("密码太长，请不要超过%(count)s个字符", count=policy.max_length))
        return problems
    if _classes(password) < policy.min_classes:
        problems.append(
            _l(
                "密码的字符种类太少，请至少使用大写字母、小写字母、数字、符号中的%(count)s种",
                count=policy.min_classes,
            )
        )
    if is_trivial(password):
        problems.append(_l("密码含有重复或连续的字符（如666666、123456），请打乱后重新设置"))
    elif _is_common(password):
        problems.append(_l("密码过于常见，容易被猜中，请换一个不常用的密码"))
    if _reveals(password, context_words):
        problems.append(
            _l("密码含有账号、姓名、证件号码或单位名称中的内容，请换用与本人和单位无关的内容")
        )
    return problems


def is_trivial(password: str) -> bool:
    """Tell whether it is 666666 or its like: repetition, or a run along digits, letters or keys."""
    folded = _folded(password)
    if re.search(rf"(.)\1{{{_RUN - 1}}}", folded) or re.fullmatch(r"(.{1,6}?)\1+", folded):
        return True
    return any(_in_a_row(folded, row) or _in_a_row(folded, row[::-1]) for row in _ROWS)


def hash_password(password: str) -> str:
    """Hash a password that the policy has accepted; about 100 ms, two at once in a process."""
    salt = "".join(secrets.choice(_SALT_CHARS) for _ in range(16))
    return f"scrypt:{_N}:{_R}:{_P}${salt}${_scrypt(password, salt, _N, _R, _P)}"


def verify_password(password: str, *, stored: str | None) -> bool:
    """Tell whether this is the password; an account without one takes as long to say no.

    :raises HashUnreadable: if the stored hash is damaged or of another kind
    """
    if not stored:
        burn_hash(password)
        return False
    found = _HASH.fullmatch(stored)
    if found is None:
        raise HashUnreadable("the stored password hash is not of the form scrypt:N:r:p$salt$hex")
    n, r, p = (int(number) for number in found.group(1, 2, 3))
    if n < 2 or n & (n - 1) or not 0 < n * r * p * 128 <= _MOST_MEMORY:
        raise HashUnreadable("the stored password hash asks for parameters out of bounds")
    return hmac.compare_digest(_scrypt(password, found[4], n, r, p), found[5])


def burn_hash(password: str = "") -> None:
    """Spend the time of a verification, so that an unknown account answers like a known one."""
    _scrypt(password, "0" * 16, _N, _R, _P)


def one_time_code() -> str:
    """Draw a code that opens an account once: ten characters that cannot be mistaken."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def hash_code(code: str) -> str:
    """Fingerprint a one-time code under the process's keys: 64 hex digits.

    Keyed, because ten characters (50 bits) could be searched in a stolen database.
    :raises KeyringUnbound: before the application has bound its keys
    """
    typed = unicodedata.normalize("NFKC", code).upper()
    plain = "".join(c for c in typed if c in CODE_ALPHABET)
    return keyring().blind_index(plain, context="one_time_code")


def verify_code(code: str, *, stored: str | None) -> bool:
    """Tell whether this is the code, however it was typed: case, width, spaces and hyphens."""
    return hmac.compare_digest(hash_code(code), stored or "")


def _scrypt(password: str, salt: str, n: int, r: int, p: int) -> str:
    raw = password.encode("utf-8", "surrogatepass")  # a lone surrogate in JSON must not crash
    return hashing.scrypt(raw, salt=salt.encode(), n=n, r=r, p=p)


def _classes(password: str) -> int:
    kinds = {
        "upper" if c.isupper() else "lower" if c.islower() else "digit" if c.isdigit() else "symbol"
        for c in password
    }
    return len(kinds)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _compact(text: str) -> str:
    return "".join(c for c in _folded(text) if c.isalnum())


def _in_a_row(text: str, row: str) -> bool:
    steps = "".join("+" if a + b in row else "." for a, b in pairwise(text))
    return "+" * (_RUN - 1) in steps


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 1 MB: loaded when first needed

    return frozenset(FREQUENCY_LISTS["passwords"][:_COMMON])


def _is_common(password: str) -> bool:
    """Also when a common word is merely decorated, as in P@ssword123!, and is half of it all."""
    folded = _folded(password)
    return any(
        core in _common_passwords() and 2 * len(core) >= len(folded) for core in _cores(folded)
    )


def _cores(folded: str) -> Iterator[str]:
    yield folded
    yield re.sub(r"^[\d\W_]+|[\d\W_]+$", "", folded)
    bare = re.sub(r"^[\W_]+|[\d\W_]+$", "", folded)
    yield bare.translate(_UNLEET)


def _reveals(password: str, context_words: Iterable[str]) -> bool:
    typed = _compact(password)
    return any(
        window in typed
        for word in map(_compact, context_words)
        if len(word) >= (3 if word.isascii() else 2)  # shorter ones prove nothing
        for window in _windows(word)
    )


def _windows(word: str) -> Iterator[str]:
    for start in range(max(1, len(word) - _WINDOW + 1)):
        yield word[start : start + _WINDOW]
