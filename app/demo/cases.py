"""The demo's cases: stories given to physicians and played in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle as endlessly
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo import forms, papers, sittings
from app.demo.people import Person
from app.demo.province import Country, Post, Site
from app.demo.stories import (
    CONFIRMED_DAYS,
    FILLED_DAYS,
    SIT,
    Move,
    Story,
    fail_reason,
    verdict,
)
from app.enums import AwayReason, IdType, OpinionPart, Role, Sex, SimplifiedGround
from app.models import Assessment, Identity, Participation
from app.operations import progress_days
from app.operations.opinions import OpinionInput
from app.operations.physicians import create_physicians
from app.operations.remarks import RemarkInput
from app.periods import local_day
from app.security.actor import SYSTEM, Actor, acting_as, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.bulk import fire_many
from app.workflows.participation import PARTICIPATION, Absence

HIRED_DAYS = 65
_WINDOW_OF_A_DAY = 430  # minutes of office hours
_YEARS = {
    None: (2, 26),
    SimplifiedGround.TWELVE_YEARS_CLEAN: (13, 26),
    SimplifiedGround.FIVE_YEARS_GOOD: (6, 11),
    SimplifiedGround.PROVINCIAL: (4, 20),
}


@dataclass(frozen=True)
class Hired:
    """A physician of the demo, where placed, and what happens to him or her."""

    physician_id: int
    person: Person
    post: Post
    story: Story
    site: Site


@dataclass(frozen=True)
class _Case:
    hired: Hired
    actor: Actor
    participation_id: int
    assessment_id: int | None
    minutes: int


def hire(
    country: Country,
    site: Site,
    stories: Sequence[Story],
    *,
    printed: Sequence[tuple[str, str]] = (),
) -> list[Hired]:
    """Take physicians up, one for each story; the first have the printed numbers and names."""
    today = local_day(country.at)
    people = country.people
    known = [*printed, *[None] * (len(stories) - len(printed))]
    chosen = []
    for story, post, line in zip(stories, endlessly(site.posts), known, strict=False):
        person = people.physician(
            region=site.house.authority,
            category=post.unit.category,
            scope=post.unit.scope,
            practice_years=people.random.randrange(*_YEARS[story.ground]),
            today=today - timedelta(days=HIRED_DAYS + 5),
        )
        chosen.append((story, post, _printed(person, *line) if line else person))
    with acting_as(site.clerk):
        ids = create_physicians(
            country.session,
            institution=site.row,
            rows=[(person, post.id) for _, post, person in chosen],
            actor=site.clerk,
            at=country.moment(HIRED_DAYS),
        )
    return [
        Hired(physician_id, person, post, story, site)
        for physician_id, (story, post, person) in zip(ids, chosen, strict=True)
    ]


def play(country: Country, hired: Sequence[Hired]) -> None:
    """Confirm in bulk, then let every step of every story happen in the order of time."""
    session = country.session
    _confirm(country, hired)
    events: list[tuple[int, _Case, Move | None]] = []
    for case in _cases(session, hired, country=country):
        story = case.hired.story
        if story.is_filled:
            events.append((_filled_days(story), case, None))
        events += [(move.days, case, move) for move in story.moves]
    events.sort(key=lambda event: (-event[0], event[1].minutes, event[2] is not None))
    today = events[0][0] if events else 0
    for days, case, move in events:
        for over in range(today, days, -1):
            progress_days.keep(session, at=country.moment(over, _WINDOW_OF_A_DAY))
        today = days
        if move is None:
            _fill(country, case, days=days)
        elif move.action == SIT and sittings.sit(
            country,
            case.assessment_id or 0,
            case.actor,
            failing=bool(move.failing),
            at=country.moment(move.days, case.minutes),
        ):
            continue
        elif move.action == SIT:
            papers.sit(
                country,
                case.hired.site,
                case.assessment_id or 0,
                move,
                at=country.moment(move.days, case.minutes),
            )
        else:
            _take(country, case, move)


def _confirm(country: Country, hired: Sequence[Hired]) -> None:
    session = country.session
    sites = {one.site.clerk: one.site for one in hired}
    for number, clerk in enumerate(sites):
        ids = [
            one.physician_id for one in hired if one.site.clerk == clerk and one.story.is_confirmed
        ]
        with acting_as(clerk):
            outcome = fire_many(
                PARTICIPATION,
                session,
                Participation.physician_id.in_(ids),
                "confirm",
                actor=clerk,
                at=country.moment(CONFIRMED_DAYS, 13 * number),
            )
        if outcome.refused:
            raise RuntimeError(f"the demo's calendar is wrong: {outcome.refused}")


def _cases(session: Session, hired: Sequence[Hired], *, country: Country) -> list[_Case]:
    with unscoped("the demo plays the part of every physician"):
        found = {
            row.physician_id: row
            for row in session.execute(
                select(
                    Identity.physician_id,
                    Identity.account_id,
                    Identity.id.label("identity_id"),
                    Participation.id.label("participation_id"),
                    Assessment.id.label("assessment_id"),
                )
                .join(Participation, Participation.physician_id == Identity.physician_id)
                .outerjoin(Assessment, Assessment.participation_id == Participation.id)
            )
        }
    draw = country.people.random
    return [
        _Case(
            hired=one,
            actor=_actor(one, found[one.physician_id]),
            participation_id=found[one.physician_id].participation_id,
            assessment_id=found[one.physician_id].assessment_id,
            minutes=draw.randrange(_WINDOW_OF_A_DAY),
        )
        for one in hired
    ]


def _actor(one: Hired, row: Any) -> Actor:
    return replace(
        one.site.clerk,
        role=Role.PHYSICIAN,
        name=one.person.name,
        account_id=row.account_id,
        identity_id=row.identity_id,
        physician_id=one.physician_id,
    )


def _filled_days(story: Story) -> int:
    submitted = [move.days for move in story.moves if move.action == "submit"]
    return max(submitted, default=FILLED_DAYS - 1) + 1


def _fill(country: Country, case: _Case, *, days: int) -> None:
    session, at = country.session, country.moment(days, case.minutes)
    story = case.hired.story
    with acting_as(case.actor):
        row = session.get_one(Assessment, case.assessment_id)
        specialties = case.hired.post.specialties
        forms.fill_in(
            session,
            row,
            story,
            specialty_id=country.people.random.choice(specialties),
            random=country.people.random,
            at=at,
        )
        if story.ground is not None:
            forms.attach(session, row, actor=case.actor, at=at)
    with acting_as(case.hired.site.clerk):
        forms.keep_evidence(session, row, story, actor=case.hired.site.clerk, at=at)


def _take(country: Country, case: _Case, move: Move) -> None:
    actor = _who(case, move.role)
    on_case = case.assessment_id is not None and move.action != "withdraw"
    workflow = ASSESSMENT if on_case else PARTICIPATION
    subject_id = case.assessment_id if on_case else case.participation_id
    at = country.moment(move.days, case.minutes)
    with acting_as(actor):
        workflow.fire(
            country.session,
            subject_id or 0,
            move.action,
            actor=actor,
            at=at,
            comment=move.comment,
            facts=_facts(move, day=local_day(at)),
        )


def _who(case: _Case, role: Role) -> Actor:
    site = case.hired.site
    actors = {
        Role.PHYSICIAN: case.actor,
        Role.INSTITUTION: site.clerk,
        Role.AGENCY: site.agency,
        Role.AUTHORITY: site.overseer,
        Role.SYSTEM: SYSTEM,
    }
    actor = actors[role]
    if actor is None:
        raise RuntimeError(f"{site.house.name} has no agency")
    return actor


def _facts(move: Move, *, day: date) -> Any:
    if move.action == "leave":
        return Absence(AwayReason.STUDY, day, day + timedelta(days=300))
    if move.action == "institution_reject":
        return [RemarkInput("work", "手术例数以病案系统为准，请附统计表。")]
    if move.action not in ("institution_submit", "agency_pass"):
        return None
    return {
        part: OpinionInput(
            verdict(part.name.lower(), move.failing),
            fail_reason(move.failing) if part.name.lower() == move.failing else None,
        )
        for part in OpinionPart
    }


def _printed(person: Person, number: str, name: str) -> Person:
    """Let a person have a known ID number and name, and the sex and birthday that it tells."""
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    licensed = date(born.year + 25, 7, 1)
    return replace(
        person,
        name=name,
        id_type=IdType.RESIDENT,
        id_number=number,
        sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
        birth_date=born,
        licensed_on=licensed,
        first_registered_on=licensed,
        qualification_code=f"{person.qualification_code[:9]}{number}",
    )
