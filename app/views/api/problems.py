"""Errors of the API as problem+json (RFC 9457), whoever raised them."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import current_app
from werkzeug.wrappers import Response

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that is an error; ``errors`` point at what of the request is wrong."""

    def __init__(
        self,
        code: int,
        detail: Any,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def pointed(name: str, detail: Any) -> dict[str, Any]:
    """Point at a member of the request's body."""
    return {"pointer": f"#/{name}" if name else "#", "detail": str(detail)}


def named(parameter: str, detail: Any) -> dict[str, Any]:
    """Point at a parameter of the address or a header."""
    return {"parameter": parameter, "detail": str(detail)}


def answer(problem: Problem) -> Response:
    """Write a problem."""
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.code).phrase,
        "status": problem.code,
        "detail": str(problem.detail),
    }
    if problem.errors:
        said["errors"] = list(problem.errors)
    body = json.dumps(said, ensure_ascii=False)
    response = current_app.response_class(body, problem.code, content_type=MEDIA_TYPE)
    response.headers.update(problem.headers)
    return response
