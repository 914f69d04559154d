"""What an operation of the API is: the one declaration behind its route and its documentation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.enums import ApiScope, Vocabulary
from app.models import ApiToken
from app.security.actor import Actor
from app.views.api.fields import LARGEST_ID, Resource, Schema, word_schema
from app.views.api.intake import Intake
from app.views.rownumbers import row_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as an operation sees it: everything in it is checked already."""

    session: Session
    actor: Actor
    token: ApiToken
    at: datetime
    pk: int = 0
    criteria: tuple[ColumnElement[bool], ...] = ()
    after: int = 0
    limit: int = 0
    body: Mapping[str, Any]
    version_fits: Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A filter in the address. ``read`` gives None for what cannot be meant."""

    name: str
    schema: Schema
    read: Callable[[str], Any]
    build: Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path. ``run`` gives a row, or a Slice of rows for a list."""

    name: str
    path: str
    summary: str
    answer: Resource
    run: Callable[[Call], Any]
    scope: ApiScope | None
    method: str = "GET"
    is_list: bool = False
    is_made: bool = False
    filters: tuple[Query, ...] = ()
    intake: Intake | None = None
    has_version: bool = False

    @property
    def has_id(self) -> bool:
        """Whether the path names a row."""
        return "{id}" in self.path

    @property
    def is_change(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    @property
    def rule(self) -> str:
        """The path as a route."""
        return self.path.replace("{id}", "<int:pk>")


def by_id(name: str, column: Any) -> Query:
    """Declare a filter by the id of a related row."""
    schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    return Query(name, schema, _positive, lambda value: column == value)


def by_word(name: str, column: Any, vocabulary: type[Vocabulary]) -> Query:
    """Declare a filter by a code of a vocabulary."""
    return Query(
        name,
        word_schema(vocabulary),
        vocabulary.__members__.get,
        lambda value: column == value,
    )


def _positive(value: str) -> int | None:
    found = row_number(value)
    return found if found is not None and 1 <= found <= LARGEST_ID else None
