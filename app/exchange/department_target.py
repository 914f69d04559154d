"""科室: departments of an institution with their 关联诊疗科目, known by their name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.enums import N_, ImportKind
from app.exchange.columns import CellProblem, Column, Problem, text
from app.exchange.row_checks import check_cells
from app.exchange.sheet import RawRow
from app.exchange.target import Change, Checked, Owner, PlannedRow, RowState, Target
from app.models import Department, Institution, Subject
from app.operations.department_intake import ProposedDepartment, department_key
from app.operations.departments import create_department, update_department
from app.security.actor import Actor

NAME, SUBJECTS = "科室", "关联诊疗科目"
_PARTS = re.compile(r"[、,，;；/\n]+")
_words = text(max_length=1000, multiline=True)


def _subject_names(cell: object) -> tuple[str, ...]:
    names = tuple(
        dict.fromkeys(part.strip() for part in _PARTS.split(_words(cell)) if part.strip())
    )
    if not names:
        raise CellProblem(_l("请填写诊疗科目的名称，多个名称之间用“、”分隔"))
    return names


DEPARTMENT_COLUMNS: tuple[Column, ...] = (
    Column("序号", "", str, width=7, example="1"),
    Column(NAME, "name", text(max_length=64), required=True, width=24,
           aliases=("科室名称", "名称"), example="内科"),
    Column(SUBJECTS, "subjects", _subject_names, required=True, width=48,
           aliases=("诊疗科目",), note=_l("可填多个，用“、”分隔，名称以诊疗科目表为准"),
           example="呼吸内科专业、消化内科专业"),
)  # fmt: skip


@dataclass(frozen=True)
class DepartmentRow:
    """What a file says of a department."""

    name: str
    subjects: tuple[str, ...]


class DepartmentTarget(Target):
    """The departments of the acting institution."""

    kind = ImportKind.DEPARTMENT
    columns = DEPARTMENT_COLUMNS
    facts_type = DepartmentRow
    sheet_name = "科室"
    template_title = _l("科室导入模板")
    error_title = _l("科室导入错误表")
    empty = _l("文件中没有科室，请在表头下面逐行填写后再上传")
    name_header, key_header = NAME, NAME
    shown_headers = (SUBJECTS,)
    trail_label = N_("批量导入科室")

    def check(self, rows: Sequence[RawRow], *, today: date) -> Sequence[Checked]:
        """Judge names and subjects, and names that stand twice."""
        return check_cells(
            rows, self.columns, DepartmentRow, key=lambda one: department_key(one.name),
            key_header=NAME,
        )  # fmt: skip

    def place(
        self, session: Session, rows: Sequence[Checked], *, owner: Owner
    ) -> Sequence[PlannedRow]:
        """Find subjects, and departments that are there already."""
        subjects = _subjects(session)
        own = select(Department).where(Department.institution_id == owner.id)
        known = {
            department_key(one.name): one
            for one in session.scalars(own.options(selectinload(Department.links)))
        }
        return [_placed(row, subjects, known) for row in rows]

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
        """Add and change departments by the operations that the forms use."""
        house = session.get_one(Institution, owner.id)
        for row in new:
            create_department(
                session, institution=house, name=row.facts.name, actor=actor, at=at,
                subject_ids=(row.values or {})["subject_ids"],
            )  # fmt: skip
        for row in changed:
            stored = session.get_one(Department, row.row_id)
            update_department(
                session, stored.id, name=stored.name, version=stored.version, actor=actor, at=at,
                subject_ids=(row.values or {})["subject_ids"],
            )  # fmt: skip
        return ()


def _subjects(session: Session) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, pk in session.execute(select(Subject.name, Subject.id).order_by(Subject.code)):
        found.setdefault(department_key(name), pk)
    return found


def _placed(
    row: Checked, subjects: Mapping[str, int], known: Mapping[str, Department]
) -> PlannedRow:
    plain = PlannedRow(row.number, RowState.REFUSED, row.cells, row.facts, row.problems)
    if row.facts is None:
        return plain
    ids = {name: subjects.get(department_key(name)) for name in row.facts.subjects}
    if unknown := [name for name, pk in ids.items() if pk is None]:
        message = _l("诊疗科目表中没有“%(names)s”，请按标准名称填写", names="、".join(unknown))
        return replace(plain, problems=(Problem(SUBJECTS, message),))
    values = {"subject_ids": sorted({pk for pk in ids.values() if pk is not None})}
    stored = known.get(department_key(row.facts.name))
    if stored is None:
        return replace(plain, state=RowState.NEW, values=values)
    if values["subject_ids"] == sorted(link.subject_id for link in stored.links):
        return replace(plain, state=RowState.UNCHANGED, row_id=stored.id)
    change = Change(SUBJECTS, stored.subject_names or "（空）", "、".join(row.facts.subjects))
    return replace(
        plain, state=RowState.CHANGED, values=values, changes=(change,), row_id=stored.id
    )
