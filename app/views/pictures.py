"""Pictures that lie in the database, sent as nothing but pictures."""

from flask import Response


def picture(content: bytes) -> Response:
    """Send a picture that lies in the database as nothing but a picture."""
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    answer = Response(content, mimetype=kind)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
