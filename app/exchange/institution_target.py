"""医疗卫生机构: institutions that an authority brings in below itself, known by their 统一社会信用代码."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from app.enums import (
    N_,
    AuthorityLevel,
    ImportKind,
    InstitutionGrade,
    InstitutionKind,
    Ownership,
)
from app.exchange.columns import (
    Column,
    Problem,
    choice,
    code,
    phone,
    text,
    whole_number,
    words_of,
    yes_or_no,
)
from app.exchange.differences import changes_of
from app.exchange.row_checks import check_cells
from app.exchange.sheet import RawRow
from app.exchange.superiors import Superiors
from app.exchange.target import Checked, Owner, PlannedRow, RowState, Target
from app.models import Authority, Institution
from app.operations.bodies import InstitutionFacts, create_institution
from app.operations.body_changes import change_body
from app.operations.department_intake import ProposedDepartment
from app.queries import authorities
from app.queries.among import among
from app.security.actor import Actor, current_actor, unscoped
from app.security.id_numbers import uscc_problem

CODE, SUPERIOR = "统一社会信用代码", "隶属行政机构"
_word = partial(text, max_length=64)
_line = partial(text, max_length=255)
_MOST_BEDS = 100_000
_LEVELS = frozenset({AuthorityLevel.PROVINCE, AuthorityLevel.CITY, AuthorityLevel.COUNTY})
_KINDS = {
    "社区卫生服务中心": InstitutionKind.COMMUNITY_CENTRE,
    "社区卫生服务站": InstitutionKind.COMMUNITY_CENTRE,
    "门诊部": InstitutionKind.CLINIC,
    "诊所": InstitutionKind.CLINIC,
    "村卫生室": InstitutionKind.CLINIC,
    "妇幼保健院": InstitutionKind.MATERNITY,
    "急救中心": InstitutionKind.EMERGENCY,
    "其他": InstitutionKind.OTHER,
}
_GRADES = {
    "三甲": InstitutionGrade.THIRD_A,
    "三乙": InstitutionGrade.THIRD_B,
    "二甲": InstitutionGrade.SECOND_A,
    "二乙": InstitutionGrade.SECOND_B,
    "一甲": InstitutionGrade.FIRST_A,
    "未定等": InstitutionGrade.UNGRADED,
}

INSTITUTION_COLUMNS: tuple[Column, ...] = (
    Column("序号", "", str, width=7, example="1"),
    Column("机构名称", "name", _line(), required=True, width=28, aliases=("名称", "单位名称"),
           example="某市第一医院"),
    Column(CODE, "uscc", code, required=True, width=24, note=_l("18位，请用文本格式"),
           aliases=("社会信用代码", "信用代码")),
    Column(SUPERIOR, "superior", _line(), width=26, aliases=("上级行政机构", "隶属关系"),
           note=_l("不填视为本单位")),
    Column("医疗机构执业许可证登记号", "licence_number", code, width=28,
           note=_l("请用文本格式"), aliases=("执业许可证登记号",)),
    Column("机构类别", "kind", choice(InstitutionKind, aliases=_KINDS), width=20,
           choices=words_of(InstitutionKind), aliases=("机构类型",), example="医院"),
    Column("等级", "grade", choice(InstitutionGrade, aliases=_GRADES),
           choices=words_of(InstitutionGrade), aliases=("等级等次",), example="二级甲等"),
    Column("经营性质", "ownership", choice(Ownership), choices=words_of(Ownership),
           example="非营利性"),
    Column("床位数", "beds", whole_number, width=9, example="300"),
    Column("负责人", "head", _word(), width=12),
    Column("联系人", "contact_person", _word(), required=True, width=12),
    Column("联系电话", "contact_phone", phone, width=16),
    Column("地址", "address", _line(), width=30),
    Column("邮政编码", "postcode", code, width=10, note=_l("请用文本格式"), example="037000"),
    Column("可申请考核机构", "may_apply_as_agency", yes_or_no, choices=("是", "否"), width=14),
)  # fmt: skip
_BY_NAME = {column.attribute: column for column in INSTITUTION_COLUMNS if column.attribute}
_CHANGEABLE = tuple(name for name in _BY_NAME if name not in ("uscc", "superior"))


@dataclass(frozen=True)
class InstitutionRow:
    """What a file says of an institution; None where it says nothing."""

    name: str
    uscc: str
    superior: str | None
    licence_number: str | None
    kind: InstitutionKind | None
    grade: InstitutionGrade | None
    ownership: Ownership | None
    beds: int | None
    head: str | None
    contact_person: str
    contact_phone: str | None
    address: str | None
    postcode: str | None
    may_apply_as_agency: bool | None


class InstitutionTarget(Target):
    """Institutions under an authority; accounts are opened afterwards, one by one."""

    kind = ImportKind.INSTITUTION
    columns = INSTITUTION_COLUMNS
    facts_type = InstitutionRow
    sheet_name = "医疗卫生机构"
    template_title = _l("医疗卫生机构导入模板")
    error_title = _l("医疗卫生机构导入错误表")
    empty = _l("文件中没有医疗卫生机构，请在表头下面逐行填写后再上传")
    name_header, key_header = "机构名称", CODE
    shown_headers = (SUPERIOR, "机构类别", "等级")
    trail_label = N_("批量导入医疗卫生机构")

    def check(self, rows: Sequence[RawRow], *, today: date) -> Sequence[Checked]:
        """Judge codes and beds, and codes that stand twice."""
        return check_cells(
            rows, self.columns, InstitutionRow, key=lambda one: one.uscc, key_header=CODE,
            judge=_judged,
        )  # fmt: skip

    def place(
        self, session: Session, rows: Sequence[Checked], *, owner: Owner
    ) -> Sequence[PlannedRow]:
        """Find the superiors, and the institutions that the province has already."""
        offices = authorities.choices(session, actor=current_actor(), levels=_LEVELS)
        superiors = Superiors.among(owner, offices)
        codes = [row.facts.uscc for row in rows if row.facts]
        is_code = among(session, Institution.uscc, codes, kind=String())
        own = {one.uscc: one for one in session.scalars(select(Institution).where(is_code))}
        with unscoped("the code is unique in the province: only that it is taken is told"):
            everywhere = select(Institution.uscc, Institution.province_id).where(is_code)
            taken = {(uscc, province) for uscc, province in session.execute(everywhere)}
        found = []
        for row in rows:
            if row.facts is None:
                found.append(
                    PlannedRow(row.number, RowState.REFUSED, row.cells, None, row.problems)
                )
            elif row.facts.uscc in own:
                found.append(_compared(row, own[row.facts.uscc], superiors))
            else:
                found.append(_newcomer(row, superiors, taken))
        return found

    def write(
        self,
        session: Session,
        *,
        new: Sequence[PlannedRow],
        changed: Sequence[PlannedRow],
        owner: Owner,
        actor: Actor,
        at: datetime,
    ) -> tuple[ProposedDepartment, ...]:
        """Add and change institutions by the operations that the forms use."""
        for row in new:
            create_institution(
                session,
                authority=session.get_one(Authority, row.refers),
                uscc=row.facts.uscc,
                name=row.facts.name,
                facts=_facts(row.facts),
                actor=actor,
                at=at,
            )
        for row in changed:
            body = session.get_one(Institution, row.row_id, with_for_update=True)
            change_body(session, body, row.values or {}, actor=actor, at=at)
        return ()


def _judged(values: dict[str, Any]) -> list[tuple[str, Any]]:
    problems = []
    problem = uscc_problem(values["uscc"])
    if problem is not None:
        problems.append(("uscc", problem))
    beds = values["beds"]
    if beds is not None and not 0 <= beds <= _MOST_BEDS:
        problems.append(("beds", _l("床位数应在0至100000之间")))
    if values["postcode"] is not None and not (
        len(values["postcode"]) == 6 and values["postcode"].isdigit()
    ):
        problems.append(("postcode", _l("邮政编码应为6位数字")))
    return problems


def _facts(row: InstitutionRow) -> InstitutionFacts:
    said = {
        name: value
        for name, value in asdict(row).items()
        if value is not None and name not in ("name", "uscc", "superior")
    }
    return replace(InstitutionFacts(), **said)


def _newcomer(row: Checked, superiors: Superiors, taken: set[tuple[str, int]]) -> PlannedRow:
    plain = PlannedRow(row.number, RowState.REFUSED, row.cells, row.facts)
    office = superiors.of(row.facts.superior)
    if office is None:
        message = _l("不是本单位或下级行政机构的名称，或该机构已停用，请按机构全称填写")
        if row.facts.superior is None:
            message = _l("未填写隶属行政机构，此项必填")
        return replace(plain, problems=(Problem(SUPERIOR, message),))
    if (row.facts.uscc, office.province_id) in taken:
        message = _l("该代码在本省已登记，隶属其他行政机构，请联系上级卫生行政部门")
        return replace(plain, problems=(Problem(CODE, message),))
    return replace(plain, state=RowState.NEW, refers=office.id)


def _compared(row: Checked, stored: Institution, superiors: Superiors) -> PlannedRow:
    """Set a row beside the institution it names; blank cells change nothing."""
    values = {
        name: getattr(row.facts, name)
        for name in _CHANGEABLE
        if getattr(row.facts, name) not in (None, getattr(stored, name))
    }
    office = superiors.of(row.facts.superior) if row.facts.superior else None
    moves = row.facts.superior is not None and (office is None or office.id != stored.authority_id)
    plain = PlannedRow(row.number, RowState.UNCHANGED, row.cells, row.facts, row_id=stored.id)
    if not values and not moves:
        return plain
    before = {name: getattr(stored, name) for name in values}
    changes = changes_of(before, values, _BY_NAME, frozenset())
    problems: tuple[Problem, ...] = ()
    if moves:
        problems = (Problem(SUPERIOR, _l("隶属关系不能通过导入调整，请删去此项或填写原隶属机构")),)
    return replace(
        plain, state=RowState.CHANGED, changes=tuple(changes), values=values, problems=problems
    )
