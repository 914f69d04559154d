"""What the registry says of one person, as values: compared with ours, kept while it is undecided."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from app.enums import (
    N_,
    Category,
    Education,
    IdType,
    PhysicianLevel,
    PracticeStatus,
    Sex,
    Title,
    Vocabulary,
)
from app.security.id_numbers import mask_id_number

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "name": N_("姓名"),
        "sex": N_("性别"),
        "id_type": N_("证件类型"),
        "birth_date": N_("出生日期"),
        "ethnic_group": N_("民族"),
        "education": N_("学历"),
        "phone": N_("手机号码"),
        "level": N_("医师级别"),
        "category": N_("执业类别"),
        "practice_scope": N_("执业范围"),
        "title": N_("职称"),
        "qualification_code": N_("医师资格证书编码"),
        "licence_code": N_("医师执业证书编码"),
        "licensed_on": N_("执业证取得时间"),
        "first_registered_on": N_("首次注册时间"),
    }
)
"""The facts that are compared, in the order in which they are shown."""

SECRET = frozenset({"phone", "qualification_code", "licence_code"})
"""Facts that are written masked wherever they are told."""

_VOCABULARIES: Mapping[str, type[Vocabulary]] = {
    "sex": Sex,
    "id_type": IdType,
    "education": Education,
    "level": PhysicianLevel,
    "category": Category,
    "title": Title,
}
_DAYS = frozenset({"birth_date", "licensed_on", "first_registered_on"})


@dataclass(frozen=True, kw_only=True)
class RegistryFacts:
    """The facts of a physician as the registry states them, checked; None is not stated."""

    name: str
    sex: Sex
    id_type: IdType
    id_number: str
    birth_date: date
    ethnic_group: str | None
    education: Education | None
    phone: str | None
    level: PhysicianLevel
    category: Category
    practice_scope: str | None
    title: Title | None
    qualification_code: str | None
    licence_code: str | None
    licensed_on: date
    first_registered_on: date | None


@dataclass(frozen=True, kw_only=True)
class RegistryChange:
    """One change: the whole picture of one person after it. ``facts`` is None where it is wrong.

    ``raw`` is what was sent, for the eye; ``problem`` says what is wrong with it.
    """

    seq: int
    id_index: str
    id_masked: str
    name: str
    uscc: str
    institution_name: str
    department_name: str
    practice: PracticeStatus
    facts: RegistryFacts | None
    raw: Mapping[str, str]
    problem: str | None = None


def merged(ours: Any, facts: RegistryFacts) -> dict[str, Any]:
    """Give the facts after the change: what the registry does not state stays as ours is."""
    stated = {name: getattr(facts, name) for name in WORDS}
    return {name: getattr(ours, name) if value is None else value for name, value in stated.items()}


def differences(ours: Any, after: Mapping[str, Any]) -> tuple[str, ...]:
    """List the facts that differ, in the order of ``WORDS``."""
    return tuple(name for name in WORDS if after[name] != getattr(ours, name))


def told(name: str, value: Any) -> str:
    """Write a fact for the trail: numbers that identify a person are masked."""
    if value is None or value == "":
        return "（空）"
    if name in SECRET:
        return mask_id_number(str(value))
    if isinstance(value, Vocabulary):
        return value.value
    return value.isoformat() if isinstance(value, date) else str(value)


def to_document(change: RegistryChange) -> str:
    """Write a change as it is kept, sealed, while nobody has decided."""
    facts = None
    if change.facts is not None:
        stated = {one.name: getattr(change.facts, one.name) for one in fields(RegistryFacts)}
        facts = {name: _plain(value) for name, value in stated.items()}
    document = {
        "practice": change.practice.name,
        "department": change.department_name,
        "facts": facts,
        "raw": dict(change.raw),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def from_document(conflict: Any) -> RegistryChange:
    """Read a kept change back from the row of a conflict."""
    document = json.loads(conflict.document)
    known = document["facts"]
    facts = None
    if known is not None:
        facts = RegistryFacts(**{name: _typed(name, value) for name, value in known.items()})
    return RegistryChange(
        seq=conflict.seq,
        id_index=conflict.id_index,
        id_masked=conflict.id_masked,
        name=conflict.name,
        uscc=conflict.uscc,
        institution_name=conflict.institution_name,
        department_name=document["department"],
        practice=PracticeStatus[document["practice"]],
        facts=facts,
        raw=document["raw"],
        problem=conflict.problem,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Vocabulary):
        return value.name
    return value.isoformat() if isinstance(value, date) else value


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _VOCABULARIES:
        return _VOCABULARIES[name][value]
    return date.fromisoformat(value) if name in _DAYS else value
