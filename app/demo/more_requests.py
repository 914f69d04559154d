"""What the demo's people ask for beside the roster: 更正, 多机构执业备案, 调入, 回避."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.demo.cases import Hired
from app.demo.pictures import picture
from app.demo.province import Country
from app.demo.requests import ASKED_DAYS, fire, person_of
from app.enums import CorrectedField
from app.models import Department, Physician
from app.operations import corrections, practice_places, recusals, transfer_requests
from app.periods import local_day
from app.security.actor import acting_as, unscoped
from app.workflows.correction import CORRECTION
from app.workflows.practice_place import PRACTICE_PLACE


def play(country: Country, everybody: Sequence[Hired]) -> None:
    """Let the first hospital's physicians ask it, and a neighbour in its province ask for one."""
    first = everybody[0].site.row
    hired = [one for one in everybody if one.site.row.id == first.id]
    beside = next(
        (
            one.site
            for one in everybody
            if one.site.row.id != first.id and one.site.row.province_id == first.province_id
        ),
        None,
    )
    with_form = _told(hired, "awaiting_form")
    _correct(country, with_form[0], is_refused=False)
    _correct(country, _told(hired, "awaiting_exam")[0], is_refused=True)
    if beside is not None:
        returned = _told(hired, "returned_to_institution")[0]
        _practise(country, returned, beside.row.name, is_recorded=True)
        _ask_for(country, beside, _told(hired, "unconfirmed")[0])
    _practise(country, with_form[-1], "平城区新华街社区卫生服务站", is_recorded=False)
    _object(country, _told(hired, "awaiting_agency")[0])


def _told(hired: Sequence[Hired], story: str) -> list[Hired]:
    return [one for one in hired if one.story.name == story]


def _correct(country: Country, one: Hired, *, is_refused: bool) -> None:
    who, _case = person_of(country, one)
    with acting_as(who):
        row = corrections.ask(
            country.session,
            country.session.get_one(Physician, one.physician_id),
            field=CorrectedField.PRACTICE_SCOPE,
            value="急救医学专业",
            reason="执业范围已变更注册，名单中仍是变更前的范围。",
            filename="执业证.png",
            content=picture(one.physician_id),
            actor=who,
            at=country.moment(ASKED_DAYS),
        )
    if is_refused:
        comment = "所附执业证没有变更记录页，请补充后重新申请。"
        fire(country, CORRECTION, row.id, "reject", one.site.clerk, comment=comment)


def _practise(country: Country, one: Hired, place: str, *, is_recorded: bool) -> None:
    who, case = person_of(country, one)
    at = country.moment(ASKED_DAYS)
    with acting_as(who):
        row = practice_places.ask(
            country.session,
            country.session.get_one(Physician, one.physician_id),
            place=place,
            started_on=local_day(country.at) - timedelta(days=200),
            ended_on=None,
            note="每周二、周四下午出诊。",
            actor=who,
            at=at,
        )
    if is_recorded:
        fire(country, PRACTICE_PLACE, row.id, "accept", one.site.clerk)
        with acting_as(who):  # as when the registration is handed in again
            practice_places.ask_opinions(country.session, case, today=local_day(at), at=at)


def _object(country: Country, one: Hired) -> None:
    who, case = person_of(country, one)
    if one.site.agency is None:
        return
    with acting_as(who):
        recusals.ask(
            country.session,
            case,
            assessor_name=one.site.agency.name,
            reason="该考核人员是我的近亲属，申请由其他人员考核。",
            actor=who,
            at=country.moment(ASKED_DAYS),
        )


def _ask_for(country: Country, site: Any, one: Hired) -> None:
    session = country.session
    with unscoped("the demo's neighbour knows the number from the physician's own documents"):
        person = session.get_one(Physician, one.physician_id)
        name, number = person.name, person.id_number
        unit = session.scalars(
            select(Department)
            .where(Department.institution_id == site.row.id)
            .order_by(Department.id)
        ).first()
    if unit is None:
        raise RuntimeError("the neighbour has departments before it asks for anybody")
    with acting_as(site.clerk):
        transfer_requests.ask(
            session,
            site.row,
            name=name,
            id_number=number,
            department=unit,
            reason="该医师已与我院签订聘用合同，执业地点变更手续已办理。",
            actor=site.clerk,
            at=country.moment(ASKED_DAYS),
        )
