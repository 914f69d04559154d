"""What a row would change: field by field, in words that may be shown and kept."""

from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any

from app.enums import Vocabulary
from app.exchange.columns import Column
from app.exchange.target import Change
from app.security.id_numbers import mask_id_number


def changes_of(
    stored: Mapping[str, Any],
    values: Mapping[str, Any],
    columns: Mapping[str, Column],
    personal: Set[str],
) -> list[Change]:
    """Old and new of every value, by the headers of ``columns``; personal numbers masked."""
    found = []
    for name, value in values.items():
        header = columns[name].header
        before, after = written(stored[name]), written(value)
        if header in personal:
            before = mask_id_number(before) if stored[name] else before
            after = mask_id_number(after)
        found.append(Change(header, before, after))
    return found


def words_of_changes(changes: Sequence[Change]) -> str:
    """The comment of the trail."""
    return "；".join(f"{one.header}：{one.before}→{one.after}" for one in changes)


def written(value: Any) -> str:
    """A stored value in the words of a spreadsheet."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, Vocabulary):
        return value.value
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)
