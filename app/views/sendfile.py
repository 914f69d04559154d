"""How a stored file leaves: never shown in the page, always under its own name, to be saved."""

from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response


def attachment(row: Any, content: bytes) -> Response:
    """Give the answer that saves ``content`` under the row's ``filename`` and ``content_type``."""
    return _saved(content, row.content_type, row.filename)


def pdf(name: str, content: bytes) -> Response:
    """Give the answer that saves a PDF under ``name``."""
    return _saved(content, "application/pdf", name)


def _saved(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    quoted = f"filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Disposition"] = f"attachment; {quoted}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
