"""Membership in a list of values, cheap for the driver on either database.

A parameter for each id would also mislead PostgreSQL: the plan that it keeps for a statement often
asked walks all rows of the institution and compares each with every id.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, literal
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

_BIG: TypeEngine[Any] = BigInteger()


def among(
    session: Session, column: Any, values: Sequence[Any], *, kind: TypeEngine[Any] = _BIG
) -> ColumnElement[bool]:
    """Match rows whose ``column`` is one of ``values``: one array on PostgreSQL, a list on SQLite."""
    if session.get_bind().dialect.name == "postgresql":
        matches: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(kind)))
        return matches
    listed: ColumnElement[bool] = column.in_(values)
    return listed
