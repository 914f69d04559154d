"""Facts as JSON and back, told by the types of their dataclass; for the chunks of an upload."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from types import NoneType
from typing import Any, get_args, get_type_hints

from app.enums import Vocabulary

_Pair = tuple[str, Callable[[Any], Any] | None, Callable[[Any], Any] | None]
_known: dict[type[Any], tuple[_Pair, ...]] = {}


def encoded(facts: Any) -> list[Any]:
    """The values of a facts dataclass, in the order of its fields, as JSON holds them."""
    found = []
    for name, write, _read in _codecs(type(facts)):
        value = getattr(facts, name)
        found.append(value if value is None or write is None else write(value))
    return found


def decoded(facts_type: type[Any], values: Sequence[Any]) -> Any:
    """Facts from what ``encoded`` gave."""
    pairs = zip(_codecs(facts_type), values, strict=True)
    return facts_type(
        **{
            name: value if value is None or read is None else read(value)
            for (name, _write, read), value in pairs
        }
    )


def _codecs(facts_type: type[Any]) -> tuple[_Pair, ...]:
    found = _known.get(facts_type)
    if found is None:
        hints = get_type_hints(facts_type)
        found = tuple((field.name, *_codec(hints[field.name])) for field in fields(facts_type))
        _known[facts_type] = found
    return found


def _codec(hint: Any) -> tuple[Callable[[Any], Any] | None, Callable[[Any], Any] | None]:
    plain = next((one for one in get_args(hint) if one is not NoneType), hint)
    if isinstance(plain, type) and issubclass(plain, Vocabulary):
        return (lambda member: member.name), plain.__members__.__getitem__
    if plain is date:
        return date.isoformat, date.fromisoformat
    if hint == tuple[str, ...]:
        return list, tuple
    return None, None
