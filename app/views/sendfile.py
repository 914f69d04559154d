"""How a stored file leaves: never shown in the page, always under its own name, to be saved."""

from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response


def attachment(row: Any, content: bytes) -> Response:
    """Give the answer that saves ``content`` under the row's ``filename`` and ``content_type``."""
    answer = Response(content, mimetype=row.content_type)
    name = f"filename*=UTF-8''{quote(row.filename, safe='')}"
    answer.headers["Content-Disposition"] = f"attachment; {name}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
