"""The roster of physicians: its eighteen columns, and the check of its rows.

One examination serves the import of a roster and the form that adds one physician.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.enums import Category, Education, IdType, PhysicianLevel, Sex, Title
from app.exchange.columns import (
    CellProblem,
    Column,
    Problem,
    choice,
    code,
    day,
    person_name,
    phone,
    shown,
    text,
    words_of,
)
from app.exchange.physician_facts import (
    ETHNIC_GROUPS,
    PhysicianFacts,
    ethnic_group,
    reconciled,
)
from app.exchange.sheet import RawRow
from app.security.id_numbers import normalise_id_number

_SEX = {"男性": Sex.MALE, "女性": Sex.FEMALE}
_ID_TYPE = {
    "身份证": IdType.RESIDENT,
    "二代身份证": IdType.RESIDENT,
    "中华人民共和国居民身份证": IdType.RESIDENT,
    "户口簿": IdType.HOUSEHOLD,
    "户口本": IdType.HOUSEHOLD,
    "港澳通行证": IdType.HONGKONG_MACAO,
    "港澳居民通行证": IdType.HONGKONG_MACAO,
    "回乡证": IdType.HONGKONG_MACAO,
    "台胞证": IdType.TAIWAN,
    "台湾居民通行证": IdType.TAIWAN,
    "其他": IdType.OTHER,
}
_EDUCATION = {
    "博士": Education.DOCTOR,
    "硕士": Education.MASTER,
    "本科": Education.BACHELOR,
    "大专": Education.COLLEGE,
    "专科": Education.COLLEGE,
    "大学大专": Education.COLLEGE,
    "中专": Education.SECONDARY,
    "高中": Education.HIGH_SCHOOL,
}
_LEVEL = {
    "助理医师": PhysicianLevel.ASSISTANT,
    "执业助理": PhysicianLevel.ASSISTANT,
}
_CATEGORY = {f"{member.value}类别": member for member in Category} | {
    "公卫": Category.PUBLIC_HEALTH,
    "公卫类别": Category.PUBLIC_HEALTH,
    "中西医": Category.INTEGRATED,
}
_TITLE = {
    "正高": Title.CHIEF,
    "副高": Title.DEPUTY_CHIEF,
    "中级": Title.ATTENDING,
    "中级(主治/主管)": Title.ATTENDING,
    "主治": Title.ATTENDING,
    "住院医师": Title.RESIDENT,
    "初级(师)": Title.RESIDENT,
    "初级(士)": Title.JUNIOR,
}


_level = choice(PhysicianLevel, aliases=_LEVEL)
_category = choice(Category, aliases=_CATEGORY)
_date_column = partial(Column, parse=day, is_date=True, width=15, example="2018-01-01")

PHYSICIAN_COLUMNS: tuple[Column, ...] = (
    Column("序号", "", shown, width=7, example="1"),
    Column("科室", "department_name", text(max_length=64), required=True, width=16,
           note=_l("须与科室管理中的名称一致"), aliases=("科室名称", "所在科室"), example="内科"),
    Column("姓名", "name", person_name(max_length=64), required=True, width=12,
           aliases=("医师姓名",), example="张三"),
    Column("性别", "sex", choice(Sex, aliases=_SEX), choices=words_of(Sex), width=7,
           note=_l("居民身份证可不填"), example="男"),
    Column("证件类型", "id_type", choice(IdType, aliases=_ID_TYPE), choices=words_of(IdType),
           width=16, note=_l("不填视为居民身份证"), example="居民身份证"),
    Column("证件号码", "id_number", code, required=True, width=22,
           note=_l("请用文本格式"), aliases=("身份证号", "身份证号码", "证件号"),
           example="11010519491231002X"),
    _date_column("出生日期", "birth_date", note=_l("居民身份证可不填"), aliases=("出生年月",),
                 example="1949-12-31"),
    Column("民族", "ethnic_group", ethnic_group, choices=ETHNIC_GROUPS, width=10, example="汉族"),
    Column("学历", "education", choice(Education, aliases=_EDUCATION),
           choices=words_of(Education), example="大学本科"),
    Column("手机号码", "phone", phone, width=15, aliases=("手机号", "手机", "联系电话"),
           example="13800000000"),
    Column("医师级别", "level", _level, required=True, choices=words_of(PhysicianLevel),
           aliases=("级别",), example="执业医师"),
    Column("执业类别", "category", _category, required=True, choices=words_of(Category),
           aliases=("类别",), example="临床"),
    Column("执业范围", "practice_scope", text(max_length=255), width=22, example="内科专业"),
    Column("职称", "title", choice(Title, aliases=_TITLE), choices=words_of(Title),
           example="主治医师"),
    Column("医师资格证书编码", "qualification_code", code, width=32,
           note=_l("27位，请用文本格式"), aliases=("资格证书编码", "医师资格证编码")),
    Column("医师执业证书编码", "licence_code", code, width=20,
           note=_l("15位，请用文本格式"), aliases=("执业证书编码", "医师执业证编码"),
           example="110110105000001"),
    _date_column("执业证取得时间", "licensed_on", required=True, aliases=("执业证书取得时间",)),
    _date_column("首次注册时间", "first_registered_on"),
)  # fmt: skip

_FACTS = tuple(column for column in PHYSICIAN_COLUMNS if column.attribute)
_HEADERS = {column.attribute: column.header for column in _FACTS}
_DISTINCT = frozenset({"name", "id_number", "phone", "qualification_code", "licence_code"})
_Reading = tuple[
    tuple[str, str, Callable[[object], Any], dict[object, Any] | None], ...
]  # attribute, where it stands, its parser, what it made of cells that come again and again


@dataclass(frozen=True)
class RowReport:
    """The judgement of one row: its facts, or its problems."""

    number: int
    facts: PhysicianFacts | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Report:
    """The judgement of a file."""

    rows: tuple[RowReport, ...]

    @property
    def accepted(self) -> tuple[RowReport, ...]:
        """The rows that may be stored."""
        return tuple(row for row in self.rows if row.facts is not None)

    @property
    def refused(self) -> tuple[RowReport, ...]:
        """The rows to be corrected."""
        return tuple(row for row in self.rows if row.facts is None)


def check_rows(rows: Iterable[RawRow], *, today: date) -> Report:
    """Judge every row by itself and against the rows above it."""
    reports: list[RowReport] = []
    first_seen: dict[tuple[IdType | None, str], int] = {}
    reading = _reading(_HEADERS)
    for row in rows:
        values, problems = _examine(row.cells, today, reading)
        found = [Problem(_HEADERS[name], message) for name, message in problems]
        if values.get("id_number"):
            key = (values.get("id_type"), values["id_number"])
            first = first_seen.setdefault(key, row.number)
            if first != row.number:
                found.append(Problem("证件号码", _l(
                    "与本文件第%(row)s行的证件号码重复，同一医师只能填写一行", row=first
                )))  # fmt: skip
        facts = None if found else PhysicianFacts(**values)
        reports.append(RowReport(row.number, facts, tuple(found)))
    return Report(tuple(reports))


def check_facts(
    texts: Mapping[str, object], *, today: date
) -> PhysicianFacts | dict[str, LazyString]:
    """Judge one physician typed into a form: the facts, or the first problem of each attribute."""
    values, problems = _examine(texts, today, _reading({name: name for name in _HEADERS}))
    if not problems:
        return PhysicianFacts(**values)
    first: dict[str, LazyString] = {}
    for name, message in problems:
        first.setdefault(name, message)
    return first


def _reading(sources: Mapping[str, str]) -> _Reading:
    """How to read a file's cells: where each attribute stands, and what was read before."""
    return tuple(
        (c.attribute, sources[c.attribute], c.read, None if c.attribute in _DISTINCT else {})
        for c in _FACTS
    )


