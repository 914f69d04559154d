"""Results of the demo: filed, printed, objected to, disposed of; and what an earlier cycle came to."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.cases import Hired
from app.demo.places import SHANXI
from app.demo.province import Country
from app.demo.requests import person_of
from app.enums import FilingStatus, Procedure, RemedyStatus, Verdict
from app.jobs import issuing
from app.models import Conclusion, Physician, Remedy
from app.operations import conclusions, notices, objections
from app.operations.remedies import Suspension
from app.periods import local_day
from app.security.actor import Actor, acting_as
from app.workflows.conclusion import CONCLUSION, take_over
from app.workflows.remedy import REMEDY

FILED_DAYS, PRINTED_DAYS, OBJECTED_DAYS = 4, 3, 2
_WAITING = 6
"""Conclusions that nobody has filed yet."""
_EARLIER = ("01", date(2022, 5, 10), date(2022, 10, 31))
_OBJECTION = "出勤不足系援疆期间，已有派出单位证明，请予复核。"


def play(country: Country, everybody: Sequence[Hired]) -> None:
    """Let the authority file and print, a physician object, and one be suspended."""
    session, office = country.session, country.actors[SHANXI]
    ours = [one.site.row.id for one in everybody]
    _remember(session, ours, office=office, country=country)
    waiting = select(Conclusion).where(
        Conclusion.status == FilingStatus.AWAITING,
        Conclusion.province_id == office.province_id,
        Conclusion.assessment_id.is_not(None),
    )
    rows = session.scalars(waiting.order_by(Conclusion.concluded_at, Conclusion.id)).all()
    people = {one.physician_id: one for one in everybody}
    failed = [row for row in rows if row.result is Verdict.FAIL and row.physician_id in people]
    contested = next(row for row in failed if people[row.physician_id].story.name == "failed_work")
    filed = [row for row in rows[:-_WAITING] if row is not contested]
    if not any(row.result is Verdict.FAIL for row in filed):
        filed.append(next(row for row in failed if row is not contested))
    with acting_as(office):
        for number, row in enumerate(filed):
            at = country.moment(FILED_DAYS, number)
            CONCLUSION.fire(session, row.id, "file", actor=office, at=at)
        printed = [row.id for row in filed if row.result is Verdict.PASS][:-3]
        issuing.issue(session, printed, actor=office, at=country.moment(PRINTED_DAYS))
    _suspend(session, office, country=country)
    _object(session, people[contested.physician_id], contested, country=country)


def _remember(session: Session, houses: Sequence[int], *, office: Actor, country: Country) -> None:
    """Take over the results of an earlier cycle, as a province imports them."""
    label, first, last = _EARLIER
    people = session.scalars(
        select(Physician)
        .where(Physician.institution_id.in_(set(houses)))
        .where(Physician.first_registered_on < first)
        .order_by(Physician.id)
        .limit(60)
    ).all()
    rows = []
    with acting_as(office):
        for number, person in enumerate(people):
            result = Verdict.FAIL if number % 29 == 28 else Verdict.PASS
            rows.append(
                Conclusion(
                    status_since=country.moment(80), result=result, cycle_label=label,
                    starts_on=first, last_day=last,
                    procedure=Procedure.SIMPLIFIED if number % 3 == 0 else Procedure.GENERAL,
                    institution_name=person.institution.name, agency_name=None,
                    concluded_on=last, concluded_at=country.moment(80),
                    document="晋卫医函〔2022〕118号", physician_id=person.id,
                    province_id=person.province_id, authority_path=person.authority_path,
                    institution_id=person.institution_id,
                )
            )  # fmt: skip
        session.add_all(rows)
        session.flush()  # they are taken over by their ids
        take_over(session, [row.id for row in rows], at=country.moment(80))


def _suspend(session: Session, office: Actor, *, country: Country) -> None:
    statement = select(Remedy).where(Remedy.status == RemedyStatus.PENDING).order_by(Remedy.id)
    remedy = session.scalars(statement).first()
    assert remedy is not None  # the demo files at least one 不合格
    at = country.moment(PRINTED_DAYS)
    order = Suspension(starts_on=local_day(at), months=3, document="晋卫医暂〔2024〕3号")
    with acting_as(office):
        REMEDY.fire(session, remedy.id, "suspend", actor=office, at=at, facts=order)


def _object(session: Session, one: Hired, contested: Conclusion, *, country: Country) -> None:
    who, _case = person_of(country, one)
    at = country.moment(OBJECTED_DAYS)
    conclusions.note_receipt(session, contested.id, at=country.moment(OBJECTED_DAYS, -90))
    with acting_as(who):
        row = objections.ask(session, contested, reason=_OBJECTION, actor=who, at=at)
        notices.follow(
            session, "objection", "ask", ids=[row.id], at=at, parameters={"reason": _OBJECTION}
        )
