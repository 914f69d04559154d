"""科室 of an institution: created, edited, deleted; 停用 and 启用 are a workflow."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_
from app.models import Department, DepartmentSubject, Institution, Subject
from app.operations import trail
from app.queries import departments as reads
from app.refusals import Refusal
from app.security.actor import Actor


class DepartmentRefused(Refusal):
    """A department that may not be stored or deleted; ``field`` names what was typed wrong."""


def create_department(
    session: Session,
    *,
    institution: Institution,
    name: str,
    subject_ids: Sequence[int],
    actor: Actor,
    at: datetime,
) -> Department:
    """Add a department with its 关联诊疗科目 (manual 1.3).

    :raises DepartmentRefused: the name is taken in the institution, or no 诊疗科目 is chosen.
    """
    row = Department(
        name=_free_name(session, name, institution_id=institution.id),
        province_id=institution.province_id,
        authority_path=institution.authority_path,
        institution_id=institution.id,
    )
    _link(session, row, subject_ids)
    session.add(row)
    session.flush()  # the entry of the trail names its id
    log(session, row, "create", N_("创建科室"), row.name, actor=actor, at=at)
    return row


def update_department(
    session: Session,
    department_id: int,
    *,
    name: str,
    subject_ids: Sequence[int],
    version: int,
    actor: Actor,
    at: datetime,
) -> Department:
    """Change name and 关联诊疗科目 of a department.

    :raises NoResultFound: no such department in the actor's scope.
    :raises DepartmentRefused: it was changed since ``version``, or as for a new one.
    """
    row = _locked(session, department_id)
    if row.version != version:
        raise DepartmentRefused(
            _l("该科室已被他人修改，您填写的内容未保存。请返回列表重新打开后再修改。")
        )
    before = row.name
    row.name = _free_name(session, name, institution_id=row.institution_id, own=row.id)
    _link(session, row, subject_ids)
    session.flush()  # the version must move before the entry is written
    comment = row.name if before == row.name else f"{before} → {row.name}"
    log(session, row, "edit", N_("编辑科室"), comment, actor=actor, at=at)
    return row


def delete_department(session: Session, department_id: int, *, actor: Actor, at: datetime) -> str:
    """Remove a department that nothing refers to and return its name.

    :raises NoResultFound: no such department in the actor's scope.
    :raises DepartmentRefused: physicians or 报名信息 refer to it.
    """
    row = _locked(session, department_id)
    reason = removal_objection(session, row)
    if reason is not None:
        raise DepartmentRefused(reason)
    name = row.name
    log(session, row, "delete", N_("删除科室"), name, actor=actor, at=at)
    session.delete(row)
    session.flush()  # a reference that is left must surface here
    return name


def removal_objection(session: Session, department: Department) -> LazyString | None:
    """Say why a department cannot be deleted, or None."""
    physicians = reads.physician_count(session, department.id)
    if physicians:
        return _l(
            "该科室下已有医师%(n)s名，不能删除；可先停用该科室，再创建正确的科室。", n=physicians
        )
    registrations = reads.registration_count(session, department.id)
    if registrations:
        return _l(
            "已有%(n)s份报名信息选择了该科室，不能删除；可先停用该科室，再创建正确的科室。",
            n=registrations,
        )
    return None


def _locked(session: Session, department_id: int) -> Department:
    return session.get_one(Department, department_id, with_for_update=True, populate_existing=True)


def _free_name(session: Session, name: str, *, institution_id: int, own: int | None = None) -> str:
    wanted = " ".join(name.split())
    taken = select(Department.id).where(
        Department.institution_id == institution_id, Department.name == wanted
    )
    if own is not None:
        taken = taken.where(Department.id != own)
    if session.scalar(taken.limit(1)) is not None:
        raise DepartmentRefused(
            _l("科室“%(name)s”已存在，请更换名称，或直接编辑、启用原有科室。", name=wanted),
            field="name",
        )
    return wanted


def _link(session: Session, row: Department, subject_ids: Sequence[int]) -> None:
    wanted = set(session.scalars(select(Subject.id).where(Subject.id.in_(subject_ids))))
    if not wanted:
        raise DepartmentRefused(_l("请至少选择一个关联诊疗科目。"), field="subjects")
    known = {link.subject_id: link for link in row.links}
    for subject_id in known.keys() - wanted:
        row.links.remove(known[subject_id])
    row.links.extend(
        DepartmentSubject(
            subject_id=subject_id,
            province_id=row.province_id,
            institution_id=row.institution_id,
        )
        for subject_id in sorted(wanted - known.keys())
    )


def log(
    session: Session,
    row: Department,
    action: str,
    label: str,
    comment: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Write what happened to a department into its history."""
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="department",
        subject_id=row.id,
        action=action,
        label=label,
        comment=comment,
        province_id=row.province_id,
        authority_path=row.authority_path,
        institution_id=row.institution_id,
    )
