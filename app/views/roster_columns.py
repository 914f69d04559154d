"""The roster's template as columns of the physicians' list: what is exported so can be imported again."""

from functools import cache
from typing import Any

from sqlalchemy import literal

from app.exchange.physician_columns import PHYSICIAN_COLUMNS
from app.models import Department, Physician
from app.queries.listing import Column

_ELSEWHERE: dict[str, Any] = {"department_name": Department.name}
_MASKED: dict[str, Any] = {"id_number": Physician.id_masked}
_SECRET = frozenset({"phone", "qualification_code", "licence_code"})


@cache
def roster_columns() -> tuple[Column, ...]:
    """Give the template's columns but 序号; numbers are masked or left out unless asked for in full."""
    return tuple(_column(c.attribute, c.header) for c in PHYSICIAN_COLUMNS if c.attribute)


def _column(attribute: str, header: str) -> Column:
    stored = _ELSEWHERE.get(attribute)
    if stored is None:
        stored = getattr(Physician, attribute)
    if attribute in _MASKED:
        return Column(name=attribute, label=header, expression=_MASKED[attribute], full=stored)
    if attribute in _SECRET:
        return Column(name=attribute, label=header, expression=literal(""), full=stored)
    return Column(name=attribute, label=header, expression=stored)
