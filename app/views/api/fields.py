"""What an answer shows of a row: each member with its JSON schema and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.enums import Vocabulary

Schema = dict[str, Any]
LARGEST_ID = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an answer."""

    name: str
    schema: Schema
    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """The members of one kind of row, no other of its columns is ever written."""

    name: str
    about: str
    fields: tuple[Field, ...]

    def write(self, row: Any) -> dict[str, Any]:
        """Give a row as JSON."""
        return {field.name: field.read(row) for field in self.fields}

    def schema(self) -> Schema:
        """Give the JSON schema of ``write``."""
        return {
            "type": "object",
            "description": self.about,
            "properties": {field.name: field.schema for field in self.fields},
            "required": [field.name for field in self.fields],
            "additionalProperties": False,
        }


def _nullable(schema: Schema, nullable: bool) -> Schema:
    if not nullable:
        return schema
    found = {**schema, "type": [schema["type"], "null"]}
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


def _make(
    name: str, schema: Schema, write: Callable[[Any], Any], about: str, nullable: bool
) -> Field:
    described = {**schema, "description": about} if about else schema

    def read(row: Any) -> Any:
        value = getattr(row, name)
        return None if value is None else write(value)

    return Field(name, _nullable(described, nullable), read)


def number(name: str, about: str = "", *, nullable: bool = False) -> Field:
    """Declare an id or a count."""
    schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_ID}
    return _make(name, schema, int, about, nullable)


def text(name: str, about: str = "", *, nullable: bool = False) -> Field:
    """Declare a text."""
    return _make(name, {"type": "string"}, str, about, nullable)


def day(name: str, about: str = "", *, nullable: bool = False) -> Field:
    """Declare a day of the calendar."""
    return _make(name, {"type": "string", "format": "date"}, date.isoformat, about, nullable)


def instant(name: str, about: str = "", *, nullable: bool = False) -> Field:
    """Declare an instant, written in UTC."""
    schema = {"type": "string", "format": "date-time"}
    return _make(name, schema, utc, about, nullable)


def word(
    name: str, vocabulary: type[Vocabulary], about: str = "", *, nullable: bool = False
) -> Field:
    """Declare a word of a vocabulary, written by its code."""
    return _make(name, word_schema(vocabulary), lambda found: found.name, about, nullable)


def word_schema(vocabulary: type[Vocabulary]) -> Schema:
    """Give the schema of a vocabulary's codes, with the words they stand for."""
    words = "; ".join(f"{member.name} {member.value}" for member in vocabulary)
    return {"type": "string", "enum": [m.name for m in vocabulary], "description": words}


def utc(at: datetime) -> str:
    """Write a naive UTC instant."""
    return f"{at.isoformat(timespec='seconds')}Z"
