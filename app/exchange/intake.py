"""批量导入: one way for every target from a file to its report, its workbooks and its rows.

``plan`` judges and writes nothing. ``run`` carries a plan out in one go; ``staging`` does it in
pieces. What is there already is left alone or updated, so that the same file twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.exchange.sheet import DEFAULT_LIMITS, ReadLimits, Sheet, SheetRefused, read_sheet
from app.exchange.target import Choices, ImportPlan, Owner, PlannedRow, RowState, Target
from app.exchange.workbook import ERROR_HEADER, error_workbook, template_workbook
from app.models import Institution
from app.operations import trail
from app.operations.department_intake import ProposedDepartment
from app.refusals import Refusal
from app.security.actor import Actor


class ImportRefused(Refusal):
    """Nothing was imported; ``message`` is in the clerk's words."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: how many it took up and changed, and what it left out."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: tuple[PlannedRow, ...] = ()
    departments: tuple[ProposedDepartment, ...] = ()


def read(
    target: Target, content: bytes, filename: str, *, limits: ReadLimits = DEFAULT_LIMITS
) -> Sheet:
    """Read the table of a file.

    :raises SheetRefused: the file as a whole cannot be imported.
    """
    sheet = read_sheet(content, filename=filename, headers=target.columns, limits=limits)
    if not sheet.rows:
        raise SheetRefused(target.empty)
    return sheet


def plan(
    session: Session,
    target: Target,
    content: bytes,
    filename: str,
    *,
    owner: Owner,
    today: date,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> ImportPlan:
    """Judge every row of a file for the acting body.

    :raises SheetRefused: the file as a whole cannot be imported.
    """
    sheet = read(target, content, filename, limits=limits)
    rows = tuple(target.place(session, target.check(sheet.rows, today=today), owner=owner))
    ignored = tuple(header for header in sheet.ignored_headers if header != ERROR_HEADER)
    return ImportPlan(target, owner, rows, target.missing(session, rows), ignored)


def run(
    session: Session, plan: ImportPlan, *, choices: Choices, actor: Actor, at: datetime
) -> ImportResult:
    """Carry a plan out; the caller commits or rolls back.

    :raises ImportRefused: a row must be left out although all were to be good.
    :raises Refusal: somebody else took up one of them since the plan was made.
    """
    done = carry_out(
        session, plan.target, plan.rows, owner=plan.owner, choices=choices, actor=actor, at=at
    )
    record(session, plan.target, plan.owner, done, actor=actor, at=at)
    return done


def sorted_out(
    target: Target, rows: Sequence[PlannedRow], *, choices: Choices
) -> tuple[list[PlannedRow], list[PlannedRow], list[PlannedRow]]:
    """Split rows into new, changed and left out, as the choices have it.

    :raises ImportRefused: a row is left out although all were to be good.
    """
    new: list[PlannedRow] = []
    changed: list[PlannedRow] = []
    left: list[PlannedRow] = []
    for row in rows:
        is_change = row.state is RowState.CHANGED
        if row.state is RowState.UNCHANGED or (is_change and not choices.update_existing):
            continue
        problem = None if row.problems else target.objection(row, choices)
        if problem is not None:
            left.append(replace(row, state=RowState.REFUSED, problems=(problem,)))
        elif row.problems:
            left.append(row)
        else:
            (changed if is_change else new).append(row)
    if left and not choices.only_good_rows:
        raise ImportRefused(
            _l(
                "有%(n)s行不能导入，因此未导入任何数据。请下载错误表更正后重新上传，"
                "或选择“只导入正确的行”。",
                n=len(left),
            )
        )
    return new, changed, left


def carry_out(
    session: Session,
    target: Target,
    rows: Sequence[PlannedRow],
    *,
    owner: Owner,
    choices: Choices,
    actor: Actor,
    at: datetime,
) -> ImportResult:
    """Write what rows say as the choices have it; nothing is committed.

    :raises ImportRefused: a row must be left out although all were to be good.
    """
    new, changed, left = sorted_out(target, rows, choices=choices)
    founded = target.write(session, new=new, changed=changed, owner=owner, actor=actor, at=at)
    untouched = len(rows) - len(new) - len(changed) - len(left)
    return ImportResult(len(new), len(changed), untouched, tuple(left), founded)


def record(
    session: Session,
    target: Target,
    owner: Owner,
    done: ImportResult,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Write one entry of the trail for a whole file, when it changed anything."""
    if not done.created and not done.changed:
        return
    is_house = isinstance(owner, Institution)
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="institution" if is_house else "authority",
        subject_id=owner.id,
        action="import",
        label=target.trail_label,
        comment=f"{done.created}，更新{done.changed}" if done.changed else str(done.created),
        province_id=owner.province_id,
        authority_path=owner.authority_path if isinstance(owner, Institution) else owner.path,
        institution_id=owner.id if is_house else None,
    )


def template(target: Target) -> bytes:
    """The workbook to fill in."""
    return template_workbook(
        target.columns, title=str(target.template_title), sheet_name=target.sheet_name
    )


def error_sheet(plan: ImportPlan) -> bytes:
    """The refused rows in the template's layout, with their reasons, to correct and upload."""
    rows = [(row.cells, row.problems) for row in plan.rows if row.problems]
    target = plan.target
    return error_workbook(
        target.columns, title=str(target.error_title), rows=rows, sheet_name=target.sheet_name
    )
