"""The demo's scores: entered by one person of the agency, confirmed by another."""

from datetime import datetime

from sqlalchemy import select

from app.demo.province import Country, Site
from app.demo.stories import Move
from app.enums import AssessmentStatus, PaperStatus
from app.models import Assessment, Paper
from app.security.actor import acting_as
from app.workflows.paper import PAPER

_WAITING = 3
_FAILED, _LEAST, _MOST = 520, 640, 960  # tenths of a hundred


def leave_scores(country: Country, site: Site) -> None:
    """Let the scores of one institution's next paper wait for the second person."""
    if site.agency is None:
        raise RuntimeError(f"{site.house.name} has no agency")
    waiting = (
        select(Paper.id)
        .join(Paper.assessment)
        .where(
            Paper.institution_id == site.row.id,
            Paper.status == PaperStatus.NOT_STARTED,
            Assessment.status == AssessmentStatus.AWAITING_EXAM,
        )
        .order_by(Paper.name, Paper.id)
    )
    with acting_as(site.agency):
        for pk in country.session.scalars(waiting.limit(_WAITING)).all():
            score = country.people.random.randrange(_LEAST, _MOST, 5)
            PAPER.fire(
                country.session, pk, "enter", actor=site.agency, at=country.moment(1), facts=score
            )


def sit(country: Country, site: Site, assessment_id: int, move: Move, *, at: datetime) -> None:
    """Let every open paper of a case be sat; ``failing`` fails the first."""
    if site.agency is None or site.second is None:
        raise RuntimeError(f"{site.house.name} has no agency of two")
    session = country.session
    open_ones = (
        select(Paper.id)
        .where(Paper.assessment_id == assessment_id, Paper.status == PaperStatus.NOT_STARTED)
        .order_by(Paper.id)
    )
    with acting_as(site.agency):
        ids = session.scalars(open_ones).all()
        for number, pk in enumerate(ids):
            score = country.people.random.randrange(_LEAST, _MOST, 5)
            if move.failing and number == 0:
                score = _FAILED
            PAPER.fire(session, pk, "enter", actor=site.agency, at=at, facts=score)
    with acting_as(site.second):
        for pk in ids:
            PAPER.fire(session, pk, "confirm", actor=site.second, at=at)
