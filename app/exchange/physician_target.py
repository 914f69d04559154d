"""医师: what a roster would do to an institution's physicians, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, BodyStatus, ImportKind
from app.exchange.columns import Problem
from app.exchange.differences import changes_of, words_of_changes
from app.exchange.physician_columns import PHYSICIAN_COLUMNS, check_rows
from app.exchange.physician_facts import PhysicianFacts
from app.exchange.sheet import RawRow
from app.exchange.target import Change, Checked, Choices, Owner, PlannedRow, RowState, Target
from app.models import Department, Institution
from app.operations import department_intake, physician_changes, registry_links
from app.operations.department_intake import ProposedDepartment, department_key
from app.operations.physician_changes import FIXED_BY_CASE
from app.operations.physicians import (
    PhysicianRefused,
    create_physicians,
    existing_indexes,
    id_index,
)
from app.security.actor import Actor
from app.security.id_numbers import mask_id_number

NUMBER, DEPARTMENT = "证件号码", "科室"
_CHANGEABLE = {
    column.attribute: column
    for column in PHYSICIAN_COLUMNS
    if column.attribute not in ("", "id_number", "department_name")
}


class PhysicianTarget(Target):
    """The roster of an institution; a physician is known by the ID number."""

    kind = ImportKind.PHYSICIAN
    columns = PHYSICIAN_COLUMNS
    facts_type = PhysicianFacts
    sheet_name = "医师名单"
    template_title = _l("医师导入模板")
    error_title = _l("医师导入错误表")
    empty = _l("文件中没有医师，请在表头下面逐行填写后再上传")
    name_header, key_header = "姓名", NUMBER
    shown_headers = (DEPARTMENT, "医师级别", "执业类别")
    personal = frozenset({NUMBER, "医师资格证书编码", "医师执业证书编码", "手机号码"})
    names_departments = True
    trail_label = N_("批量导入医师")

    def check(self, rows: Sequence[RawRow], *, today: date) -> Sequence[Checked]:
        """Judge facts, numbers and days, and duplicates inside the file."""
        first_seen: dict[str, int] = {}
        return [
            _unrepeated(Checked(raw.number, raw.cells, one.facts, one.problems), first_seen)
            for raw, one in zip(rows, check_rows(rows, today=today).rows, strict=True)
        ]

    def place(
        self, session: Session, rows: Sequence[Checked], *, owner: Owner
    ) -> Sequence[PlannedRow]:
        """Find who is known, here or elsewhere in the province, and the departments."""
        indexes = {row.number: id_index(row.facts.id_number) for row in rows if row.facts}
        known = existing_indexes(session, list(indexes.values()))
        own = [index for index, is_own in known.items() if is_own]
        current = physician_changes.current_facts(session, own)
        fixed = physician_changes.fixed_by_cases(session, [one.id for one in current.values()])
        departments = _departments(session, owner)
        found = []
        for row in rows:
            if row.facts is None:
                found.append(
                    PlannedRow(row.number, RowState.REFUSED, row.cells, None, row.problems)
                )
                continue
            index = indexes[row.number]
            if index not in known:
                found.append(_newcomer(row, departments))
            elif index in current:
                stored = current[index]
                found.append(_compared(row, stored, departments, is_fixed=stored.id in fixed))
            else:
                message = _l("已在其他机构登记，请联系隶属卫生行政部门办理转入")
                found.append(_refused(row, NUMBER, message))
        return found

    def closed(self, session: Session, *, province_id: int | None) -> LazyString | None:
        """A province whose roster comes from the registry."""
        return registry_links.intake_objection(session, province_id=province_id)

    def missing(
        self, session: Session, rows: Sequence[PlannedRow]
    ) -> tuple[ProposedDepartment, ...]:
        """Departments of new and of changed rows that are still to be made."""
        waiting = [
            row.facts.department_name
            for row in rows
            if row.state in (RowState.NEW, RowState.CHANGED) and row.refers is None
        ]
        names = {department_key(name): " ".join(name.split()) for name in reversed(waiting)}
        proposed = department_intake.propose_departments(session, sorted(names.values()))
        return tuple(proposed)

    def objection(self, row: PlannedRow, choices: Choices) -> Problem | None:
        """A row of a department that is neither there nor to be made."""
        if choices.create_departments or row.refers is not None:
            return None
        return Problem(DEPARTMENT, _l(
            "本机构没有科室“%(name)s”，请先在科室信息中新增，或勾选“自动创建缺少的科室”",
            name=row.facts.department_name,
        ))  # fmt: skip

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
        """Make departments, take up the new and store what changed."""
        house = _house(owner)
        reason = self.closed(session, province_id=house.province_id)
        if reason is not None:
            raise PhysicianRefused(reason)
        founded = self.missing(session, [*new, *changed])
        made = department_intake.create_departments(
            session, institution=house, departments=founded, actor=actor, at=at
        )
        ids = {department_key(name): number for name, number in made.items()}

        def unit(row: PlannedRow) -> int:
            return row.refers or ids[department_key(row.facts.department_name)]

        placed = [(row.facts, unit(row)) for row in new]
        create_physicians(session, institution=house, rows=placed, actor=actor, at=at)
        physician_changes.change_physicians(
            session,
            [
                physician_changes.Wanted(
                    row.row_id or 0,
                    {**(row.values or {}), "department_id": unit(row)},
                    words_of_changes(row.changes),
                )
                for row in changed
            ],
            actor=actor,
            at=at,
        )
        return founded

    def key_of(self, row: PlannedRow) -> str:
        """The ID number, masked."""
        if row.facts:
            return mask_id_number(row.facts.id_number)
        return super().key_of(row)

    def shown_columns(self, row: PlannedRow) -> tuple[str, ...]:
        """Department, level and category as they were understood."""
        if row.facts is None:
            return super().shown_columns(row)
        facts = row.facts
        return facts.department_name, str(facts.level.label), str(facts.category.label)


def _unrepeated(row: Checked, first_seen: dict[str, int]) -> Checked:
    if row.facts is None:
        return row
    first = first_seen.setdefault(row.facts.id_number, row.number)
    if first == row.number:
        return row
    # The check of the rows compares the kind of document, too.
    message = _l("与本文件第%(row)s行的证件号码重复，同一医师只能填写一行", row=first)
    return replace(row, facts=None, problems=(Problem(NUMBER, message),))


def _departments(session: Session, owner: Owner) -> dict[str, tuple[int, BodyStatus]]:
    statement = select(Department.name, Department.id, Department.status).where(
        Department.institution_id == owner.id
    )
    return {department_key(name): (pk, state) for name, pk, state in session.execute(statement)}


def _house(owner: Owner) -> Institution:
    if not isinstance(owner, Institution):
        raise TypeError("a roster belongs to an institution")
    return owner


def _refused(row: Checked, header: str, message: Any) -> PlannedRow:
    problems = (Problem(header, message),)
    return PlannedRow(row.number, RowState.REFUSED, row.cells, row.facts, problems)


def _stopped(row: Checked) -> Problem:
    return Problem(DEPARTMENT, _l(
        "科室“%(name)s”已停用，请改填其他科室，或先在科室信息中启用",
        name=row.facts.department_name,
    ))  # fmt: skip


def _newcomer(row: Checked, departments: Mapping[str, tuple[int, BodyStatus]]) -> PlannedRow:
    pk, status = departments.get(department_key(row.facts.department_name), (None, None))
    if status is BodyStatus.STOPPED:
        return _refused(row, DEPARTMENT, _stopped(row).message)
    return PlannedRow(row.number, RowState.NEW, row.cells, row.facts, refers=pk)


def _compared(
    row: Checked,
    stored: physician_changes.Current,
    departments: Mapping[str, tuple[int, BodyStatus]],
    *,
    is_fixed: bool,
) -> PlannedRow:
    """Set a row beside the physician it names; blank cells change nothing."""
    wanted = {name: getattr(row.facts, name) for name in _CHANGEABLE}
    values = {
        name: value
        for name, value in wanted.items()
        if value is not None and value != stored.values[name]
    }
    pk, status = departments.get(department_key(row.facts.department_name), (None, None))
    moves = pk != stored.values["department_id"]
    if not values and not moves:
        return PlannedRow(
            row.number, RowState.UNCHANGED, row.cells, row.facts, row_id=stored.id, refers=pk
        )
    problems = []
    if moves and status is BodyStatus.STOPPED:
        problems.append(_stopped(row))
    if is_fixed:
        problems += [
            Problem(_CHANGEABLE[name].header, _l(
                "该医师的考核报名信息已提交，考核完成之前不能修改%(header)s",
                header=_CHANGEABLE[name].header,
            ))
            for name in values
            if name in FIXED_BY_CASE
        ]  # fmt: skip
    changes = changes_of(stored.values, values, _CHANGEABLE, PhysicianTarget.personal)
    if moves:
        changes.insert(0, Change(DEPARTMENT, stored.department_name, row.facts.department_name))
    return PlannedRow(
        row.number, RowState.CHANGED, row.cells, row.facts, tuple(problems),
        tuple(changes), values, stored.id, pk,
    )  # fmt: skip