def _examine(
    cells: Mapping[str, object], today: date, reading: _Reading
) -> tuple[dict[str, Any], list[tuple[str, LazyString]]]:
    values: dict[str, Any] = {}
    problems: list[tuple[str, LazyString]] = []
    for name, source, read, known in reading:
        cell = cells.get(source)
        # True, 1 and 1.0 are one key, but not one cell.
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        try:
            if known is None:
                values[name] = read(cell)
            elif key in known:
                values[name] = known[key]
            else:
                values[name] = known[key] = read(cell)
        except CellProblem as refusal:
            problems.append((name, refusal.message))
    if "level" not in values and "category" not in values:
        places = {name: source for name, source, *_rest in reading}
        problems = _explain_swap(
            cells.get(places["level"]), cells.get(places["category"]), problems
        )
    if values.get("id_type", "") is None:
        values["id_type"] = IdType.RESIDENT
    if values.get("id_type") is IdType.RESIDENT and values.get("id_number"):
        values["id_number"] = normalise_id_number(values["id_number"])
    values, contradictions = reconciled(values, today)
    problems.extend(contradictions)
    if not problems:
        problems.extend(
            (name, _l("未填写%(header)s，此项必填", header=_HEADERS[name]))
            for name in ("sex", "birth_date")
            if values[name] is None
        )
    return values, problems


def _explain_swap(
    level: object, category: object, problems: list[tuple[str, LazyString]]
) -> list[tuple[str, LazyString]]:
    """Say that level and category changed places, where they did."""
    try:
        _level(category)
        _category(level)
    except CellProblem:
        return problems  # two separate mistakes: their own messages stand
    message = _l(
        "医师级别“%(level)s”与执业类别“%(category)s”好像填反了，请对调",
        level=shown(level),
        category=shown(category),
    )
    swapped = ("level", "category")
    return [(name, message if name in swapped else other) for name, other in problems]
