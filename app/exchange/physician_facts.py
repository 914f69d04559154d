"""The facts of a physician as a roster or a form states them, and whether they agree."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.enums import Category, Education, IdType, PhysicianLevel, Sex, Title
from app.exchange.columns import CellProblem, shown
from app.security.id_numbers import (
    birth_date_of,
    id_number_problem,
    licence_code_problem,
    qualification_code_problem,
    sex_of,
)

_CODES = Path(__file__).parents[1] / "codes" / "ethnic_groups.json"
ETHNIC_GROUPS: tuple[str, ...] = (
    *(entry["name"] for entry in json.loads(_CODES.read_text(encoding="utf-8"))),
    "其他",
    "外国血统中国籍",
)
_ETHNIC_SPELLINGS = (
    {name: name for name in ETHNIC_GROUPS}
    | {name.removesuffix("族"): name for name in ETHNIC_GROUPS}
    | {"外国血统中国籍人士": "外国血统中国籍"}
)


@dataclass(frozen=True)
class PhysicianFacts:
    """What is known of a physician, checked and normalised."""

    department_name: str
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


def ethnic_group(cell: object) -> str:
    """Read the name of an ethnic group (GB/T 3304), with or without 族."""
    name = _ETHNIC_SPELLINGS.get("".join(shown(cell).split()))
    if name is None:
        raise CellProblem(
            _l("民族“%(text)s”不在国家民族名称表内，请从下拉列表中选择", text=shown(cell))
        )
    return name


def reconciled(
    values: Mapping[str, Any], today: date
) -> tuple[dict[str, Any], list[tuple[str, LazyString]]]:
    """Complete what a resident number tells; report, by attribute, what disagrees.

    ``values`` holds what could be read: an attribute that is absent has its problem already.
    """
    known = dict(values)
    problems: list[tuple[str, LazyString]] = []
    resident = ""  # the number, once it is known to be right
    number, id_type = known.get("id_number"), known.get("id_type")
    if number is not None and id_type is not None:
        problem = id_number_problem(id_type, number, today)
        if problem is not None:
            problems.append(("id_number", problem))
        elif id_type is IdType.RESIDENT:
            resident = number
    if resident:
        problems.extend(_against_id_number(known, resident))
        known["sex"] = known.get("sex") or sex_of(resident)
        known["birth_date"] = known.get("birth_date") or birth_date_of(resident)
    problems.extend(_codes(known, resident))
    problems.extend(_days(known, today))
    return known, problems


def _against_id_number(values: Mapping[str, Any], number: str) -> Iterator[tuple[str, LazyString]]:
    sex, born = values.get("sex"), values.get("birth_date")
    if sex is not None and sex is not sex_of(number):
        yield (
            "sex",
            _l("性别“%(sex)s”与证件号码不一致，请核对性别或证件号码", sex=sex.label),
        )
    if born is not None and born != birth_date_of(number):
        yield (
            "birth_date",
            _l(
                "出生日期 %(born)s 与证件号码中的 %(in_number)s 不一致，请核对",
                born=born,
                in_number=birth_date_of(number),
            ),
        )


def _codes(values: Mapping[str, Any], number: str) -> Iterator[tuple[str, LazyString]]:
    if values.get("qualification_code"):
        problem = qualification_code_problem(values["qualification_code"], number)
        if problem is not None:
            yield "qualification_code", problem
    if values.get("licence_code"):
        problem = licence_code_problem(values["licence_code"])
        if problem is not None:
            yield "licence_code", problem


def _days(values: Mapping[str, Any], today: date) -> Iterator[tuple[str, LazyString]]:
    born, licensed = values.get("birth_date"), values.get("licensed_on")
    registered = values.get("first_registered_on")
    for attribute, day in (
        ("birth_date", born),
        ("licensed_on", licensed),
        ("first_registered_on", registered),
    ):
        if day is not None and day > today:
            yield attribute, _l("日期 %(day)s 晚于今天，请核对", day=day)
    if licensed and registered and registered < licensed:
        yield (
            "first_registered_on",
            _l(
                "首次注册时间 %(registered)s 早于执业证取得时间 %(licensed)s，请核对",
                registered=registered,
                licensed=licensed,
            ),
        )
    if born and licensed and licensed <= born:
        yield "licensed_on", _l("执业证取得时间 %(day)s 早于出生日期，请核对", day=licensed)
