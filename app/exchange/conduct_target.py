"""执业行为记录 (行政处罚 among them): records brought into the cases that the institution reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from app.enums import N_, AssessmentStatus, CycleStatus, ImportKind
from app.exchange.columns import CellProblem, Column, Problem, code, day, person_name, shown, text
from app.exchange.row_checks import check_cells
from app.exchange.sheet import RawRow
from app.exchange.target import Checked, Owner, PlannedRow, RowState, Target
from app.models import Assessment, ConductRecord, Cycle, Physician
from app.operations.case_notes import add_conduct_record
from app.operations.department_intake import ProposedDepartment
from app.operations.physicians import id_index
from app.queries.among import among
from app.security.actor import Actor
from app.security.id_numbers import normalise_id_number

NUMBER, KIND = "证件号码", "记录类型"
_KINDS = {
    "良好": True,
    "良好行为": True,
    "良好执业行为记录": True,
    "不良": False,
    "不良行为": False,
    "不良执业行为记录": False,
    "行政处罚": False,
}


def _is_good(cell: object) -> bool:
    found = _KINDS.get("".join(shown(cell).split()))
    if found is None:
        raise CellProblem(
            _l("“%(text)s”不在可选范围内，可填：良好、不良、行政处罚", text=shown(cell))
        )
    return found


CONDUCT_COLUMNS: tuple[Column, ...] = (
    Column("序号", "", str, width=7, example="1"),
    Column("姓名", "name", person_name(max_length=64), required=True, width=12,
           aliases=("医师姓名",), example="张三"),
    Column(NUMBER, "id_number", code, required=True, width=22, note=_l("请用文本格式"),
           aliases=("身份证号", "身份证号码", "证件号"), example="11010519491231002X"),
    Column(KIND, "is_good", _is_good, required=True, choices=("良好", "不良", "行政处罚"),
           aliases=("行为记录", "记录类别"), note=_l("行政处罚计入不良执业行为记录"),
           example="不良"),
    Column("医疗卫生机构", "place", text(max_length=255), required=True, width=28,
           aliases=("机构名称",)),
    Column("结案时间", "closed_on", day, required=True, is_date=True, width=15,
           aliases=("处罚日期", "决定日期"), example="2024-05-10"),
    Column("处理结果", "outcome", text(max_length=255), required=True, width=36,
           aliases=("处罚结果", "处罚内容"), example="警告"),
)  # fmt: skip


@dataclass(frozen=True)
class ConductRow:
    """What a file says of one record."""

    name: str
    id_number: str
    is_good: bool
    place: str
    closed_on: date
    outcome: str

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two records the same."""
        return (self.id_number, *self.record)

    @property
    def record(self) -> tuple[object, ...]:
        """What makes two records of a case the same."""
        return (self.is_good, self.place, self.closed_on, self.outcome)


class ConductTarget(Target):
    """Records of the institution's physicians; one that is there already is never changed."""

    kind = ImportKind.CONDUCT
    columns = CONDUCT_COLUMNS
    facts_type = ConductRow
    sheet_name = "执业行为记录"
    template_title = _l("执业行为记录导入模板")
    error_title = _l("执业行为记录导入错误表")
    empty = _l("文件中没有执业行为记录，请在表头下面逐行填写后再上传")
    name_header, key_header = "姓名", NUMBER
    shown_headers = (KIND, "结案时间", "处理结果")
    personal = frozenset({NUMBER})
    may_update = False
    trail_label = N_("批量导入执业行为记录")

    def check(self, rows: Sequence[RawRow], *, today: date) -> Sequence[Checked]:
        """Judge days, and records that stand twice."""

        def judged(values: dict[str, Any]) -> list[tuple[str, Any]]:
            values["id_number"] = normalise_id_number(values["id_number"])
            if values["closed_on"] > today:
                return [("closed_on", _l("日期 %(day)s 晚于今天，请核对", day=values["closed_on"]))]
            return []

        return check_cells(
            rows, self.columns, ConductRow, key=lambda one: one.key, key_header=NUMBER, judge=judged
        )

    def place(
        self, session: Session, rows: Sequence[Checked], *, owner: Owner
    ) -> Sequence[PlannedRow]:
        """Find the physicians, their cases of the running cycle and the records these have."""
        indexes = {row.number: id_index(row.facts.id_number) for row in rows if row.facts}
        found = select(Physician.id_index, Physician.id, Physician.name).where(
            Physician.institution_id == owner.id,
            among(session, Physician.id_index, list(indexes.values()), kind=String()),
        )
        people = {index: (pk, name) for index, pk, name in session.execute(found)}
        cases = _cases(session, [pk for pk, _name in people.values()])
        records = _records(session, [pk for pk, _status in cases.values()])
        return [
            PlannedRow(row.number, RowState.REFUSED, row.cells, None, row.problems)
            if row.facts is None
            else _placed(row, people.get(indexes[row.number]), cases, records)
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
        """Add records by the operation that the case's page uses."""
        for row in new:
            add_conduct_record(
                session,
                row.refers or 0,
                is_good=row.facts.is_good,
                place=row.facts.place,
                closed_on=row.facts.closed_on,
                outcome=row.facts.outcome,
                actor=actor,
                at=at,
            )
        return ()


def _cases(
    session: Session, physician_ids: Sequence[int]
) -> dict[int, tuple[int, AssessmentStatus]]:
    statement = (
        select(Assessment.physician_id, Assessment.id, Assessment.status)
        .join(Cycle, Cycle.id == Assessment.cycle_id)
        .where(
            Cycle.status == CycleStatus.OPEN,
            among(session, Assessment.physician_id, physician_ids),
        )
        .order_by(Assessment.id)
    )
    return {physician: (pk, status) for physician, pk, status in session.execute(statement)}


def _records(session: Session, case_ids: Sequence[int]) -> set[tuple[object, ...]]:
    r = ConductRecord
    statement = select(r.assessment_id, r.is_good, r.place, r.closed_on, r.outcome).where(
        among(session, r.assessment_id, case_ids)
    )
    return {tuple(row) for row in session.execute(statement)}


def _placed(
    row: Checked,
    person: tuple[int, str] | None,
    cases: Mapping[int, tuple[int, AssessmentStatus]],
    records: set[tuple[object, ...]],
) -> PlannedRow:
    plain = PlannedRow(row.number, RowState.REFUSED, row.cells, row.facts)
    if person is None:
        return replace(plain, problems=(Problem(NUMBER, _l("本机构没有该证件号码的医师，请核对")),))
    physician_id, name = person
    if name != row.facts.name:
        message = _l("姓名“%(name)s”与该证件号码的医师不一致，请核对", name=row.facts.name)
        return replace(plain, problems=(Problem("姓名", message),))
    case = cases.get(physician_id)
    if case is not None and (case[0], *row.facts.record) in records:
        return replace(plain, state=RowState.UNCHANGED, row_id=case[0])
    if case is None or case[1] is not AssessmentStatus.AWAITING_INSTITUTION:
        message = _l("该医师的考核不在医疗机构审核阶段，不能补充执业行为记录")
        return replace(plain, problems=(Problem(NUMBER, message),))
    return replace(plain, state=RowState.NEW, refers=case[0])
