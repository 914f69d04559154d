"""``kill -9`` at any instant: nothing is lost, nothing is done twice, nothing gets stuck."""

import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import ImportKind, JobStatus, ParticipationStatus
from app.exchange import intake, staging
from app.exchange.target import Choices
from app.exchange.targets import TARGETS
from app.jobs.bulk import submit_bulk
from app.jobs.imports import submit_import
from app.models import Assessment, Identity, Institution, Participation, Physician, TrailEntry
from app.operations import roster_uploads
from app.operations.physicians import id_index
from app.views.clock import now, today
from app.workflows.participation import PARTICIPATION
from bench.rosters import roster as bench_roster
from tests.jobs.conftest import Desk
from tests.jobs.process import Nursery, wait_until
from tests.support.databases import DatabaseKind

MANY = 20_000
KILLS = 20
CONFIRMED = 10_000
STUCK_AFTER = 30.0


def kill_at_random(desk: Desk, workers: Nursery, job_id: int, names: list[str], seed: int) -> None:
    """Kill a worker at twenty instants spread over the whole job, each time starting another."""
    draw = Random(seed)
    total, reached = desk.seen(job_id).total, 0

    def is_beyond(rows: int) -> bool:
        workers.keep()
        return bool(desk.seen(job_id).done >= rows)

    for number in range(KILLS):
        reached = total * number // (KILLS + 1)
        wait_until(lambda at=reached: is_beyond(at), seconds=STUCK_AFTER)
        time.sleep(draw.uniform(0, 0.4))
        name = draw.choice(names)
        workers.kill(name)
        workers.start(name)
    wait_until(lambda: is_beyond(reached + 1), seconds=STUCK_AFTER)
    wait_until(lambda: is_beyond(total) and desk.seen(job_id).ended_at, seconds=STUCK_AFTER)


@pytest.mark.slow
def test_killed_workers_lose_nothing_and_repeat_nothing(
    desk: Desk, workers: Nursery, database_kind: DatabaseKind, tmp_path: Path
) -> None:
    names = ["one"] if database_kind is DatabaseKind.SQLITE else ["one", "two"]
    imported_job, roster = ask_for_import(desk, bench_roster(tmp_path, MANY))
    for name in names:
        workers.start(name)
    wait_until(lambda: desk.seen(imported_job).total == MANY)

    kill_at_random(desk, workers, imported_job, names, seed=1)
    job = desk.seen(imported_job)

    assert (job.state, job.done, job.problem) == (JobStatus.DONE, MANY, None)
    assert job.summary == {"created": MANY, "changed": 0, "refused": 0}
    taken, hats, created, parts = imported(desk, roster)
    assert sorted(taken) == sorted(roster.items())
    assert hats == created == sorted(parts)
    assert len(set(hats)) == MANY

    chosen = sorted(parts.values())[:CONFIRMED]
    with desk.site.session("hospital") as session:
        actor = desk.site.actor("hospital")
        asked = submit_bulk(session, PARTICIPATION, chosen, "confirm", actor=actor, at=now())
        session.commit()
        confirm = int(asked.id)
    kill_at_random(desk, workers, confirm, names, seed=2)
    job = desk.seen(confirm)

    assert (job.state, job.done, job.problem) == (JobStatus.DONE, CONFIRMED, None)
    assert job.summary == {"done": CONFIRMED, "refused": 0}
    confirmed, cases, logged = taken_part(desk, set(parts.values()))
    assert confirmed == cases == logged == chosen


def ask_for_import(desk: Desk, content: bytes) -> tuple[int, dict[str, str]]:
    """Confirm a roster as its page does; give the job, and who is in the file."""
    target = TARGETS[ImportKind.PHYSICIAN]
    with desk.site.session("hospital") as session:
        actor = desk.site.actor("hospital")
        owner = session.get_one(Institution, actor.institution_id)
        upload = roster_uploads.store(
            session,
            kind=ImportKind.PHYSICIAN,
            owner=owner,
            account_id=actor.account_id or 0,
            content=content,
            filename="roster.xlsx",
            at=now(),
        )
        plan = intake.plan(session, target, content, "roster.xlsx", owner=owner, today=today())
        staging.stage(session, upload, plan, choices=Choices(create_departments=True))
        job = submit_import(session, upload, plan, actor=actor, at=now())
        session.commit()
        return job.id, {id_index(row.facts.id_number): row.facts.name for row in plan.rows}


def imported(desk: Desk, roster: dict[str, str]) -> tuple[Any, Any, Any, dict[int, int]]:
    """What an import of the roster left: people, hats, trail, and their participations."""
    with desk.site.session("hospital") as session:
        found = session.execute(select(Physician.id, Physician.id_index, Physician.name)).all()
        mine = {pk: (index, name) for pk, index, name in found if index in roster}
    with desk.site.session() as session:
        hats = session.scalars(select(Identity.physician_id)).all()
        entries = session.scalars(
            select(TrailEntry.subject_id).where(
                TrailEntry.subject == "physician", TrailEntry.action == "create"
            )
        ).all()
        pairs = session.execute(select(Participation.physician_id, Participation.id)).all()
    parts = [(physician, pk) for physician, pk in pairs if physician in mine]
    assert len(dict(parts)) == len(parts)
    return (
        list(mine.values()),
        sorted(hat for hat in hats if hat in mine),
        sorted(entry for entry in entries if entry in mine),
        dict(parts),
    )


def taken_part(desk: Desk, parts: set[int]) -> tuple[list[int], list[int], list[int]]:
    """Which of the participations are confirmed, have a case, and say so in the trail."""
    statements = (
        select(Participation.id).where(Participation.status == ParticipationStatus.CONFIRMED),
        select(Assessment.participation_id),
        select(TrailEntry.subject_id).where(
            TrailEntry.subject == "participation", TrailEntry.action == "confirm"
        ),
    )
    with desk.site.session() as session:
        confirmed, cases, logged = (
            sorted(pk for pk in session.scalars(statement) if pk in parts)
            for statement in statements
        )
    return confirmed, cases, logged
