"""报名信息: opening a draft, saving it, and what is missing before it may be submitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.enums import AssessmentStatus, BodyStatus, CycleStatus, EthicsItem, Procedure
from app.models import (
    Assessment,
    Department,
    DepartmentSubject,
    EthicsAnswer,
    Participation,
    Registration,
    Subject,
    WorkYear,
)
from app.operations import carrying, eligibility
from app.periods import local_day
from app.queries import cycles
from app.refusals import Refusal

SCOPE = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")


WITH_PHYSICIAN = frozenset(
    {
        AssessmentStatus.AWAITING_FORM,
        AssessmentStatus.INSTITUTION_REJECTED,
        AssessmentStatus.AGENCY_REJECTED,
    }
)
"""The states in which the form is the physician's to change."""


class RegistrationClosed(Refusal):
    """The form may not be changed now; ``message`` is in the user's words."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing or wrong: the field it belongs to and what to do.

    ``field`` is the path of the form's field: ``phone``, ``work.y2024.months_present``,
    ``ethics.RIGHTS``.
    """

    field: str
    message: LazyString


def find(session: Session, *, participation_id: int) -> Registration | None:
    """Give the registration with its parts, or None when nothing was saved yet."""
    statement = (
        select(Registration)
        .where(Registration.participation_id == participation_id)
        .options(
            selectinload(Registration.work_years),
            selectinload(Registration.ethics_answers),
            selectinload(Registration.experiences),
        )
    )
    return session.scalars(statement).one_or_none()


def editable_objection(case: Assessment) -> LazyString | None:
    """Say why the physician may not change the form now, or None."""
    if case.cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束，报名信息不能修改。")
    if case.status not in WITH_PHYSICIAN:
        return _l("报名信息已提交，当前状态为“%(status)s”，不能修改。", status=case.status.label)
    return None


def lock_editable(session: Session, *, case_id: int) -> Assessment:
    """Lock a case whose form is to be changed, so that no step overtakes the change.

    :raises RegistrationClosed: it is no longer the physician's to change.
    """
    case = session.get_one(Assessment, case_id, with_for_update=True, populate_existing=True)
    reason = editable_objection(case)
    if reason is not None:
        raise RegistrationClosed(reason)
    return case


def open_draft(session: Session, case: Assessment, *, at: datetime) -> Registration:
    """Give the case's registration, created on first use with what is known of the physician."""
    found = find(session, participation_id=case.participation_id)
    if found is not None:
        return found
    owner = {name: getattr(case, name) for name in SCOPE}
    draft = Registration(
        participation_id=case.participation_id,
        department_id=case.physician.department_id,
        phone=case.physician.phone,
        email=case.physician.email,
        saved_at=at,
        **owner,
    )
    draft.work_years = [
        WorkYear(year=year, **owner) for year in cycles.years(case.cycle, until=local_day(at))
    ]
    draft.ethics_answers = [EthicsAnswer(item=item, **owner) for item in EthicsItem]
    carrying.carry_over(session, case, draft)
    session.add(draft)
    session.flush()  # its parts are edited by id
    return draft


def save(registration: Registration, values: Mapping[str, Any], *, at: datetime) -> None:
    """Store what was typed, complete or not; parts come as ``work_years`` and ``ethics``.

    Every save makes a new version, even when only a part changed.
    """
    for name, value in values.items():
        if name == "work_years":
            for row in registration.work_years:
                for column, cell in value.get(row.year, {}).items():
                    setattr(row, column, cell)
        elif name == "ethics":
            for answer in registration.ethics_answers:
                answer.grade = value.get(answer.item, answer.grade)
        else:
            carrying.note_change(registration, name, value)
            setattr(registration, name, value)
    registration.saved_at = at
    flag_modified(registration, "saved_at")  # a second save within one second is a version, too


def measure(session: Session, case: Assessment, registration: Registration) -> None:
    """Note how full the form is, in whole per cent: 100 only when nothing is missing."""
    session.flush()  # the gaps are those of what is stored
    missing = len(gaps(session, case))
    checks = 6 + 2 * len(registration.work_years) + len(registration.ethics_answers)
    checks += 2 * (registration.procedure is Procedure.SIMPLIFIED)
    registration.completeness = 100 * max(checks - missing, 0) // checks


