"""What lists of sittings share: the manual's columns and filters of 监考管理."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.enums import MarkStatus, Procedure
from app.models import (
    AnswerSheet,
    Assessment,
    Authority,
    Institution,
    Paper,
    Physician,
    Sitting,
)
from app.operations.physicians import id_indexes
from app.queries.listing import Column
from app.security.id_numbers import mask_id_number
from app.views import cells
from app.views.clock import today
from app.views.filters import (
    Filter,
    aged,
    begins,
    contains,
    named,
    one_of,
    starts_with,
    vocabulary_choices,
)
from app.views.paper import paper_word

AREA = Column(name="area", label=_l("管辖区"), expression=Authority.name)
INSTITUTION = Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name)
NAME = Column(name="name", label=_l("姓名"), expression=Physician.name)
AGE = Column(
    name="age", label=_l("年龄"), expression=Physician.birth_date, css="num", show=cells.age,
    plain=cells.age,
)  # fmt: skip
ID_NUMBER = Column(
    name="id_number", label=_l("证件号码"), expression=Physician.id_masked,
    full=Physician.id_number,
)  # fmt: skip
PROCEDURE = Column(name="procedure", label=_l("考核程序"), expression=Assessment.procedure)
PAPER = Column(
    name="paper", label=_l("试卷名称"), expression=Paper.name, show=paper_word, plain=paper_word
)


def details(statement: Select[Any]) -> Select[Any]:
    """Join what the columns show."""
    return (
        statement.outerjoin(Paper, Paper.id == Sitting.paper_id)
        .outerjoin(AnswerSheet, AnswerSheet.sitting_id == Sitting.id)
        .outerjoin(Assessment, Assessment.id == Sitting.assessment_id)
        .outerjoin(Physician, Physician.id == Sitting.physician_id)
        .outerjoin(Institution, Institution.id == Sitting.institution_id)
        .outerjoin(Authority, Authority.id == Institution.authority_id)
    )


def filters() -> list[Filter]:
    """Give the filters of who it is and what was sat."""
    s = Sitting
    return [
        Filter(
            name="area", label=_l("管辖区"), kind="text",
            build=lambda text: s.institution_id.in_(
                select(Institution.id)
                .join(Authority, Authority.id == Institution.authority_id)
                .where(starts_with(Authority.name)(text))
            ),
        ),
        Filter(
            name="institution", label=_l("医疗卫生机构"), kind="text",
            build=lambda text: s.institution_id.in_(
                select(Institution.id).where(named(Institution)(text))
            ),
        ),
        Filter(
            name="name", label=_l("姓名"), kind="text",
            build=lambda text: _of_physicians(begins(Physician.name)(text)),
        ),
        Filter(
            name="age", label=_l("年龄"), kind="ages",
            build=lambda pair: _of_physicians(aged(Physician.birth_date, today=today())(pair)),
        ),
        Filter(
            name="id_number", label=_l("证件号码"), kind="text", write=mask_id_number,
            build=lambda text: _of_physicians(Physician.id_index.in_(id_indexes(text))),
        ),
        Filter(
            name="procedure", label=_l("考核程序"), kind="choice",
            choices=vocabulary_choices(Procedure),
            build=lambda word: s.assessment_id.in_(
                select(Assessment.id).where(one_of(Assessment.procedure, Procedure)(word))
            ),
        ),
        Filter(
            name="paper", label=_l("试卷名称"), kind="text",
            build=lambda text: s.paper_id.in_(select(Paper.id).where(contains(Paper.name)(text))),
        ),
    ]  # fmt: skip


def marks() -> Filter:
    """Give the filter 标记状态."""
    return Filter(
        name="mark", label=_l("标记状态"), kind="choice",
        choices=vocabulary_choices(MarkStatus), build=one_of(Sitting.status, MarkStatus),
    )  # fmt: skip


def _of_physicians(criterion: Any) -> Any:
    return Sitting.physician_id.in_(select(Physician.id).where(criterion))
