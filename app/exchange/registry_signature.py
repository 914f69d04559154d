"""The signature of a request to the registry (docs/registry.md): HMAC-SHA256 over what is asked."""

import hashlib
import hmac
from collections.abc import Mapping

KEY_HEADER = "X-Registry-Key"
TIME_HEADER = "X-Registry-Timestamp"
NONCE_HEADER = "X-Registry-Nonce"
SIGNATURE_HEADER = "X-Registry-Signature"


def signature(
    secret: bytes, *, method: str, path: str, query: str, timestamp: str, nonce: str
) -> str:
    """Sign a request: five lines, joined by line feeds; the query as it is sent, encoded."""
    message = "\n".join((method, path, query, timestamp, nonce))
    return hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()


def headers(
    key_id: str, secret: bytes, *, path: str, query: str, timestamp: str, nonce: str
) -> Mapping[str, str]:
    """Give the headers of a signed GET."""
    signed = signature(
        secret, method="GET", path=path, query=query, timestamp=timestamp, nonce=nonce
    )
    return {
        KEY_HEADER: key_id,
        TIME_HEADER: timestamp,
        NONCE_HEADER: nonce,
        SIGNATURE_HEADER: signed,
    }
