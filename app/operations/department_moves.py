"""移动医师: physicians and their drafts go from one department of an institution to another."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.enums import N_, BodyStatus
from app.models import Assessment, Department, DepartmentSubject, Physician, Registration
from app.operations.departments import DepartmentRefused, log
from app.operations.registrations import WITH_PHYSICIAN
from app.queries.among import among
from app.security.actor import Actor


def locked_pair(session: Session, source_id: int, target_id: int) -> tuple[Department, Department]:
    """Lock both departments, the smaller id first.

    :raises DepartmentRefused: the same one twice, one that is stopped or of another institution.
    """
    if source_id == target_id:
        raise DepartmentRefused(_l("请选择另一个科室。"), field="target_id")
    statement = (
        select(Department)
        .where(Department.id.in_((source_id, target_id)))
        .order_by(Department.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in session.scalars(statement)}
    source, target = found.get(source_id), found.get(target_id)
    if source is None or target is None or source.institution_id != target.institution_id:
        raise DepartmentRefused(_l("请从本机构的科室中选择。"), field="target_id")
    if target.status is not BodyStatus.ACTIVE:
        raise DepartmentRefused(
            _l("科室“%(name)s”已停用，不能移入医师。请先启用。", name=target.name),
            field="target_id",
        )
    return source, target


def move_physicians(
    session: Session,
    source: Department,
    target: Department,
    physician_ids: Sequence[int],
    *,
    actor: Actor,
    at: datetime,
) -> int:
    """Move the chosen physicians of ``source``, with forms that are still theirs; give how many.

    What was submitted keeps the department under which it was submitted.
    """
    chosen = (Physician.department_id == source.id, among(session, Physician.id, physician_ids))
    moved = list(session.scalars(select(Physician.id).where(*chosen).order_by(Physician.id)))
    if not moved:
        return 0
    drafts = select(Assessment.participation_id).where(
        among(session, Assessment.physician_id, moved), Assessment.status.in_(WITH_PHYSICIAN)
    )
    _set(session, Physician, chosen, target.id)
    of_drafts = (
        Registration.department_id == source.id,
        Registration.participation_id.in_(drafts),
    )
    _set(session, Registration, of_drafts, target.id)
    way = f"{source.name} → {target.name}：{len(moved)}"
    for row in (source, target):
        log(session, row, "move", N_("移动医师"), way, actor=actor, at=at)
    session.flush()  # a foreign row must surface here
    return len(moved)


def take_over_subjects(session: Session, source: Department, target: Department) -> None:
    """Link the target to the 诊疗科目 of the source as well, so that no 从事专业 is lost."""
    known = {link.subject_id for link in target.links}
    target.links.extend(
        DepartmentSubject(
            subject_id=link.subject_id,
            province_id=target.province_id,
            institution_id=target.institution_id,
        )
        for link in source.links
        if link.subject_id not in known
    )
    session.flush()  # a foreign row must surface here


def _set(session: Session, model: Any, where: tuple[Any, ...], department_id: int) -> None:
    session.execute(
        update(model)
        .where(*where)
        .values(department_id=department_id, version=model.version + 1)
        .execution_options(synchronize_session=False)
    )
