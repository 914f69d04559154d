"""医疗卫生机构, 科室 and 执业行为记录 through the same framework as the roster."""

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from stdnum.cn import uscc

from app.enums import AssessmentStatus, ImportKind, InstitutionGrade
from app.exchange import intake
from app.exchange.sheet import read_sheet
from app.exchange.target import Choices, ImportPlan, RowState
from app.exchange.targets import TARGETS
from app.models import Assessment, Authority, ConductRecord, Department, Institution, Physician
from app.security.actor import current_actor
from app.views.clock import now, today
from tests.support.site import Site


def table(kind: ImportKind, *rows: dict[str, object]) -> bytes:
    """A file with the columns of a target."""
    book = openpyxl.Workbook()
    headers = [column.header for column in TARGETS[kind].columns]
    book.active.append(headers)
    for cells in rows:
        book.active.append([cells.get(header) for header in headers])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def owner(session: Any) -> Any:
    actor = current_actor()
    if actor.institution_id is not None:
        return session.get_one(Institution, actor.institution_id)
    return session.get_one(Authority, actor.authority_id)


def planned(site: Site, username: str, kind: ImportKind, *rows: dict[str, object]) -> ImportPlan:
    with site.session(username) as session:
        return intake.plan(
            session, TARGETS[kind], table(kind, *rows), "a.xlsx", owner=owner(session),
            today=today(),
        )  # fmt: skip


def imported(site: Site, username: str, kind: ImportKind, *rows: dict[str, object]) -> Any:
    content = table(kind, *rows)
    with site.session(username) as session:
        plan = intake.plan(
            session, TARGETS[kind], content, "a.xlsx", owner=owner(session), today=today()
        )
        done = intake.run(
            session, plan, choices=Choices(update_existing=True), actor=current_actor(), at=now()
        )
        session.commit()
        return done.created, done.changed, done.unchanged


def told(plan: ImportPlan) -> list[str]:
    return [str(problem.message) for row in plan.rows for problem in row.problems]


@pytest.mark.parametrize("kind", list(ImportKind))
def test_a_template_has_every_column_and_reads_as_empty(
    shared_site: Site, kind: ImportKind
) -> None:
    target = TARGETS[kind]
    with shared_site.app.test_request_context():
        content = intake.template(target)

    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [str(cell.value).rstrip("*") for cell in sheet[3]] == [c.header for c in target.columns]
    assert read_sheet(content, filename="a.xlsx", headers=target.columns).rows == ()


def code(serial: int) -> str:
    body = f"12140200{serial:09d}"
    return body + str(uscc.calc_check_digit(body + "0"))


CODE_HEADER = "统一社会信用代码"
HOUSE: dict[str, object] = {"机构名称": "新开医院", CODE_HEADER: code(7), "联系人": "李四"}


def test_institutions_come_below_the_authority_and_twice_is_once(site: Site) -> None:
    row = HOUSE | {"等级": "二甲", "床位数": "１２０", "隶属行政机构": None}

    assert imported(site, "city", ImportKind.INSTITUTION, row) == (1, 0, 0)
    assert imported(site, "city", ImportKind.INSTITUTION, row) == (0, 0, 1)
    assert imported(site, "city", ImportKind.INSTITUTION, row | {"等级": "三甲"}) == (0, 1, 0)

    with site.session("city") as session:
        found = session.scalars(select(Institution).where(Institution.uscc == code(7))).one()
        assert (found.grade, found.beds) == (InstitutionGrade.THIRD_A, 120)
        assert found.authority_id == current_actor().authority_id


def test_institutions_elsewhere_and_wrong_superiors_are_refused(shared_site: Site) -> None:
    with shared_site.session() as session:
        there = shared_site.actor("hospital-3").institution_id
        taken = session.get_one(Institution, there).uscc
    plan = planned(
        shared_site, "county", ImportKind.INSTITUTION,
        HOUSE | {CODE_HEADER: taken},
        HOUSE | {"隶属行政机构": "外省卫生健康委员会"},
        HOUSE | {CODE_HEADER: code(7)[:-1] + ("0" if code(7)[-1] != "0" else "1")},
        HOUSE | {CODE_HEADER: code(9), "邮政编码": "12"},
    )  # fmt: skip

    assert told(plan) == [
        "该代码在本省已登记，隶属其他行政机构，请联系上级卫生行政部门",
        "不是本单位或下级行政机构的名称，或该机构已停用，请按机构全称填写",
        "统一社会信用代码的校验码不对，请核对是否录错",
        "邮政编码应为6位数字",
    ]


def test_departments_come_with_their_subjects_and_change_them(site: Site) -> None:
    row: dict[str, object] = {"科室": "新内科", "关联诊疗科目": "内科、外科"}

    assert imported(site, "hospital", ImportKind.DEPARTMENT, row) == (1, 0, 0)
    assert imported(site, "hospital", ImportKind.DEPARTMENT, row) == (0, 0, 1)
    row["关联诊疗科目"] = "儿科"
    assert imported(site, "hospital", ImportKind.DEPARTMENT, row) == (0, 1, 0)

    with site.session("hospital") as session:
        found = session.scalars(select(Department).where(Department.name == "新内科")).one()
        assert found.subject_names == "儿科"


