"""Where a list goes on: signed cursors, and the filters of the address."""

from hashlib import sha256
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement

from app.views.api.intake import invalid
from app.views.api.problems import named
from app.views.api.table import Operation
from app.views.rownumbers import row_number

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LONGEST_CURSOR = 200


def asked(operation: Operation) -> tuple[tuple[ColumnElement[bool], ...], int, int]:
    """Read the address: criteria, the id to go on after, and how many rows.

    :raises Problem: 422, for a parameter that is unknown, given twice or makes no sense.
    """
    filters = {query.name: query for query in operation.filters}
    known = {*filters, *(("limit", "cursor") if operation.is_list else ())}
    errors = []
    criteria = []
    after, limit = 0, DEFAULT_LIMIT
    for name, values in request.args.lists():
        value: Any = None
        if name not in known:
            errors.append(named(name[:64], _("没有这个参数。")))
            continue
        if len(values) == 1:
            value = _read(operation, name, values[0])
        if value is None:
            errors.append(named(name, _("格式不正确，请按接口说明填写。")))
        elif name == "limit":
            limit = value
        elif name == "cursor":
            after = value
        else:
            criteria.append(filters[name].build(value))
    if errors:
        raise invalid(errors)
    return tuple(criteria), after, limit


def _read(operation: Operation, name: str, text: str) -> Any:
    if name == "limit":
        number = row_number(text)
        return number if number is not None and 1 <= number <= LARGEST_LIMIT else None
    if name == "cursor":
        return _after(text)
    return next(query.read(text) for query in operation.filters if query.name == name)


def cursor(last: int) -> str:
    """Sign where the list goes on; it fits this list with these filters only."""
    return str(_serializer().dumps([last, _place()]))


def _after(text: str) -> int | None:
    try:
        last, place = _serializer().loads(text[:LONGEST_CURSOR])
    except (BadData, ValueError, TypeError):
        return None
    return last if place == _place() else None


def _place() -> str:
    filters = sorted((k, v) for k, v in request.args.items() if k not in ("cursor", "limit"))
    return sha256(repr((request.path, filters)).encode()).hexdigest()[:16]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="api-cursor")
