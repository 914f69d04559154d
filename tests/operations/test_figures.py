"""考核统计 is kept by the database itself: whatever was written, and however, it equals a count."""

from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from app.cli.schema import bring_up_to_date
from app.enums import (
    AssessmentStatus,
    Category,
    ParticipationStatus,
    PhysicianLevel,
    Procedure,
    Verdict,
)
from app.models import Assessment, Figure, Institution, Participation, Physician
from app.operations import figure_triggers, figures
from app.views.clock import now
from app.workflows.bulk import fire_many
from app.workflows.participation import PARTICIPATION
from tests.support.site import Site
from tests.views.requests_world import somebody, step

CHANGES = 10_000
_OPEN = [status for status in AssessmentStatus if status is not AssessmentStatus.COMPLETED]


@pytest.fixture
def session(site: Site) -> Any:
    with site.session() as opened:
        yield opened


def total(session: Any) -> int:
    return int(session.scalar(select(func.sum(Figure.number))))


def test_the_demo_s_figures_equal_a_count(session: Any) -> None:
    assert figures.differences(session) == {}
    assert total(session) == session.scalar(select(func.count(Participation.id)))


class Chance:
    """Somebody who writes at random, many rows or one, through every table that counts."""

    def __init__(self, session: Any, seed: int) -> None:
        self.session, self.random, self.done = session, Random(seed), 0
        self.seats = list(session.scalars(select(Participation.id)))
        self.houses = session.execute(
            select(Institution.id, Institution.authority_path, Institution.province_id)
        ).all()

    def some(self, ids: list[int]) -> list[int]:
        return self.random.sample(ids, min(len(ids), self.random.choice((1, 1, 5, 40, 120))))

    def write(self, statement: Any) -> None:
        found = self.session.execute(statement.execution_options(synchronize_session=False))
        self.done += found.rowcount

    def move_cases(self) -> None:
        ids = self.some(list(self.session.scalars(select(Assessment.id))))
        values = {
            "status": self.random.choice(_OPEN),
            "procedure": self.random.choice([None, *Procedure]),
            "result": None,
        }
        self.write(update(Assessment).where(Assessment.id.in_(ids)).values(values))

    def conclude(self) -> None:
        ids = self.some(list(self.session.scalars(select(Assessment.id))))
        values = {
            "status": AssessmentStatus.COMPLETED,
            "result": self.random.choice(list(Verdict)),
        }
        self.write(update(Assessment).where(Assessment.id.in_(ids)).values(values))

    def move_seats(self) -> None:
        house = self.random.choice(self.houses)
        values: dict[str, Any] = {"status": self.random.choice(list(ParticipationStatus))}
        if self.random.random() < 0.3:
            values |= {"institution_id": house[0], "authority_path": house[1]}
        if self.random.random() < 0.2:
            values["agency_id"] = self.random.choice([None, 1, 2])
        chosen = Participation.id.in_(self.some(self.seats))
        self.write(update(Participation).where(chosen).values(values))

    def correct_people(self) -> None:
        ids = self.some(list(self.session.scalars(select(Physician.id))))
        values = {
            "category": self.random.choice(list(Category)),
            "level": self.random.choice(list(PhysicianLevel)),
        }
        self.write(update(Physician).where(Physician.id.in_(ids)).values(values))

    def drop_and_open_cases(self) -> None:
        """A case may go only with what hangs on it: those that have nothing are taken."""
        free = list(
            self.session.scalars(
                select(Participation.id).where(
                    Participation.id.not_in(select(Assessment.participation_id))
                )
            )
        )
        for seat in self.session.scalars(
            select(Participation).where(Participation.id.in_(self.some(free)))
        ):
            owner = {
                name: getattr(seat, name)
                for name in (
                    "province_id", "authority_path", "institution_id", "agency_id", "cycle_id",
                    "physician_id",
                )
            }  # fmt: skip
            self.session.add(
                Assessment(participation_id=seat.id, status_since=now(), returned_reason="x",
                           **owner)
            )  # fmt: skip
            self.done += 1
        self.session.flush()
        made = list(
            self.session.scalars(select(Assessment.id).where(Assessment.returned_reason == "x"))
        )
        self.write(delete(Assessment).where(Assessment.id.in_(self.some(made))))


@pytest.mark.parametrize("seed", [7, 2024])
def test_they_equal_a_count_after_ten_thousand_random_changes(session: Any, seed: int) -> None:
    chance = Chance(session, seed)
    moves = (
        chance.move_cases, chance.conclude, chance.move_seats, chance.correct_people,
        chance.drop_and_open_cases,
    )  # fmt: skip
    while chance.done < CHANGES // 2:
        chance.random.choice(moves)()
        if chance.random.random() < 0.05:
            figures.fold(session, at=now(), least=2)
    session.commit()

    assert figures.differences(session) == {}
    assert total(session) == session.scalar(select(func.count(Participation.id)))


def test_steps_bulk_steps_and_transfers_leave_them_true(site: Site) -> None:
    clerk = site.actor("hospital")
    with site.session("hospital") as session:
        waits = Participation.status == ParticipationStatus.UNCONFIRMED
        outcome = fire_many(PARTICIPATION, session, waits, "confirm", actor=clerk, at=now())
        session.commit()
    assert len(outcome.done) > 3
    person = somebody(site, seat=ParticipationStatus.CONFIRMED)
    with site.session() as session:
        seat = session.scalars(
            select(Participation.id).where(Participation.physician_id == person.id)
        ).one()
    step(site.client("hospital"), "participation", seat, "withdraw")

    with site.session() as session:
        assert figures.differences(session) == {}


def test_a_change_that_is_taken_back_leaves_nothing(session: Any) -> None:
    before = total(session)
    chance = Chance(session, 1)
    chance.move_seats()
    chance.conclude()
    session.rollback()

    assert total(session) == before
    assert figures.differences(session) == {}


def test_folding_keeps_every_sum_with_fewer_rows(session: Any) -> None:
    chance = Chance(session, 3)
    for _number in range(40):
        chance.move_cases()
    before = session.scalar(select(func.count(Figure.id)))

    assert figures.fold(session, at=now(), least=2) > 0

    after = session.scalar(select(func.count(Figure.id)))
    assert after < before
    assert figures.differences(session) == {}
    assert figures.fold(session, at=now()) == 0  # few rows are left alone


def test_what_is_wrong_is_told_and_counted_anew(session: Any) -> None:
    row = session.scalars(select(Figure).where(Figure.number > 0).limit(1)).one()
    row.number += 5
    session.flush()
    ((kept, counted),) = figures.differences(session).values()
    assert kept == counted + 5

    figures.recount(session)

    assert figures.differences(session) == {}


def test_a_start_puts_lost_triggers_back_and_counts_anew(site: Site) -> None:
    with site.session() as session:
        assert figure_triggers.are_in_place(session.connection())
        figure_triggers.remove(session.connection())
        assert not figure_triggers.are_in_place(session.connection())
        Chance(session, 5).move_seats()
        session.commit()
        assert figures.differences(session) != {}
        session.rollback()

    with site.app.app_context():
        bring_up_to_date()

    with site.session() as session:
        assert figure_triggers.are_in_place(session.connection())
        assert figures.differences(session) == {}
        Chance(session, 6).move_cases()
        session.commit()
        assert figures.differences(session) == {}
