"""The registry's JSON (docs/registry.md) read into values: the page strictly, each change mildly.

A page that breaks the contract is refused as a whole, for nothing in it can be trusted. A change
whose facts are wrong is a conflict for people to look at.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from app.enums import PracticeStatus
from app.exchange.physician_columns import PHYSICIAN_COLUMNS, check_facts
from app.exchange.physician_facts import PhysicianFacts
from app.operations.physicians import id_index
from app.operations.registry_changes import RegistryChange, RegistryFacts
from app.operations.registry_departments import UNASSIGNED
from app.security.id_numbers import mask_id_number, normalise_id_number

CONTRACT = "1"
KINDS = frozenset({"registration", "change", "transfer", "ending"})
PRACTICE: Mapping[str, PracticeStatus] = MappingProxyType(
    {
        "active": PracticeStatus.ACTIVE,
        "suspended": PracticeStatus.SUSPENDED,
        "retired": PracticeStatus.RETIRED,
        "cancelled": PracticeStatus.CANCELLED,
    }
)
PERSON: Mapping[str, str] = MappingProxyType(
    {
        "name": "name",
        "sex": "sex",
        "id_type": "id_type",
        "id_number": "id_number",
        "birth_date": "birth_date",
        "ethnic_group": "ethnic_group",
        "education": "education",
        "phone": "phone",
        "qualification_code": "qualification_code",
    }
)
"""Field of ``physician`` → fact of ours."""
PRACTISING: Mapping[str, str] = MappingProxyType(
    {
        "level": "level",
        "category": "category",
        "scope": "practice_scope",
        "title": "title",
        "licence_code": "licence_code",
        "licensed_on": "licensed_on",
        "first_registered_on": "first_registered_on",
    }
)
"""Field of ``practice`` → fact of ours."""

_MOST_CHANGES = 2000
_MOST_CURSOR = 255
_MOST_SEQ = 2**53
_HEADERS = {column.attribute: column.header for column in PHYSICIAN_COLUMNS if column.attribute}


class RegistryAnswerInvalid(RuntimeError):
    """The answer breaks the contract; nothing of it was taken in."""


@dataclass(frozen=True, slots=True)
class RegistryPage:
    """One page of changes, and where the next one begins."""

    changes: tuple[RegistryChange, ...]
    next_cursor: str
    has_more: bool


def read_page(content: bytes, *, province_code: str, today: date) -> RegistryPage:
    """Read an answer.

    :raises RegistryAnswerInvalid: it breaks the contract.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise RegistryAnswerInvalid("not JSON") from None
    if not isinstance(document, dict) or document.get("contract") != CONTRACT:
        raise RegistryAnswerInvalid(f"not contract {CONTRACT}")
    if document.get("province") != province_code:
        raise RegistryAnswerInvalid("another province")
    changes, cursor = document.get("changes"), document.get("next_cursor")
    if not isinstance(changes, list) or len(changes) > _MOST_CHANGES:
        raise RegistryAnswerInvalid("no list of changes, or too many")
    if not isinstance(cursor, str) or not 0 < len(cursor) <= _MOST_CURSOR:
        raise RegistryAnswerInvalid("no next_cursor")
    if not isinstance(document.get("has_more"), bool):
        raise RegistryAnswerInvalid("no has_more")
    read = tuple(_change(one, today) for one in changes)
    if any(after.seq <= before.seq for before, after in pairwise(read)):
        raise RegistryAnswerInvalid("seq does not rise")
    return RegistryPage(read, cursor, document["has_more"])


def _change(document: Any, today: date) -> RegistryChange:
    if not isinstance(document, dict):
        raise RegistryAnswerInvalid("a change is no object")
    seq = document.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < _MOST_SEQ:
        raise RegistryAnswerInvalid("a change without seq")
    person, home, practice = (
        _part(document, name, seq) for name in ("physician", "institution", "practice")
    )
    if document.get("kind") not in KINDS or practice.get("status") not in PRACTICE:
        raise RegistryAnswerInvalid(f"change {seq}: unknown kind or status")
    texts = {ours: _text(person.get(theirs)) for theirs, ours in PERSON.items()}
    texts |= {ours: _text(practice.get(theirs)) for theirs, ours in PRACTISING.items()}
    department = _squeezed(_text(home.get("department")))[:64]
    checked = check_facts({**texts, "department_name": department or UNASSIGNED}, today=today)
    facts = _facts(checked) if isinstance(checked, PhysicianFacts) else None
    number = facts.id_number if facts else normalise_id_number(texts["id_number"])
    return RegistryChange(
        seq=seq,
        id_index=id_index(number or f"change {seq}"),
        id_masked=mask_id_number(number)[:24],
        name=(facts.name if facts else _squeezed(texts["name"]))[:64],
        uscc=_squeezed(_text(home.get("uscc"))).upper()[:18],
        institution_name=_squeezed(_text(home.get("name")))[:255],
        department_name=department,
        practice=PRACTICE[practice["status"]],
        facts=facts,
        raw={name: text[:255] for name, text in texts.items()},
        problem=None if isinstance(checked, PhysicianFacts) else _problem(checked, texts),
    )


def _part(document: Mapping[str, Any], name: str, seq: int) -> Mapping[str, Any]:
    part = document.get(name)
    if not isinstance(part, dict):
        raise RegistryAnswerInvalid(f"change {seq}: no {name}")
    return part


def _text(value: Any) -> str:
    """Write a value as a cell holds it; what is no text at all is shown as it came."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\x00", "")


def _squeezed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _facts(checked: PhysicianFacts) -> RegistryFacts:
    return RegistryFacts(**{one.name: getattr(checked, one.name) for one in fields(RegistryFacts)})


def _problem(problems: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Say what is wrong, with the numbers masked: lists show it."""
    said = "；".join(f"{_HEADERS[name]}：{message}" for name, message in problems.items())
    for name in ("id_number", "qualification_code", "licence_code", "phone"):
        if len(texts[name]) > 4:
            said = said.replace(texts[name], mask_id_number(texts[name]))
    return said
