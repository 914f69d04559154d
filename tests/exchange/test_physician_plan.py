"""A roster meets the database: what is new, what exists already, what must be corrected."""

import json
import re

import pytest
from sqlalchemy import event

from app.exchange import intake
from app.exchange.sheet import SheetRefused
from app.views.clock import today
from tests.support.rosters import (
    DATA,
    GOOD,
    MESSY,
    PHYSICIANS,
    activate,
    at_hospital,
    correct_people,
    entry,
    number_of,
    planned,
    reasons,
    roster,
    states,
)
from tests.support.site import Site

EXPECTED = json.loads((DATA / "roster_pingcheng_messy.expected.json").read_text())
REASONS = {
    "check digit": "证件号码：.*校验码不对",
    "number shown in scientific notation / lost digits": "证件号码：.*末尾几位已丢失",
    "duplicate inside the file": "证件号码：与本文件第4行的证件号码重复",
    "missing name": "姓名：未填写姓名",
    "missing id number": "证件号码：未填写证件号码",
    "impossible date": "执业证取得时间：.*“2019-02-30”不存在",
    "first registration before licence": "首次注册时间：.*早于执业证取得时间",
    "unknown category": "执业类别：“兽医”不在可选范围内",
    "level and category swapped": "医师级别：.*填反了",
    "sex contradicts id number": "性别：性别“男”与证件号码不一致",
    "birth date contradicts id number": "出生日期：.*与证件号码中的.*不一致",
    "licence date in the future": "执业证取得时间：.*晚于今天",
    "formula as a name": "姓名：单元格内是公式",
    "qualification code of somebody else": "医师资格证书编码：.*可能是他人的证书",
}


@pytest.fixture
def newcomer(site: Site) -> Site:
    """The demo with the new hospital's clerk past the first password."""
    activate(site)
    return site


def test_the_messy_roster_behaves_row_by_row_as_expected(shared_site: Site) -> None:
    plan = planned(shared_site, "hospital", (DATA / MESSY).read_bytes(), MESSY)

    told = {row.number: [f"{p.header}：{p.message}" for p in row.problems] for row in plan.rows}
    assert list(told) == [number for number, _ in EXPECTED]
    for number, key in EXPECTED:
        if key == "ok":
            assert told[number] == []
        else:
            assert any(re.match(REASONS[key], text) for text in told[number]), told[number]
    assert states(plan) == {"new": 40, "changed": 0, "unchanged": 0, "refused": 14}


def test_the_good_roster_is_new_and_only_its_departments_are_missing(newcomer: Site) -> None:
    plan = planned(newcomer, "hospital-new", (DATA / GOOD).read_bytes())

    assert states(plan) == {"new": 120, "changed": 0, "unchanged": 0, "refused": 0}
    assert {one.name: one.subject_name for one in plan.missing} == {
        "中医科": "中医科", "儿科": "儿科", "口腔科": "口腔科", "妇产科": "妇产科",
        "麻醉科": "麻醉科", "心血管内科": "心血管内科专业", "普通外科": "普通外科专业",
        "骨科": "骨科专业", "急诊科": "急诊科专业", "影像科": "",
    }  # fmt: skip


def test_a_department_is_found_however_it_is_typed(shared_site: Site) -> None:
    plan = planned(shared_site, "hospital", roster(entry(科室=" 内　科 ")))

    assert (states(plan)["new"], plan.missing) == (1, ())


def test_a_stopped_department_is_refused_with_the_reason(shared_site: Site) -> None:
    plan = planned(shared_site, "hospital", roster(entry(科室="妇科")))

    assert reasons(plan) == [
        (2, "科室", "科室“妇科”已停用，请改填其他科室，或先在科室信息中启用")
    ]  # fmt: skip


def test_a_physician_of_another_institution_is_refused_without_saying_where(
    shared_site: Site,
) -> None:
    content = roster(entry(证件号码=number_of(shared_site, "hospital-3"), 性别=None))

    plan = planned(shared_site, "hospital", content)

    assert reasons(plan) == [
        (2, "证件号码", "已在其他机构登记，请联系隶属卫生行政部门办理转入")
    ]  # fmt: skip


def test_a_physician_of_the_institution_is_set_beside_what_is_stored(shared_site: Site) -> None:
    number = number_of(shared_site, "hospital")
    content = roster(entry(证件号码=number, 执业证取得时间="2025-01-01", 科室="外科"))

    plan = planned(shared_site, "hospital", content)

    assert states(plan) == {"new": 0, "changed": 1, "unchanged": 0, "refused": 0}
    changes = {change.header: change for change in plan.rows[0].changes}
    assert changes["执业证取得时间"].after == "2025-01-01"
    assert {"姓名", "证件号码", "手机号码"} & changes.keys() == {"姓名"}  # blanks change nothing


def test_one_number_under_two_kinds_of_document_is_a_duplicate(shared_site: Site) -> None:
    officer = {"证件类型": "军官证", "性别": "男", "出生日期": "1980-01-02"}
    content = roster(entry(), entry(**officer))

    assert reasons(planned(shared_site, "hospital", content)) == [
        (3, "证件号码", "与本文件第2行的证件号码重复，同一医师只能填写一行")
    ]


def test_a_roster_without_physicians_is_refused(shared_site: Site) -> None:
    with pytest.raises(SheetRefused, match="文件中没有医师"):
        planned(shared_site, "hospital", intake.template(PHYSICIANS))


def test_statements_do_not_grow_with_the_rows(shared_site: Site) -> None:
    assert statements(shared_site, 3) == statements(shared_site, 60)


def statements(site: Site, rows: int) -> int:
    content = roster(*(entry(**person) for person in correct_people(rows)))
    with at_hospital(site, "hospital") as (session, house):
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        plan = intake.plan(session, PHYSICIANS, content, "a.xlsx", owner=house, today=today())
        event.remove(engine, "before_cursor_execute", note)
    assert len(plan.rows) == rows
    return len(seen)
