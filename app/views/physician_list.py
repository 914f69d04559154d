"""The physicians' list as data: columns, tabs, filters, and what each row offers."""

from datetime import date
from functools import lru_cache
from typing import Any

from flask import g, request
from flask_babel import lazy_gettext as _l

from app.enums import Category, PhysicianLevel, Role
from app.extensions import db
from app.models import Assessment, Department, Institution, Participation, Physician
from app.operations import registry_links
from app.operations.physicians import id_indexes
from app.queries import departments, physicians
from app.queries.listing import Column, Listing, Tab
from app.security.id_numbers import mask_id_number
from app.views import areas
from app.views.base import acting
from app.views.clock import now, today
from app.views.current import cycle
from app.views.filters import (
    Filter,
    aged,
    begins,
    between,
    named,
    one_of,
    vocabulary_choices,
)
from app.workflows.engine import Offer
from app.workflows.offers import Case, Enrolment, startable
from app.workflows.participation import PARTICIPATION

UNCONFIRMED, CONFIRMED, AWAY = "unconfirmed", "confirmed", "away"
_NO_CYCLE = _l("本省当前没有进行中的考核周期，暂不能确认参加考核。")


def closed_intake() -> Any:
    """Say why nobody is taken up by hand; read with the cycle, where there is one."""
    current = cycle()
    if current is not None:
        return registry_links.closed_by(current.province.registry_link)
    return registry_links.intake_objection(db.session(), province_id=acting().province_id)


def is_one_hospital() -> bool:
    """Say whether the list holds one institution's physicians only."""
    return acting().institution_id is not None


def listing() -> Listing:
    """Read the participations of the current cycle, or the physicians when none is open."""
    current = cycle()
    if current is None:
        return _of_physicians(is_one_hospital(), today())
    return _of_participations(
        current.id,
        today(),
        is_short=is_one_hospital(),
        is_sorted=bool(request.values.get("sort")),
        is_away=request.values.get("tab") == AWAY,
    )


@lru_cache(maxsize=16)
def _of_physicians(is_short: bool, day: date) -> Listing:
    return Listing(
        anchor=Physician,
        columns=(*_columns(day, is_short=is_short), _hidden("physician_id", Physician.id)),
        details=physicians.with_bodies,
    )


@lru_cache(maxsize=256)
def _of_participations(
    cycle_id: int, day: date, *, is_short: bool, is_sorted: bool, is_away: bool
) -> Listing:
    return Listing(
        anchor=Participation,
        columns=(
            *_shown(day, is_short=is_short, is_away=is_away),
            _hidden("status", Participation.status),
            _hidden("physician_id", Participation.physician_id),
            _hidden("submitted_at", Assessment.submitted_at),
        ),
        source=physicians.with_physician if is_sorted else _unchanged,
        details=_details,
        tabs=(
            Tab(name=UNCONFIRMED, label=_l("未确认参加"), criterion=physicians.is_unconfirmed()),
            Tab(name=CONFIRMED, label=_l("已确认参加"), criterion=physicians.is_confirmed()),
            Tab(name=AWAY, label=_l("离岗"), criterion=physicians.is_away()),
        ),
        order=(Participation.physician_id, Participation.id),
        criteria=(Participation.cycle_id == cycle_id,),
    )


def filters() -> list[Filter]:
    """Give the manual's filters; who sees many hospitals looks for one by its name."""
    anchor: Any = Participation if cycle() is not None else Physician

    def about(build: Any) -> Any:
        return lambda value: physicians.about(anchor, build(value))

    words = (("category", _l("执业类别"), Category), ("level", _l("医师级别"), PhysicianLevel))
    return [
        _department(about) if is_one_hospital() else _institution(anchor),
        Filter(name="name", label=_l("姓名"), kind="text", build=about(begins(Physician.name))),
        Filter(
            name="id_number",
            label=_l("证件号码"),
            kind="text",
            build=about(_has_number),
            write=mask_id_number,
        ),
        Filter(
            name="age",
            label=_l("年龄"),
            kind="ages",
            build=about(aged(Physician.birth_date, today=today())),
        ),
        Filter(
            name="first_registered",
            label=_l("首次注册时间"),
            kind="dates",
            build=about(between(Physician.first_registered_on)),
        ),
        *(
            Filter(
                name=name,
                label=label,
                kind="choice",
                choices=vocabulary_choices(vocabulary),
                build=about(one_of(getattr(Physician, name), vocabulary)),
            )
            for name, label, vocabulary in words
        ),
        *_overseen(anchor),
    ]