def test_an_unknown_subject_and_a_repeated_department_are_refused(shared_site: Site) -> None:
    plan = planned(
        shared_site, "hospital", ImportKind.DEPARTMENT,
        {"科室": "甲科", "关联诊疗科目": "内科；占星"},
        {"科室": "乙科", "关联诊疗科目": "内科"},
        {"科室": " 乙 科", "关联诊疗科目": "外科"},
    )  # fmt: skip

    assert told(plan) == [
        "诊疗科目表中没有“占星”，请按标准名称填写",
        "与本文件第3行重复，请只保留一行",
    ]


def records_of(site: Site, status: AssessmentStatus) -> dict[str, object]:
    with site.session("hospital") as session:
        statement = (
            select(Physician)
            .join(Assessment, Assessment.physician_id == Physician.id)
            .where(Assessment.status == status)
            .order_by(Assessment.id)
        )
        found = session.scalars(statement).first()
        return {
            "姓名": found.name, "证件号码": found.id_number, "记录类型": "行政处罚",
            "医疗卫生机构": "某医院", "结案时间": "2024-05-10", "处理结果": "警告",
        }  # fmt: skip


def test_records_come_into_cases_under_review_and_twice_is_once(site: Site) -> None:
    row = records_of(site, AssessmentStatus.AWAITING_INSTITUTION)

    assert imported(site, "hospital", ImportKind.CONDUCT, row) == (1, 0, 0)
    assert imported(site, "hospital", ImportKind.CONDUCT, row) == (0, 0, 1)

    with site.session("hospital") as session:
        wanted = select(func.count()).where(
            ConductRecord.outcome == "警告", ConductRecord.is_good.is_(False)
        )
        assert session.scalar(wanted) == 1


def test_records_of_strangers_and_of_cases_elsewhere_are_refused(shared_site: Site) -> None:
    row = records_of(shared_site, AssessmentStatus.AWAITING_INSTITUTION)
    form = records_of(shared_site, AssessmentStatus.AWAITING_FORM)

    plan = planned(
        shared_site, "hospital", ImportKind.CONDUCT,
        row | {"证件号码": "140402198909242573"}, row | {"姓名": "别人"},
        form, row | {"结案时间": "2031-01-01"}, row | {"记录类型": "一般"},
    )  # fmt: skip

    assert told(plan) == [
        "本机构没有该证件号码的医师，请核对",
        "姓名“别人”与该证件号码的医师不一致，请核对",
        "该医师的考核不在医疗机构审核阶段，不能补充执业行为记录",
        "日期 2031-01-01 晚于今天，请核对",
        "“一般”不在可选范围内，可填：良好、不良、行政处罚",
    ]
    assert {row.state for row in plan.rows} == {RowState.REFUSED}


def office(name: str, number: str, **more: object) -> dict[str, object]:
    return {"名称": name, "行政区划代码": number, **more}


def test_authorities_come_in_with_their_superiors_from_the_same_file(site: Site) -> None:
    rows = (
        office("高平市卫生健康局", "140581", 上级="晋城市卫生健康委员会"),  # before its superior
        office("晋城市卫生健康委员会", "140500", 联系人="晋维新"),
        office("左云县卫生健康局", "140226", 上级="大同市卫生健康委员会"),
    )
    assert imported(site, "province", ImportKind.AUTHORITY, *rows) == (3, 0, 0)
    assert imported(site, "province", ImportKind.AUTHORITY, *rows) == (0, 0, 3)
    with site.session() as session:
        found = {
            row.code: row
            for row in session.scalars(
                select(Authority).where(Authority.code.in_(["140581", "140500", "140226"]))
            )
        }
        city = found["140500"]
        assert (city.level.name, city.contact_person) == ("CITY", "晋维新")
        assert found["140581"].parent_id == city.id
        assert found["140581"].path == f"{city.path}{found['140581'].id}/"
        assert found["140226"].parent.code == "140200"
    changed = office("晋城市卫生健康委", "140500")
    assert imported(site, "province", ImportKind.AUTHORITY, changed) == (0, 1, 0)


@pytest.mark.parametrize(
    ("who", "row", "message"),
    [
        ("province", office("甲", "1405"), "6位、9位或12位"),
        ("province", office("甲", "140599", 上级="西安市卫生健康委员会"), "不是本单位"),
        ("province", office("甲", "140599", 上级="平城区卫生健康局"), "不是本单位"),
        ("province", office("甲", "610100"), "本级范围以外"),
        ("province", office("大同", "140200", 上级="长治市卫生健康委员会"), "隶属关系不能"),
        ("city-2", office("甲", "140500", 上级="山西省卫生健康委员会"), "不是本单位"),
        ("city-2", office("甲", "140100"), "本级范围以外"),
    ],
)
def test_an_authority_that_cannot_be_is_refused(
    site: Site, who: str, row: dict[str, object], message: str
) -> None:
    found = told(planned(site, who, ImportKind.AUTHORITY, row))

    assert len(found) == 1, found
    assert message in found[0]


def test_whoever_hangs_on_a_refused_row_is_refused_as_well(site: Site) -> None:
    plan = planned(
        site, "province", ImportKind.AUTHORITY,
        office("晋城市卫生健康委员会", "14"),
        office("高平市卫生健康局", "140581", 上级="晋城市卫生健康委员会"),
    )  # fmt: skip

    assert [row.state for row in plan.rows] == [RowState.REFUSED, RowState.REFUSED]
