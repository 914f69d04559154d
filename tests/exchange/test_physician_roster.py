"""The rosters of two hospitals, and what the check of a roster must notice."""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from app.enums import Category, Education, IdType, PhysicianLevel, Sex, Title
from app.exchange.physician_columns import (
    PHYSICIAN_COLUMNS,
    Report,
    check_facts,
    check_rows,
)
from app.exchange.physician_facts import PhysicianFacts
from app.exchange.sheet import RawRow, read_sheet

TODAY = date(2024, 6, 1)
DATA = Path(__file__).parents[1] / "data"
EXPECTED: list[tuple[int, str]] = [
    (number, key)
    for number, key in json.loads((DATA / "roster_pingcheng_messy.expected.json").read_text())
]
REASONS = {
    "check digit": ("证件号码", "校验码不对"),
    "number shown in scientific notation / lost digits": ("证件号码", "末尾几位已丢失.*文本格式"),
    "duplicate inside the file": ("证件号码", "与本文件第4行的证件号码重复"),
    "missing name": ("姓名", "未填写姓名"),
    "missing id number": ("证件号码", "未填写证件号码"),
    "impossible date": ("执业证取得时间", "“2019-02-30”不存在"),
    "first registration before licence": (
        "首次注册时间", "2019-05-01 早于执业证取得时间 2020-05-01"),
    "unknown category": ("执业类别", "“兽医”不在可选范围内"),
    "level and category swapped": ("医师级别", "填反了"),
    "sex contradicts id number": ("性别", "性别“男”与证件号码不一致"),
    "birth date contradicts id number": ("出生日期", "1955-05-05 与证件号码中的 1991-02-11 不一致"),
    "licence date in the future": ("执业证取得时间", "2031-01-01 晚于今天"),
    "formula as a name": ("姓名", "是公式"),
    "qualification code of somebody else": ("医师资格证书编码", "可能是他人的证书"),
}  # fmt: skip
GOOD: Mapping[str, object] = {
    "department_name": "中医科",
    "name": "张洋梓",
    "id_number": "140402198909242573",
    "level": "执业医师",
    "category": "中医",
    "licensed_on": "2016-08-31",
}


def report_of(name: str) -> Report:
    content = (DATA / f"{name}.xlsx").read_bytes()
    sheet = read_sheet(content, filename=f"{name}.xlsx", headers=PHYSICIAN_COLUMNS)
    return check_rows(sheet.rows, today=TODAY)


@pytest.fixture(scope="module")
def messy() -> Report:
    return report_of("roster_pingcheng_messy")


def problems_of(**changes: object) -> dict[str, str]:
    judged = check_facts({**GOOD, **changes}, today=TODAY)
    return {} if isinstance(judged, PhysicianFacts) else {k: str(v) for k, v in judged.items()}


def facts_of(**changes: object) -> PhysicianFacts:
    judged = check_facts({**GOOD, **changes}, today=TODAY)
    assert isinstance(judged, PhysicianFacts), judged
    return judged


def test_all_rows_of_the_good_roster_pass() -> None:
    report = report_of("roster_changzhi_120")

    assert [row.number for row in report.accepted] == list(range(3, 123))
    assert report.accepted[0].facts == PhysicianFacts(
        department_name="中医科", name="张洋梓", sex=Sex.MALE, id_type=IdType.RESIDENT,
        id_number="140402198909242573", birth_date=date(1989, 9, 24), ethnic_group="汉族",
        education=Education.MASTER, phone="15154672142", level=PhysicianLevel.PHYSICIAN,
        category=Category.CHINESE, practice_scope="中医专业", title=Title.RESIDENT,
        qualification_code="201514141140402198909242573", licence_code="141140402966211",
        licensed_on=date(2016, 8, 31), first_registered_on=date(2016, 12, 5),
    )  # fmt: skip


@pytest.mark.parametrize(("number", "key"), EXPECTED)
def test_every_row_of_the_messy_roster_is_judged_as_expected(
    messy: Report, number: int, key: str
) -> None:
    (row,) = (row for row in messy.rows if row.number == number)

    if key == "ok":
        assert row.facts is not None
        assert row.problems == ()
        return
    header, pattern = REASONS[key]
    assert row.facts is None
    found = [str(problem.message) for problem in row.problems if problem.header == header]
    assert any(re.search(pattern, message) for message in found), found


def test_the_messy_roster_holds_no_other_rows(messy: Report) -> None:
    assert [row.number for row in messy.rows] == [number for number, _ in EXPECTED]


def test_values_of_the_messy_roster_are_normalised(messy: Report) -> None:
    facts = {row.number: row.facts for row in messy.rows if row.facts is not None}

    assert facts[4].id_number == "140213196810074054"  # typed in full width
    assert facts[5].name == "黄娜"  # typed with spaces around
    assert (facts[6].licensed_on, facts[6].first_registered_on) == (
        date(2000, 10, 21), date(2001, 1, 26))  # fmt: skip
    assert (facts[7].licensed_on, facts[7].first_registered_on) == (
        date(2001, 2, 1), date(2001, 3, 6))  # fmt: skip
    assert (facts[9].id_type, facts[9].phone) == (IdType.RESIDENT, "13684656321")
    assert (facts[10].birth_date, facts[10].phone) == (date(1962, 7, 17), "15289078666")
    assert facts[24].id_number == "14021319730930050X"  # typed with a small x


