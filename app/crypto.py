"""Keep personal data unreadable in the database and on disk; never logs, prints or stores a key.

A token is ``version | length of key id | key id | nonce | ciphertext and tag`` (AES-256-GCM). The
header and the context are authenticated, so that a value moved to another column does not open.
The context names a column, not a row: swapping two rows' tokens of one column is not detected.
"""

import base64
import binascii
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.sql.expression import ColumnClause, Null
from sqlalchemy.types import TypeDecorator

INDEX_ID = "index"
SECRET_ID = "secret"  # noqa: S105 - the id of a key, not a key

_VERSION = 1
_NONCE = 12
_TAG = 16
_MASTER = 32  # bytes a master key has at least
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class DecryptionFailed(Exception):
    """A token was altered, belongs to another context, or its key is not on the ring."""


class KeyringInvalid(ValueError):
    """The configured keys cannot be used; the message never repeats key material."""


class KeyringUnbound(RuntimeError):
    """Something is to be encrypted before the application has bound its keys."""


class Keyring:
    """Data keys by id, one of them current, and one index key that outlives their rotation.

    ``keys`` is one secret text, or master keys by id with the ``current`` one named. The index key
    comes from the entry ``index``; without it from the last one, the oldest, which must then stay.
    :raises KeyringInvalid: for a short key, a malformed id, or a current id that is missing
    """

    __slots__ = ("_ciphers", "_header", "_index_key", "current")

    def __init__(self, keys: str | Mapping[str, bytes], current: str | None = None) -> None:
        masters = {SECRET_ID: keys.encode()} if isinstance(keys, str) else dict(keys)
        current = SECRET_ID if isinstance(keys, str) and current is None else current
        for key_id, master in masters.items():
            if not _KEY_ID.fullmatch(key_id):
                raise KeyringInvalid("a key id is 1 to 32 letters, digits, '-' or '_'")
            if len(master) < _MASTER:
                raise KeyringInvalid(f"key {key_id!r} is shorter than {_MASTER} bytes")
        if current is None or current == INDEX_ID or current not in masters:
            raise KeyringInvalid(f"the current data key {current!r} is not among the keys")
        self.current = current
        self._index_key = _derive(masters.get(INDEX_ID) or [*masters.values()][-1], b"blind index")
        self._ciphers = {
            key_id: AESGCM(_derive(master, b"data"))
            for key_id, master in masters.items()
            if key_id != INDEX_ID
        }
        self._header = bytes((_VERSION, len(current))) + current.encode()

    def __repr__(self) -> str:
        return f"<Keyring {', '.join(self._ciphers)}; current {self.current}>"

    def encrypt(self, plain: str, *, context: str) -> bytes:
        """Seal a text for one context, such as ``physician.id_number``."""
        return self.seal_bytes(plain.encode(), context=context)

    def encrypt_many(self, plains: Sequence[str | None], *, context: str) -> list[bytes | None]:
        """Seal a column of texts; None stays None."""
        header, cipher = self._header, self._ciphers[self.current]
        bound = header + _named(context)
        nonces = memoryview(os.urandom(_NONCE * len(plains)))
        return [
            None
            if plain is None
            else b"".join((header, nonce, cipher.encrypt(nonce, plain.encode(), bound)))
            for plain, nonce in zip(
                plains,
                (nonces[start : start + _NONCE] for start in range(0, len(nonces), _NONCE)),
                strict=True,
            )
        ]

    def decrypt(self, token: bytes, *, context: str) -> str:
        """Open a text sealed for this context.

        :raises DecryptionFailed: if the token does not authenticate or is not a text
        """
        try:
            return self.open_bytes(token, context=context).decode()
        except UnicodeDecodeError:
            raise DecryptionFailed(f"{context}: the content is not a text") from None

    def seal_bytes(self, plain: bytes, *, context: str) -> bytes:
        """Seal a file's content, less than 2 GiB of it."""
        nonce = os.urandom(_NONCE)
        header = self._header
        sealed = self._ciphers[self.current].encrypt(nonce, plain, header + _named(context))
        return header + nonce + sealed

    def open_bytes(self, token: bytes, *, context: str) -> bytes:
        """Open what ``seal_bytes`` made for this context, under any key of the ring.

        :raises DecryptionFailed: if the token does not authenticate
        """
        start = _header_length(token, context=context)
        key_id = token[2:start].decode("ascii", "replace")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise DecryptionFailed(f"{context}: the key it was sealed with is not on the ring")
        nonce, sealed = token[start : start + _NONCE], token[start + _NONCE :]
        try:
            return cipher.decrypt(nonce, sealed, token[:start] + _named(context))
        except InvalidTag:
            raise DecryptionFailed(
                f"{context}: altered, moved from elsewhere, or another key named {key_id!r}"
            ) from None

    def is_current(self, token: bytes) -> bool:
        """Tell whether a token is sealed with the current key, for the command that rotates."""
        return token.startswith(self._header)

    def blind_index(self, text: str, *, context: str) -> str:
        """Fingerprint a text for equality search and uniqueness: 64 hex digits.

        The caller normalises first (case, width, spaces). The same after every rotation.
        """
        name = _named(context)
        message = len(name).to_bytes(2, "big") + name + text.encode()
        return hmac.digest(self._index_key, message, "sha256").hex()