def specialties(session: Session, *, department_id: int | None) -> list[Subject]:
    """List what 从事专业 may be chosen from: the department's 诊疗科目 and what lies below them."""
    if department_id is None:
        return []
    linked = list(
        session.scalars(
            select(Subject)
            .join(DepartmentSubject, DepartmentSubject.subject_id == Subject.id)
            .where(DepartmentSubject.department_id == department_id)
        )
    )
    codes = [subject.code for subject in linked]
    below = session.scalars(select(Subject).where(Subject.parent_code.in_(codes)))
    return sorted({*linked, *below}, key=lambda subject: subject.code)


def enabled_departments(session: Session, *, institution_id: int) -> list[Department]:
    """List the departments a physician may choose (manual 1.3: enabled ones only)."""
    statement = (
        select(Department)
        .where(Department.institution_id == institution_id, Department.status == BodyStatus.ACTIVE)
        .order_by(Department.id)
    )
    return list(session.scalars(statement))


def gaps(session: Session, case: Assessment) -> list[Gap]:
    """List what is missing before 提交, in the order of the form."""
    registration = find(session, participation_id=case.participation_id)
    if registration is None:
        return [Gap("department_id", _l("请先填写报名信息。"))]
    found: list[Gap] = []
    _check_practice(session, case, registration, found)
    _check_work(registration, found)
    found += [
        Gap(
            f"ethics.{answer.item.name}",
            _l("请为“%(item)s”选择自评等次。", item=answer.item.label),
        )
        for answer in registration.ethics_answers
        if answer.grade is None
    ]
    _check_procedure(case, registration, found)
    return found


def _check_practice(
    session: Session, case: Assessment, registration: Registration, found: list[Gap]
) -> None:
    if not registration.phone:
        found.append(Gap("phone", _l("请填写手机号码。")))
    departments = enabled_departments(session, institution_id=case.institution_id)
    if registration.department_id not in {row.id for row in departments}:
        found.append(Gap("department_id", _l("请选择科室；已停用的科室不能选择。")))
        return
    subjects = specialties(session, department_id=registration.department_id)
    if registration.specialty_id not in {row.id for row in subjects}:
        found.append(Gap("specialty_id", _l("请选择从事专业（所在科室的关联诊疗科目）。")))


def _check_work(registration: Registration, found: list[Gap]) -> None:
    for name, message in (
        ("has_good_record", _l("请选择有无良好执业行为记录。")),
        ("has_bad_record", _l("请选择有无不良执业行为记录。")),
    ):
        if getattr(registration, name) is None:
            found.append(Gap(name, message))
    for row in registration.work_years:
        place = f"work.y{row.year}"
        if row.months_present is None:
            message = _l("请填写%(year)s年的出勤月数。", year=row.year)
            found.append(Gap(f"{place}.months_present", message))
        if row.annual_grade is None:
            message = _l("请选择%(year)s年的年度考核等次。", year=row.year)
            found.append(Gap(f"{place}.annual_grade", message))


def _check_procedure(case: Assessment, registration: Registration, found: list[Gap]) -> None:
    if registration.procedure is None:
        found.append(Gap("procedure", _l("请选择考核程序。")))
        return
    if registration.procedure is not Procedure.SIMPLIFIED:
        return
    if case.simplified_refused:
        message = _l("考核机构认定不符合简易程序，请选择一般程序。")
        found.append(Gap("procedure", message))
        return
    reason = eligibility.chosen_ground_objection(case, registration)
    if reason is not None:
        found.append(Gap("simplified_ground", reason))
    rules = cycles.rules(case.cycle)
    length = len((registration.statement or "").strip())
    if not rules.statement_min_length <= length <= rules.statement_max_length:
        found.append(
            Gap(
                "statement",
                _l(
                    "个人述职应为%(low)s至%(high)s字，现有%(length)s字。",
                    low=rules.statement_min_length,
                    high=rules.statement_max_length,
                    length=length,
                ),
            )
        )


def objection(session: Session, case: Assessment) -> LazyString | None:
    """Give the first thing that keeps the case from being submitted, or None."""
    found = gaps(session, case)
    return found[0].message if found else None


def freeze(session: Session, case: Assessment) -> None:
    """Carry the chosen procedure and department over to the case and the physician."""
    registration = find(session, participation_id=case.participation_id)
    if registration is None:
        raise LookupError("a case was submitted without a registration")
    case.procedure = registration.procedure
    if registration.department_id is not None:
        case.physician.department_id = registration.department_id


def participation_of(session: Session, *, physician_id: int, cycle_id: int) -> Participation | None:
    """Give a physician's participation in a cycle, with the case if it is open."""
    statement = select(Participation).where(
        Participation.physician_id == physician_id, Participation.cycle_id == cycle_id
    )
    return session.scalars(statement.options(selectinload(Participation.assessment))).one_or_none()