def test_sex_birth_date_and_id_type_are_derived_from_a_resident_number() -> None:
    facts = facts_of()

    assert (facts.id_type, facts.sex, facts.birth_date) == (
        IdType.RESIDENT, Sex.MALE, date(1989, 9, 24))  # fmt: skip


def test_other_documents_need_sex_and_birth_date() -> None:
    passport = {"id_type": "护照", "id_number": "e12345678"}

    assert problems_of(**passport) == {
        "sex": "未填写性别，此项必填",
        "birth_date": "未填写出生日期，此项必填",
    }
    facts = facts_of(**passport, sex="女", birth_date="1980/1/2")
    assert (facts.id_number, facts.sex, facts.birth_date) == (
        "E12345678", Sex.FEMALE, date(1980, 1, 2))  # fmt: skip


def test_fifteen_digits_are_expanded_only_in_a_resident_number() -> None:
    assert facts_of(id_number="140402890924257").id_number == "140402198909242573"
    officer = facts_of(
        id_type="军官证", id_number="140402890924257", sex="男", birth_date="1980-01-02"
    )
    assert officer.id_number == "140402890924257"


@pytest.mark.parametrize(
    "missing", ["department_name", "name", "id_number", "level", "category", "licensed_on"]
)
def test_a_required_fact_is_missed_under_its_own_name(missing: str) -> None:
    assert list(problems_of(**{missing: " "})) == [missing]


def test_an_unreadable_id_type_is_the_only_complaint() -> None:
    assert list(problems_of(id_type="工作证", id_number="123")) == ["id_type"]


def test_a_wrong_id_number_is_not_blamed_on_other_fields() -> None:
    assert list(problems_of(id_number="140402198909242574", sex="女", birth_date="2000-01-01")) == [
        "id_number"
    ]


def test_a_certificate_of_somebody_else_is_noticed() -> None:
    assert "他人" in problems_of(qualification_code="201514141140402197204233664")[
        "qualification_code"
    ]  # fmt: skip
    assert facts_of(qualification_code="201514141140402890924257").qualification_code is not None
    assert "24位" in problems_of(qualification_code="2015141411404")["qualification_code"]


def test_level_and_category_digits_of_certificates_may_differ_from_today() -> None:
    facts = facts_of(
        level="执业医师", category="临床",
        qualification_code="201524141140402198909242573", licence_code="241140402966211",
    )  # fmt: skip

    assert facts.licence_code == "241140402966211"


def test_two_separate_mistakes_in_level_and_category_are_not_called_a_swap() -> None:
    found = problems_of(level="临床", category="兽医")

    assert "填反" not in found["level"] + found["category"]
    assert "填反" not in problems_of(level="临床")["level"]


def test_ethnic_groups_are_known_with_and_without_their_suffix() -> None:
    assert facts_of(ethnic_group="汉").ethnic_group == "汉族"
    assert facts_of(ethnic_group="蒙古 族").ethnic_group == "蒙古族"
    assert facts_of(ethnic_group="其他").ethnic_group == "其他"
    assert facts_of(ethnic_group="").ethnic_group is None
    assert "民族“火星族”" in problems_of(ethnic_group="火星族")["ethnic_group"]


def test_days_must_follow_each_other_and_not_lie_ahead() -> None:
    assert "早于出生日期" in problems_of(licensed_on="1988-01-01")["licensed_on"]
    assert "晚于今天" in problems_of(first_registered_on="2024-06-02")["first_registered_on"]
    assert facts_of(licensed_on=TODAY, first_registered_on=TODAY).licensed_on == TODAY


def test_a_duplicate_is_found_however_the_number_is_typed() -> None:
    headers = {column.attribute: column.header for column in PHYSICIAN_COLUMNS}
    cells = {headers[name]: value for name, value in GOOD.items()}
    rows = [
        RawRow(3, cells),
        RawRow(4, cells | {"证件号码": "１４０４０２８９０９２４２５７"}),
        RawRow(5, cells | {"证件号码": " 140402198909242573 "}),
    ]

    report = check_rows(rows, today=TODAY)

    assert [row.number for row in report.accepted] == [3]
    assert [
        [(problem.header, str(problem.message)) for problem in row.problems]
        for row in report.refused
    ] == [[("证件号码", "与本文件第3行的证件号码重复，同一医师只能填写一行")]] * 2


def test_twenty_thousand_rows_are_judged_in_one_go() -> None:
    content = (DATA / "roster_changzhi_120.xlsx").read_bytes()
    rows = read_sheet(content, filename="a.xlsx", headers=PHYSICIAN_COLUMNS).rows

    report = check_rows(
        [RawRow(number, rows[number % 120].cells) for number in range(20_000)], today=TODAY
    )

    assert len(report.rows) == 20_000
    assert len(report.refused) == 20_000 - 120


def test_the_columns_are_those_of_the_roster_in_its_order() -> None:
    assert " ".join(column.header for column in PHYSICIAN_COLUMNS) == (
        "序号 科室 姓名 性别 证件类型 证件号码 出生日期 民族 学历 手机号码 医师级别 执业类别 "
        "执业范围 职称 医师资格证书编码 医师执业证书编码 执业证取得时间 首次注册时间"
    )