def keyring_from_text(text: str) -> Keyring:
    """Read ``id1:base64,id2:base64,index:base64``: the first data key is the current one.

    :raises KeyringInvalid: naming the entry at fault by its position
    """
    masters = _parse(text)
    current = next((key_id for key_id in masters if key_id != INDEX_ID), None)
    if current is None:
        raise KeyringInvalid("there is no data key: expected id:base64[,id:base64…]")
    return Keyring(masters, current)


def new_key_text(*, existing: str = "") -> str:
    """Make a fresh configuration text, or put a new current key in front of the existing ones.

    The index key is written out, so that old data keys can be dropped after re-encryption.
    :raises KeyringInvalid: if the existing text cannot be read
    """
    masters = _parse(existing) if existing.strip() else {}
    oldest = [os.urandom(_MASTER), *masters.values()][-1]
    index = masters.pop(INDEX_ID, oldest)
    fresh = {f"k{os.urandom(4).hex()}": os.urandom(_MASTER)}
    entries = fresh | masters | {INDEX_ID: index}
    return ",".join(f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in entries.items())


_bound: Keyring | None = None


def bind_keyring(ring: Keyring) -> None:
    """Make this ring the one of the process; a later call replaces it."""
    global _bound  # noqa: PLW0603 - the column type has no other way to its keys
    _bound = ring


def keyring() -> Keyring:
    """Hand out the ring of the process.

    :raises KeyringUnbound: before ``bind_keyring``
    """
    if _bound is None:
        raise KeyringUnbound("no keys are bound: call bind_keyring() when the application starts")
    return _bound


class _Opaque(LargeBinary.Comparator[Any]):
    """Allow only NULL tests: two tokens of one text differ, so a comparison would find nothing."""

    def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> Any:
        nullity = op in (operators.is_, operators.is_not, operators.eq, operators.ne)
        # Columns are compared to columns when SQLAlchemy looks one up in a dictionary.
        if nullity and (other[0] is None or isinstance(other[0], (Null, ColumnClause))):
            return super().operate(op, *other, **kwargs)
        raise TypeError("an encrypted column can be neither compared nor sorted: use its index")


class EncryptedText(TypeDecorator[str]):
    """A text column stored as a token of the process's ring; None stays NULL."""

    impl = LargeBinary
    cache_ok = True
    comparator_factory = _Opaque

    def __init__(self, context: str) -> None:
        _named(context)
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().encrypt(value, context=self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().decrypt(bytes(value), context=self.context)


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"dingkao " + purpose).derive(master)


def _named(context: str) -> bytes:
    if not context:
        raise ValueError("a context is needed, such as physician.id_number")
    return context.encode()


def _header_length(token: bytes, *, context: str) -> int:
    start = 2 + token[1] if len(token) > 1 else 2
    if len(token) < start + _NONCE + _TAG or token[0] != _VERSION:
        raise DecryptionFailed(f"{context}: this is not a sealed value")
    return start


def _parse(text: str) -> dict[str, bytes]:
    masters: dict[str, bytes] = {}
    for position, entry in enumerate(text.split(","), 1):
        key_id, colon, encoded = entry.strip().partition(":")
        if not colon or not _KEY_ID.fullmatch(key_id):
            raise KeyringInvalid(f"entry {position} is not of the form id:base64")
        if key_id in masters:
            raise KeyringInvalid(f"entry {position} repeats the id of an earlier one")
        try:
            masters[key_id] = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise KeyringInvalid(f"entry {position} has no valid base64 after the colon") from None
        if len(masters[key_id]) < _MASTER:
            raise KeyringInvalid(f"entry {position} is shorter than {_MASTER} bytes")
    return masters
