"""历史考核结果: what earlier cycles came to, taken over from another system; nothing known is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from app.enums import N_, ImportKind, Procedure, Verdict
from app.exchange.columns import (
    Column,
    Problem,
    choice,
    code,
    day,
    person_name,
    text,
    words_of,
)
from app.exchange.row_checks import check_cells
from app.exchange.sheet import RawRow
from app.exchange.target import Checked, Owner, PlannedRow, RowState, Target
from app.models import Conclusion, Cycle, Physician
from app.operations import trail
from app.operations.department_intake import ProposedDepartment
from app.operations.physicians import id_index
from app.queries.among import among
from app.security.actor import Actor
from app.security.id_numbers import normalise_id_number
from app.workflows.conclusion import take_over

NUMBER, CYCLE, RESULT = "证件号码", "考核周期", "考核结果"

RESULT_COLUMNS: tuple[Column, ...] = (
    Column("序号", "", str, width=7, example="1"),
    Column("姓名", "name", person_name(max_length=64), required=True, width=12,
           aliases=("医师姓名",), example="张三"),
    Column(NUMBER, "id_number", code, required=True, width=22, note=_l("请用文本格式"),
           aliases=("身份证号", "身份证号码", "证件号"), example="11010519491231002X"),
    Column(CYCLE, "cycle_label", text(max_length=64), required=True, width=14,
           aliases=("周期",), example="01"),
    Column("考核程序", "procedure", choice(Procedure), width=12, choices=words_of(Procedure),
           example="一般程序"),
    Column(RESULT, "result", choice(Verdict), required=True, width=12, choices=words_of(Verdict),
           example="合格"),
    Column("认定日期", "concluded_on", day, required=True, is_date=True, width=15,
           aliases=("考核日期",), example="2022-10-31"),
    Column("医疗卫生机构", "institution_name", text(max_length=255), required=True, width=28,
           aliases=("当时的医疗卫生机构", "机构名称")),
    Column("考核机构", "agency_name", text(max_length=255), width=28),
    Column("依据文件", "document", text(max_length=255), required=True, width=28,
           note=_l("结果所依据的文件或名册"), example="卫医函〔2022〕118号"),
)  # fmt: skip


@dataclass(frozen=True)
class ResultRow:
    """What a file says of one result."""

    name: str
    id_number: str
    cycle_label: str
    result: Verdict
    concluded_on: date
    institution_name: str
    document: str
    procedure: Procedure | None = None
    agency_name: str | None = None


class ResultTarget(Target):
    """Results of physicians in the owner's area; one that is there already is never changed."""

    kind = ImportKind.RESULT
    columns = RESULT_COLUMNS
    facts_type = ResultRow
    sheet_name = "历史考核结果"
    template_title = _l("历史考核结果导入模板")
    error_title = _l("历史考核结果导入错误表")
    empty = _l("文件中没有考核结果，请在表头下面逐行填写后再上传")
    name_header, key_header = "姓名", NUMBER
    shown_headers = (CYCLE, RESULT, "认定日期")
    personal = frozenset({NUMBER})
    may_update = False
    trail_label = N_("批量导入历史考核结果")

    def check(self, rows: Sequence[RawRow], *, today: date) -> Sequence[Checked]:
        """Judge days, and results that stand twice."""

        def judged(values: dict[str, Any]) -> list[tuple[str, Any]]:
            values["id_number"] = normalise_id_number(values["id_number"])
            late = values["concluded_on"]
            if late > today:
                return [("concluded_on", _l("日期 %(day)s 晚于今天，请核对", day=late))]
            return []

        return check_cells(
            rows,
            self.columns,
            ResultRow,
            key=lambda one: (one.id_number, one.cycle_label),
            key_header=NUMBER,
            judge=judged,
        )

    def place(
        self, session: Session, rows: Sequence[Checked], *, owner: Owner
    ) -> Sequence[PlannedRow]:
        """Find the physicians in the area and what is known of them."""
        indexes = {row.number: id_index(row.facts.id_number) for row in rows if row.facts}
        p = Physician
        wanted = select(p.id_index, p.id, p.name, p.province_id).where(
            among(session, p.id_index, list(indexes.values()), kind=String())
        )
        people = {row[0]: (row[1], row[2], row[3]) for row in session.execute(wanted)}
        known = _known(session, [row[0] for row in people.values()])
        ours = _cycles(session, {row[2] for row in people.values()})
        return [
            PlannedRow(row.number, RowState.REFUSED, row.cells, None, row.problems)
            if row.facts is None
            else _placed(row, people.get(indexes[row.number]), known, ours)
            for row in rows
        ]

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
        """Store results, each with an entry of the physician's trail."""
        rows = [_store(session, row.facts, row.refers or 0, actor=actor, at=at) for row in new]
        session.flush()  # what is refused belongs to this file
        take_over(session, [row.id for row in rows], at=at)
        return ()


def _known(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], Verdict]:
    c = Conclusion
    found = select(c.physician_id, c.cycle_label, c.result).where(
        among(session, c.physician_id, ids)
    )
    return {(pk, label): result for pk, label, result in session.execute(found)}


def _cycles(session: Session, provinces: set[int]) -> set[tuple[int, str]]:
    found = select(Cycle.province_id, Cycle.label).where(Cycle.province_id.in_(provinces))
    return {(province, label) for province, label in session.execute(found)}


def _placed(
    row: Checked,
    person: tuple[int, str, int] | None,
    known: Mapping[tuple[int, str], Verdict],
    ours: set[tuple[int, str]],
) -> PlannedRow:
    plain = PlannedRow(row.number, RowState.REFUSED, row.cells, row.facts)
    if person is None:
        message = _l("本级及下级范围内没有该证件号码的医师，请核对")
        return replace(plain, problems=(Problem(NUMBER, message),))
    pk, name, province = person
    if name != row.facts.name:
        message = _l("姓名“%(name)s”与该证件号码的医师不一致，请核对", name=row.facts.name)
        return replace(plain, problems=(Problem("姓名", message),))
    label = row.facts.cycle_label
    stored = known.get((pk, label))
    if stored is row.facts.result:
        return replace(plain, state=RowState.UNCHANGED, row_id=pk)
    if stored is not None:
        message = _l("该医师本周期已有不同的考核结果，不能用导入改动")
        return replace(plain, problems=(Problem(RESULT, message),))
    if (province, label) in ours:
        message = _l("周期“%(label)s”由本系统考核，其结果不能导入", label=label)
        return replace(plain, problems=(Problem(CYCLE, message),))
    return replace(plain, state=RowState.NEW, refers=pk)


def _store(
    session: Session, said: ResultRow, physician_id: int, *, actor: Actor, at: datetime
) -> Conclusion:
    person = session.get_one(Physician, physician_id)
    owner = {
        name: getattr(person, name) for name in ("province_id", "authority_path", "institution_id")
    }
    found = Conclusion(
        status_since=at,
        result=said.result,
        cycle_label=said.cycle_label,
        procedure=said.procedure,
        institution_name=said.institution_name,
        agency_name=said.agency_name,
        concluded_on=said.concluded_on,
        concluded_at=datetime.combine(said.concluded_on, time(4)),
        document=said.document,
        physician_id=person.id,
        **owner,
    )
    session.add(found)
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="physician",
        subject_id=person.id,
        action="result",
        label=N_("导入历史考核结果"),
        comment=f"{said.cycle_label}：{said.result.value}（{said.document}）",
        physician_id=person.id,
        **owner,
    )
    return found
