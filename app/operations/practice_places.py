"""多机构执业备案: further places of practice, and the opinions that are asked of them (manual 1.7)."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.enums import N_, BodyStatus, RequestStatus
from app.models import Assessment, Institution, OutsideOpinion, Physician, PracticePlace
from app.operations import trail
from app.refusals import Refusal
from app.security.actor import Actor, unscoped

_OWNER = ("province_id", "authority_path", "institution_id")
_CASE = (*_OWNER, "agency_id", "physician_id")


class PlaceRefused(Refusal):
    """A request that is not taken; ``field`` names what was typed wrong."""


def ask(
    session: Session,
    physician: Physician,
    *,
    place: str,
    started_on: date,
    ended_on: date | None,
    note: str | None,
    actor: Actor,
    at: datetime,
) -> PracticePlace:
    """Report a further place of practice to the physician's own institution.

    A place that is an institution of the province, named in full, will be asked for its opinion.

    :raises PlaceRefused: it is the own institution, ends before it begins, or is reported already.
    """
    if ended_on is not None and ended_on < started_on:
        raise PlaceRefused(_l("结束日期不能早于开始日期。"), field="ended_on")
    house = _institution(session, place, province_id=physician.province_id)
    if house == physician.institution_id:
        raise PlaceRefused(_l("这是您的主要执业机构，无需备案。"), field="place")
    known = select(PracticePlace.id).where(
        PracticePlace.physician_id == physician.id,
        PracticePlace.place == place,
        PracticePlace.status.in_((RequestStatus.AWAITING, RequestStatus.PASSED)),
        or_(PracticePlace.ended_on.is_(None), PracticePlace.ended_on >= started_on),
    )
    if session.scalar(known.limit(1)) is not None:
        raise PlaceRefused(_l("该执业机构已经备案或正在审核。"), field="place")
    found = PracticePlace(
        status_since=at,
        asked_at=at,
        place=place,
        started_on=started_on,
        ended_on=ended_on,
        note=note,
        place_institution_id=house,
        physician_id=physician.id,
        **{name: getattr(physician, name) for name in _OWNER},
    )
    session.add(found)
    session.flush()  # the entry of the trail names its id
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="practice_place",
        subject_id=found.id,
        action="ask",
        label=N_("申请备案"),
        comment=place,
        physician_id=physician.id,
        **{name: getattr(physician, name) for name in _OWNER},
    )
    return found


def ask_opinions(session: Session, case: Assessment, *, today: date, at: datetime) -> None:
    """Ask each recorded place of the system that the physician practises at in this cycle.

    A place that was asked before keeps what it has said; the physician may hand in again.
    """
    session.flush()  # under the actor's own scope, which is lifted below
    with unscoped("the task is the other institution's, which the physician never reads"):
        places = session.scalars(
            select(PracticePlace).where(
                PracticePlace.physician_id == case.physician_id,
                PracticePlace.status == RequestStatus.PASSED,
                PracticePlace.place_institution_id.is_not(None),
                PracticePlace.place_institution_id != case.institution_id,
                PracticePlace.started_on <= today,
                or_(
                    PracticePlace.ended_on.is_(None),
                    PracticePlace.ended_on >= case.cycle.starts_on,
                ),
            )
        ).all()
        asked = {row.place_institution_id for row in case.outside_opinions}
        person = session.get_one(Physician, case.physician_id)
        for one in places:
            if one.place_institution_id in asked:
                continue
            asked.add(one.place_institution_id)
            session.add(
                OutsideOpinion(
                    status_since=at,
                    place=one.place,
                    name=person.name,
                    id_masked=person.id_masked,
                    started_on=one.started_on,
                    ended_on=one.ended_on,
                    assessment_id=case.id,
                    place_institution_id=one.place_institution_id,
                    **{name: getattr(case, name) for name in _CASE},
                )
            )
        session.flush()
        session.expire(case, ["outside_opinions"])


def _institution(session: Session, name: str, *, province_id: int) -> int | None:
    with unscoped("names of institutions are public; nothing else of them is shown"):
        return session.scalar(
            select(Institution.id)
            .where(
                Institution.province_id == province_id,
                Institution.name == name,
                Institution.status == BodyStatus.ACTIVE,
            )
            .order_by(Institution.id)
            .limit(1)
        )
