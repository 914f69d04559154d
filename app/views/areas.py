"""Filters of who oversees bodies of several regions: 行政区域 and 机构类别."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, select

from app.enums import AuthorityLevel, InstitutionKind
from app.extensions import db
from app.models import Authority, Institution
from app.queries import assessments
from app.views.access import acting
from app.views.filters import Filter, one_of, vocabulary_choices
from app.views.rownumbers import row_number


def area_filter(model: Any) -> Filter:
    """Choose the rows of the bodies under one authority below the own one."""
    return Filter(
        name="area",
        label=_l("行政区域"),
        kind="choice",
        choices=_below,
        build=lambda key: _in(model, key),
    )


def kind_filter(via: Callable[[ColumnElement[bool]], ColumnElement[bool]]) -> Filter:
    """Choose the rows of institutions of one kind; ``via`` leads to them from the list."""
    return Filter(
        name="kind",
        label=_l("机构类别"),
        kind="choice",
        choices=vocabulary_choices(InstitutionKind),
        build=lambda word: via(one_of(Institution.kind, InstitutionKind)(word)),
    )


def _below() -> list[tuple[str, str]]:
    """List the authorities below; the nation's person chooses among provinces and cities."""
    actor = acting()
    statement = select(Authority.id, Authority.name).where(
        Authority.path.startswith(actor.authority_path, autoescape=True),
        Authority.id != (actor.authority_id or 0),
    )
    if actor.province_id is None:
        statement = statement.where(Authority.level != AuthorityLevel.COUNTY)
    rows = db.session.execute(statement.order_by(Authority.path))
    return [(str(row.id), row.name) for row in rows]


def _in(model: Any, key: str) -> ColumnElement[bool]:
    found = db.session.get(Authority, row_number(key) or 0)
    if found is None or not found.path.startswith(acting().authority_path):
        return false()
    return assessments.in_area(model, found.path)
