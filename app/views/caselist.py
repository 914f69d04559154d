"""Columns and filters that lists of cases share."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus, Category, PhysicianLevel, Procedure, Role, Verdict
from app.extensions import db
from app.models import Assessment, Department, Institution, Physician
from app.operations.physicians import id_indexes
from app.queries import assessments
from app.queries.listing import Column
from app.security.id_numbers import mask_id_number
from app.views import areas, cells
from app.views.actions import Action, link
from app.views.base import acting
from app.views.filters import Filter, begins, named, one_of, starts_with, vocabulary_choices

COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column(name="department", label=_l("科室"), expression=Department.name),
        Column(name="name", label=_l("姓名"), expression=Physician.name),
        Column(
            name="age",
            label=_l("年龄"),
            expression=Physician.birth_date,
            css="num",
            show=cells.age,
            plain=cells.age,
        ),
        Column(
            name="id_number",
            label=_l("证件号码"),
            expression=Physician.id_masked,
            full=Physician.id_number,
        ),
        Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name),
        Column(name="category", label=_l("执业类别"), expression=Physician.category),
        Column(name="level", label=_l("医师级别"), expression=Physician.level),
        Column(name="procedure", label=_l("考核程序"), expression=Assessment.procedure),
        Column(
            name="first_registered",
            label=_l("首次注册时间"),
            expression=Physician.first_registered_on,
        ),
        Column(
            name="submitted",
            label=_l("提交时间"),
            expression=Assessment.submitted_at,
            sort=True,
        ),
        Column(name="status", label=_l("考核状态"), expression=Assessment.status),
        Column(name="result", label=_l("考核结果"), expression=Assessment.result),
    )
}
_OVER_INSTITUTIONS = frozenset({Role.AUTHORITY, Role.AGENCY, Role.PROCTOR})


def columns(*names: str) -> tuple[Column, ...]:
    """Give named columns; whoever oversees several institutions sees which one it is."""
    found = [COLUMNS[name] for name in names]
    if acting().role in _OVER_INSTITUTIONS:
        found.insert(0, COLUMNS["institution"])
    return tuple(found)


def details(statement: Any) -> Any:
    """Join what the columns show."""
    return (
        statement.outerjoin(Physician, Physician.id == Assessment.physician_id)
        .outerjoin(Department, Department.id == Physician.department_id)
        .outerjoin(Institution, Institution.id == Assessment.institution_id)
    )


def filters(*names: str) -> list[Filter]:
    """Give named filters; one's own departments are a choice, many institutions' a text."""
    found = [_FILTERS[name] for name in names if name != "department"]
    if "department" in names:
        found.insert(names.index("department"), _department())
    if acting().role in _OVER_INSTITUTIONS:
        found.append(
            Filter(
                name="institution",
                label=_l("医疗卫生机构"),
                kind="text",
                build=lambda text: assessments.of_institutions(named(Institution)(text)),
            )
        )
    return found


def overseen() -> list[Filter]:
    """Give the filters of who oversees institutions of several regions and kinds."""
    if acting().role is not Role.AUTHORITY:
        return []
    return [
        areas.area_filter(Assessment),
        areas.kind_filter(assessments.of_institutions),
    ]


def _department() -> Filter:
    if acting().role is not Role.INSTITUTION:
        return Filter(
            name="department",
            label=_l("科室"),
            kind="text",
            build=lambda text: assessments.of_departments(starts_with(Department.name)(text)),
        )
    return Filter(
        name="department",
        label=_l("科室"),
        kind="choice",
        choices=lambda: [(str(key), name) for key, name in assessments.departments(db.session())],
        build=lambda key: assessments.of_physicians(Physician.department_id == int(key)),
    )


_FILTERS = {
    entry.name: entry
    for entry in (
        Filter(
            name="name",
            label=_l("姓名"),
            kind="text",
            build=lambda text: assessments.of_physicians(begins(Physician.name)(text)),
        ),
        Filter(
            name="id_number",
            label=_l("证件号码"),
            kind="text",
            build=lambda text: assessments.of_physicians(Physician.id_index.in_(id_indexes(text))),
            write=mask_id_number,
        ),
        Filter(
            name="level",
            label=_l("医师级别"),
            kind="choice",
            choices=vocabulary_choices(PhysicianLevel),
            build=lambda word: assessments.of_physicians(
                one_of(Physician.level, PhysicianLevel)(word)
            ),
        ),
        Filter(
            name="result",
            label=_l("考核结果"),
            kind="choice",
            choices=vocabulary_choices(Verdict),
            build=one_of(Assessment.result, Verdict),
        ),
        Filter(
            name="category",
            label=_l("执业类别"),
            kind="choice",
            choices=vocabulary_choices(Category),
            build=lambda word: assessments.of_physicians(
                one_of(Physician.category, Category)(word)
            ),
        ),
        Filter(
            name="procedure",
            label=_l("考核程序"),
            kind="choice",
            choices=vocabulary_choices(Procedure),
            build=one_of(Assessment.procedure, Procedure),
        ),
        Filter(
            name="status",
            label=_l("考核状态"),
            kind="choice",
            choices=vocabulary_choices(AssessmentStatus),
            build=one_of(Assessment.status, AssessmentStatus),
        ),
    )
}


def case_link(view: Any, pk: int, label: Any) -> Sequence[Action]:
    """Give the link to a case's page, for those who may open it."""
    if not view.may("case"):
        return ()
    return (link("case", label, url_for(f"{view.endpoint}.case", pk=pk)),)