def _overseen(anchor: Any) -> list[Filter]:
    if acting().role is not Role.AUTHORITY:
        return []
    return [
        areas.area_filter(anchor),
        areas.kind_filter(lambda criterion: physicians.at_institutions(anchor, criterion)),
    ]


def offers(row: Any) -> list[Offer]:
    """Give the steps of a row; without a cycle the first one, closed. Rows alike are asked once."""
    current = cycle()
    if current is None:
        return _closed_for_lack_of_a_cycle()
    known: dict[Any, list[Offer]] = g.setdefault("enrolment_offers", {})
    reason = getattr(row, "away_reason", None)
    facts = (row.status, row.submitted_at, reason)
    if facts not in known:
        subject = Enrolment(
            status=row.status,
            cycle=current,
            assessment=Case(row.submitted_at),
            away_reason=reason,
        )
        known[facts] = _startable(subject)
    return known[facts]


def bulk_offer() -> Offer | None:
    """Give 参加 for everybody of 未确认参加, or None where it is not drawn."""
    current = cycle()
    if current is None:
        return next(iter(_closed_for_lack_of_a_cycle()), None)
    if not _is_first_tab():
        return None
    subject = Enrolment(status=PARTICIPATION.initial, cycle=current)
    return next((offer for offer in _startable(subject) if offer.action == "confirm"), None)


def _is_first_tab() -> bool:
    return request.values.get("tab") not in (CONFIRMED, AWAY)


def _startable(subject: Enrolment) -> list[Offer]:
    return startable(PARTICIPATION, db.session(), subject, actor=acting(), at=now())


def _closed_for_lack_of_a_cycle() -> list[Offer]:
    (row,) = PARTICIPATION.rows("confirm")
    if acting().role not in row.roles:
        return []
    return [Offer(row.button, row.label, _NO_CYCLE, row.needs_comment, row.tone)]


def _columns(day: date, *, is_short: bool) -> list[Column]:
    # Beyond one hospital only the name has an index to sort by.
    columns = [
        Column(name="department", label=_l("科室"), expression=Department.name),
        Column(name="name", label=_l("姓名"), expression=Physician.name, sort=True),
        Column(
            name="age",
            label=_l("年龄"),
            expression=physicians.age(day),
            sort=is_short,
            css="num",
        ),
        Column(
            name="id_number",
            label=_l("证件号码"),
            expression=Physician.id_masked,
            full=Physician.id_number,
        ),
        Column(name="category", label=_l("执业类别"), expression=Physician.category),
        Column(name="level", label=_l("医师级别"), expression=Physician.level),
        Column(
            name="licensed",
            label=_l("执业证取得时间"),
            expression=Physician.licensed_on,
            sort=is_short,
        ),
        Column(
            name="first_registered",
            label=_l("首次注册时间"),
            expression=Physician.first_registered_on,
            sort=is_short,
        ),
    ]
    if not is_short:
        owner = Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name)
        columns.insert(0, owner)
    return columns


def _shown(day: date, *, is_short: bool, is_away: bool) -> list[Column]:
    """What is asked of who is away is why and until when, not since when they practise."""
    found = _columns(day, is_short=is_short)
    if not is_away:
        return found
    return [one for one in found if one.name not in ("licensed", "first_registered")] + _absence()


def _hidden(name: str, expression: Any) -> Column:
    return Column(name=name, label="", expression=expression, shown=False)


def _absence() -> list[Column]:
    p = Participation
    return [
        Column(name="away_reason", label=_l("离岗原因"), expression=p.away_reason),
        Column(name="away_from", label=_l("开始日期"), expression=p.away_from),
        Column(name="away_until", label=_l("预计结束日期"), expression=p.away_until),
    ]


def _department(about: Any) -> Filter:
    return Filter(
        name="department",
        label=_l("科室"),
        kind="choice",
        choices=lambda: departments.choices(db.session(), only_active=False),
        build=about(lambda pk: Physician.department_id == int(pk)),
    )


def _institution(anchor: Any) -> Filter:
    build = named(Institution)
    return Filter(
        name="institution",
        label=_l("医疗卫生机构"),
        kind="text",
        build=lambda text: physicians.at_institutions(anchor, build(text)),
    )


def _has_number(text: str) -> Any:
    """Match the whole number only."""
    return Physician.id_index.in_(id_indexes(text))


def _unchanged(statement: Any) -> Any:
    return statement


def _details(statement: Any) -> Any:
    person = Physician.id == Participation.physician_id
    return physicians.with_bodies(physicians.with_case(statement).outerjoin(Physician, person))
