"""Bodies of requests: JSON objects of declared members, refused with a pointer to what is wrong."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from flask import Request
from flask_babel import gettext as _

from app.enums import Vocabulary
from app.views.api.fields import LARGEST_ID, Schema, word_schema
from app.views.api.problems import Problem, pointed

LARGEST_BODY = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member that may be sent: a text, an id, a day or a word of a vocabulary."""

    name: str
    about: str = ""
    required: bool = False
    longest: int = 0
    is_id: bool = False
    is_day: bool = False
    vocabulary: type[Vocabulary] | None = None

    def schema(self) -> Schema:
        """Give its JSON schema; what is not required may be null."""
        found: Schema = {"type": "string", "maxLength": self.longest}
        if self.is_id:
            found = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        elif self.is_day:
            found = {"type": "string", "format": "date"}
        elif self.vocabulary is not None:
            found = word_schema(self.vocabulary)
        if self.about:
            found["description"] = self.about
        if not self.required:
            found["type"] = [found["type"], "null"]
            if "enum" in found:
                found["enum"] = [*found["enum"], None]
        return found

    def read(self, value: Any) -> Any:
        """Give the value as the application knows it.

        :raises ValueError: it is of another kind.
        """
        if value is None:
            return None
        if self.is_id:
            if (
                isinstance(value, bool)
                or not isinstance(value, int)
                or not 1 <= value <= LARGEST_ID
            ):
                raise ValueError
            return value
        if not isinstance(value, str) or not _is_storable(value):
            raise ValueError
        if self.is_day:
            if len(value) != 10:
                raise ValueError
            return date.fromisoformat(value)
        if self.vocabulary is not None:
            if value not in self.vocabulary.__members__:
                raise ValueError
            return self.vocabulary[value]
        if len(value) > self.longest:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Intake:
    """The body of an operation. One without required members may be left out."""

    name: str
    members: tuple[Member, ...]

    @property
    def is_optional(self) -> bool:
        """Whether the request may have no body."""
        return not any(member.required for member in self.members)

    def schema(self) -> Schema:
        """Give the JSON schema of the body."""
        found: Schema = {
            "type": "object",
            "properties": {member.name: member.schema() for member in self.members},
            "additionalProperties": False,
        }
        required = [member.name for member in self.members if member.required]
        return {**found, "required": required} if required else found

    def read(self, request: Request) -> Mapping[str, Any]:
        """Read the request's body; members that were not sent are None.

        :raises Problem: 400, 413, 415 or 422.
        """
        sent = _document(request, is_optional=self.is_optional)
        known = {member.name: member for member in self.members}
        errors = [pointed(_escaped(name), _("没有这一项。")) for name in sent if name not in known]
        values: dict[str, Any] = {}
        for name, member in known.items():
            try:
                values[name] = member.read(sent.get(name))
            except ValueError:
                errors.append(pointed(name, _("格式不正确，请按接口说明填写。")))
        if errors:
            raise invalid(errors)
        return values


def invalid(errors: list[dict[str, Any]]) -> Problem:
    """Make the refusal of a request whose content is wrong: 422."""
    return Problem(422, _("请求的内容有误，未作任何改动。"), errors=errors)


def _document(request: Request, *, is_optional: bool) -> dict[str, Any]:
    if (request.content_length or 0) > LARGEST_BODY:
        raise Problem(413, _("请求的内容超过64KB。"))
    raw = request.get_data()
    if not raw and is_optional:
        return {}
    if request.mimetype != "application/json":
        raise Problem(415, _("请求的内容须为 application/json。"))
    try:
        found = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Problem(400, _("请求的内容不是有效的 JSON。"))
    if not isinstance(found, dict):
        raise invalid([pointed("", _("应为 JSON 对象。"))])
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _is_storable(value: str) -> bool:
    return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)


def _escaped(name: str) -> str:
    shown = name[:64].encode("ascii", "backslashreplace").decode()
    return shown.replace("~", "~0").replace("/", "~1")
