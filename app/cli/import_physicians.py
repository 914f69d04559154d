"""``dingkao import-physicians``: 批量导入医师 without the page, with the same judgement."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask_babel import Babel
from flask_babel import gettext as _
from sqlalchemy import select

from app.cli.schema import storage
from app.enums import BodyStatus, ImportKind, Role
from app.exchange import intake
from app.exchange.differences import words_of_changes
from app.exchange.intake import ImportRefused, ImportResult
from app.exchange.sheet import ReadLimits, SheetRefused
from app.exchange.target import Choices, ImportPlan, PlannedRow, RowState
from app.exchange.targets import TARGETS
from app.extensions import db
from app.models import Institution
from app.operations.physicians import PhysicianRefused
from app.security.actor import SYSTEM, Actor, acting_as
from app.views.clock import now, today

# Nobody waits for a page here: five times what the page takes.
_LIMITS = ReadLimits(
    max_bytes=50 << 20, max_rows=100_000, max_text=250 << 20, memory=4 << 30,
    max_unpacked=1 << 30, cpu_seconds=120, wall_seconds=120,
)  # fmt: skip


@click.command("import-physicians")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--institution", "code", required=True, help="The 统一社会信用代码 of the institution."
)
@click.option("--dry-run", is_flag=True, help="Report only; change nothing.")
@click.option("--all-or-nothing", is_flag=True, help="Import nothing if any row is refused.")
@click.option(
    "--update",
    "update_existing",
    is_flag=True,
    help="Update physicians that exist; without it they are left as they are.",
)
@click.option(
    "--create-departments/--no-create-departments",
    default=True,
    show_default=True,
    help="Create departments that the roster names and the institution lacks.",
)
def import_physicians(
    file: Path,
    code: str,
    dry_run: bool,
    all_or_nothing: bool,
    update_existing: bool,
    create_departments: bool,
) -> None:
    """Import a roster of physicians; exit 1 if the file or any of its rows is refused."""
    choices = Choices(not all_or_nothing, update_existing, create_departments)
    with storage() as session:
        Babel(current_app)
        try:
            plan = _plan(session, file, code)
            _print_plan(plan)
            if dry_run:
                click.echo(_("仅预检，未改动任何数据。"))
                left_out = plan.of(RowState.REFUSED)
            else:
                done = _import(session, plan, choices)
                _print_result(plan, done)
                left_out = done.left_out
        except (SheetRefused, ImportRefused, PhysicianRefused) as refusal:
            raise click.ClickException(str(refusal.message)) from None
        finally:
            session.close()
            db.engine.dispose()
    raise SystemExit(1 if left_out else 0)


def _plan(session: Any, file: Path, code: str) -> ImportPlan:
    institution = _institution(session, code)
    with acting_as(_clerk(institution)):
        return intake.plan(
            session,
            TARGETS[ImportKind.PHYSICIAN],
            file.read_bytes(),
            file.name,
            owner=institution,
            today=today(),
            limits=_LIMITS,
        )


def _import(session: Any, plan: ImportPlan, choices: Choices) -> ImportResult:
    if not isinstance(plan.owner, Institution):
        raise TypeError("a roster belongs to an institution")
    with acting_as(_clerk(plan.owner)):
        done = intake.run(
            session, plan, choices=choices, actor=replace(SYSTEM, body=plan.owner.name), at=now()
        )
        session.commit()
        return done


def _institution(session: Any, code: str) -> Institution:
    wanted = select(Institution).where(Institution.uscc == code.strip().upper())
    found = session.scalars(wanted).all()
    if len(found) != 1:
        raise click.BadParameter(
            f"{len(found)} institutions have the code {code}", param_hint="CODE"
        )
    institution: Institution = found[0]
    if institution.status is BodyStatus.STOPPED:
        raise click.BadParameter(f"the institution {code} is stopped", param_hint="CODE")
    return institution


def _clerk(institution: Institution) -> Actor:
    """Nobody in particular at the institution: the import sees what its clerks see."""
    return Actor(
        role=Role.INSTITUTION,
        name=SYSTEM.name,
        body=institution.name,
        province_id=institution.province_id,
        authority_path=institution.authority_path,
        institution_id=institution.id,
    )


def _print_plan(plan: ImportPlan) -> None:
    counts = {state: len(plan.of(state)) for state in RowState}
    click.echo(
        _(
            "可导入%(new)s行，已存在%(unchanged)s行，有误%(refused)s行，缺少科室%(missing)s个。",
            new=counts[RowState.NEW],
            unchanged=counts[RowState.UNCHANGED] + counts[RowState.CHANGED],
            refused=counts[RowState.REFUSED],
            missing=len(plan.missing),
        )
    )
    if counts[RowState.CHANGED]:
        click.echo(_("已存在的行中有%(n)s行内容有变化：", n=counts[RowState.CHANGED]))
    for row in plan.of(RowState.CHANGED):
        words = words_of_changes(row.changes)
        click.echo(_("第%(row)s行 %(name)s：%(changes)s", row=row.number,
                     name=plan.target.name_of(row), changes=words))  # fmt: skip
    for one in plan.missing:
        subject = one.subject_name or _("无同名诊疗科目")
        click.echo(_("缺少科室：%(name)s（%(subject)s）", name=one.name, subject=subject))
    _print_rows(plan, [row for row in plan.rows if row.problems])


def _print_rows(plan: ImportPlan, rows: Sequence[PlannedRow]) -> None:
    target = plan.target
    for row in rows:
        for problem in row.problems:
            click.echo(
                _(
                    "第%(row)s行 %(name)s %(number)s %(header)s：%(reason)s",
                    row=row.number,
                    name=target.name_of(row),
                    number=target.key_of(row),
                    header=problem.header,
                    reason=target.told(row, problem)[1],
                )
            )


def _print_result(plan: ImportPlan, done: ImportResult) -> None:
    reported = {row.number for row in plan.rows if row.problems}
    _print_rows(plan, [row for row in done.left_out if row.number not in reported])
    if done.departments:
        names = "、".join(one.name for one in done.departments)
        click.echo(_("已创建科室：%(names)s。", names=names))
    if done.changed:
        click.echo(_("更新医师%(n)s名。", n=done.changed))
    click.echo(
        _(
            "导入完成：新增医师%(created)s名，已存在未作改动%(unchanged)s行，未导入%(left)s行。",
            created=done.created,
            unchanged=done.unchanged,
            left=len(done.left_out),
        )
    )
