"""Columns and filters that lists of results share: the manual's, and who it is."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, literal, select

from app.enums import AssessmentStatus, Category, FilingStatus, Procedure, Role, Verdict
from app.extensions import db
from app.models import Assessment, Conclusion, Physician
from app.operations.physicians import id_indexes
from app.queries.listing import Column
from app.security.id_numbers import mask_id_number
from app.views import areas, caselist
from app.views.base import acting
from app.views.filters import Filter, begins, contains, one_of, vocabulary_choices

C = Conclusion
PERSON = tuple(caselist.COLUMNS[name] for name in ("name", "id_number", "category"))
CYCLE = Column(name="cycle", label=_l("考核周期"), expression=C.cycle_label)
PROCEDURE = Column(name="procedure", label=_l("考核程序"), expression=C.procedure)
STATE = Column(
    name="state",
    label=_l("考核状态"),
    expression=func.coalesce(
        Assessment.status, literal(AssessmentStatus.COMPLETED, Assessment.status.type)
    ),
)
EXEMPTION = Column(name="exemption", label=_l("免考状态"), expression=C.exemption)
RESULT = Column(name="result", label=_l("考核结果"), expression=C.result)
FILING = Column(name="filing", label=_l("备案状态"), expression=C.status)
INSTITUTION = Column(name="institution", label=_l("医疗卫生机构"), expression=C.institution_name)
AGENCY = Column(name="agency", label=_l("考核机构"), expression=C.agency_name)
CONCLUDED = Column(name="concluded", label=_l("认定日期"), expression=C.concluded_on, sort=True)


def details(statement: Select[Any]) -> Select[Any]:
    """Join what the columns of conclusions show."""
    return statement.outerjoin(Physician, Physician.id == C.physician_id).outerjoin(
        Assessment, Assessment.id == C.assessment_id
    )


def of_conclusions(model: Any) -> Any:
    """Join what the columns of certificates and disposals show."""

    def join(statement: Select[Any]) -> Select[Any]:
        return statement.outerjoin(C, C.id == model.conclusion_id).outerjoin(
            Physician, Physician.id == model.physician_id
        )

    return join


def people(model: Any) -> list[Filter]:
    """Filter rows with a physician by name, number and category."""

    def of(criterion: ColumnElement[bool]) -> ColumnElement[bool]:
        found: ColumnElement[bool] = model.physician_id.in_(select(Physician.id).where(criterion))
        return found

    return [
        Filter(
            name="name", label=_l("姓名"), kind="text",
            build=lambda text: of(begins(Physician.name)(text)),
        ),
        Filter(
            name="id_number", label=_l("证件号码"), kind="text", write=mask_id_number,
            build=lambda text: of(Physician.id_index.in_(id_indexes(text))),
        ),
        Filter(
            name="category", label=_l("执业类别"), kind="choice",
            choices=vocabulary_choices(Category),
            build=lambda word: of(one_of(Physician.category, Category)(word)),
        ),
    ]  # fmt: skip


def filters() -> Sequence[Filter]:
    """Filter conclusions by cycle, person, procedure, result and, over several bodies, where."""
    found = [
        Filter(
            name="of_cycle", label=_l("考核周期"), kind="choice", choices=_cycles,
            build=lambda label: C.cycle_label == label,
        ),
        *people(C),
        Filter(
            name="procedure", label=_l("考核程序"), kind="choice",
            choices=vocabulary_choices(Procedure), build=one_of(C.procedure, Procedure),
        ),
        Filter(
            name="result", label=_l("考核结果"), kind="choice",
            choices=vocabulary_choices(Verdict), build=one_of(C.result, Verdict),
        ),
    ]  # fmt: skip
    if acting().role in (Role.AUTHORITY, Role.AGENCY):
        where = contains(C.institution_name)
        found.append(Filter(name="institution", label=_l("医疗卫生机构"), kind="text", build=where))
    if acting().role is Role.AUTHORITY:
        found.append(areas.area_filter(C))
    return found


def filing() -> Filter:
    """Filter by 备案状态."""
    return Filter(
        name="filing", label=_l("备案状态"), kind="choice",
        choices=vocabulary_choices(FilingStatus), build=one_of(C.status, FilingStatus),
    )  # fmt: skip


def _cycles() -> list[tuple[str, str]]:
    found = select(C.cycle_label).distinct().order_by(C.cycle_label.desc()).limit(100)
    return [(label, label) for label in db.session.scalars(found)]
