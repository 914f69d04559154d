"""参加, 取消参加, 离岗 and 恢复在岗, one by one and in bulk: T1, T2 and T4."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, AwayReason, Role
from app.enums import ParticipationStatus as P
from app.models import Assessment, Institution, Participation, Registration, TrailEntry
from app.operations.trail import msgid
from app.security.actor import Actor
from app.workflows.bulk import fire_many
from app.workflows.engine import OVERTAKEN, NoSuchStep, StepForbidden, StepOvertaken
from app.workflows.participation import PARTICIPATION, Absence
from tests.support.site import Site
from tests.workflows.world import AT, HOSPITAL, LONG_AFTER, entries, refused


@contextmanager
def acting(site: Site, username: str = "hospital") -> Iterator[tuple[Session, Actor]]:
    actor = site.actor(username)
    with site.session(username) as session:
        yield session, actor


def one(session: Session, status: P, *, submitted: bool | None = None) -> int:
    statement = select(Participation.id).where(Participation.status == status)
    if submitted is not None:
        statement = statement.join(Assessment).where(
            Assessment.submitted_at.is_not(None) if submitted else Assessment.submitted_at.is_(None)
        )
    return session.scalars(statement.order_by(Participation.id)).all()[-1]


def test_confirming_opens_the_case(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        pk = one(session, P.UNCONFIRMED)
        row = PARTICIPATION.fire(session, pk, "confirm", actor=actor, at=AT)
        case = session.scalars(select(Assessment).where(Assessment.participation_id == pk)).one()

        assert row.status is P.CONFIRMED
        assert (case.status, case.status_since) == (AssessmentStatus.AWAITING_FORM, AT)
        scope = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")
        assert [getattr(case, n) for n in scope] == [getattr(row, n) for n in scope]


def test_nobody_is_confirmed_after_the_window(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        pk = one(session, P.UNCONFIRMED)
        with refused("申报时间已结束"):
            PARTICIPATION.fire(session, pk, "confirm", actor=actor, at=LONG_AFTER)


def test_withdrawing_drops_the_case_but_not_what_was_typed(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        typed = (
            select(Participation.id)
            .join(Assessment)
            .join(Registration, Registration.participation_id == Participation.id)
            .where(Assessment.submitted_at.is_(None))
        )
        pk = session.scalars(typed).first()
        assert pk is not None
        row = PARTICIPATION.fire(session, pk, "withdraw", actor=actor, at=AT)

        assert row.status is P.UNCONFIRMED
        left = select(func.count()).where(Assessment.participation_id == pk)
        kept = select(func.count()).where(Registration.participation_id == pk)
        assert (session.scalar(left), session.scalar(kept)) == (0, 1)


def test_whoever_has_submitted_cannot_be_withdrawn_by_the_institution(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        under_review = select(Assessment.participation_id).where(
            Assessment.status == AssessmentStatus.AWAITING_INSTITUTION
        )
        pk = session.scalars(under_review.limit(1)).one()
        with refused("由隶属卫生行政部门驳回"):
            PARTICIPATION.fire(session, pk, "withdraw", actor=actor, at=AT)


def test_whoever_has_a_result_cannot_be_withdrawn(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        has_result = select(Assessment.participation_id).where(
            Assessment.status == AssessmentStatus.COMPLETED
        )
        pk = session.scalars(has_result.limit(1)).one()
        with refused("考核已完成"):
            PARTICIPATION.fire(session, pk, "withdraw", actor=actor, at=AT)


def test_leave_asks_for_reason_and_day_and_return_forgets_them(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        pk = one(session, P.UNCONFIRMED)
        with refused("离岗原因"):
            PARTICIPATION.fire(session, pk, "leave", actor=actor, at=AT)

    with acting(shared_site) as (session, actor):
        facts = Absence(AwayReason.SICK, date(2026, 1, 5))
        row = PARTICIPATION.fire(session, pk, "leave", actor=actor, at=AT, facts=facts)
        assert (row.status, row.away_reason, row.away_from, row.away_until) == (P.AWAY, *facts)

        row = PARTICIPATION.fire(session, pk, "come_back", actor=actor, at=AT)
        assert (row.status, row.away_reason, row.away_from) == (P.UNCONFIRMED, None, None)
        steps = [(e.action, e.from_status, e.to_status) for e in entries(session, pk)[-2:]]
        assert steps == [("leave", "UNCONFIRMED", "AWAY"), ("come_back", "AWAY", "UNCONFIRMED")]


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (P.CONFIRMED, "confirm"),
        (P.UNCONFIRMED, "withdraw"),
        (P.CONFIRMED, "leave"),
        (P.UNCONFIRMED, "come_back"),
        (P.AWAY, "confirm"),
        (P.MOVED, "confirm"),
    ],
)
def test_a_step_from_another_state_is_overtaken(shared_site: Site, status: P, action: str) -> None:
    with acting(shared_site) as (session, actor):
        pk = one(session, status)
        with pytest.raises(StepOvertaken):
            PARTICIPATION.fire(session, pk, action, actor=actor, at=AT)


def test_another_institutions_physician_does_not_exist(shared_site: Site) -> None:
    with acting(shared_site) as (session, _actor):
        pk = one(session, P.UNCONFIRMED)
    with acting(shared_site, "hospital-3") as (session, actor), pytest.raises(NoSuchStep):
        PARTICIPATION.fire(session, pk, "confirm", actor=actor, at=AT)


def test_bulk_confirms_who_may_and_tells_why_not_for_the_rest(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        before = dict(session.execute(select(Participation.id, Participation.status)).all())
        waiting = {pk for pk, status in before.items() if status is P.UNCONFIRMED}
        cases = session.scalar(select(func.count(Assessment.id)))
        outcome = fire_many(
            PARTICIPATION, session, Participation.id > 0, "confirm", actor=actor, at=AT
        )

        assert set(outcome.done) == waiting
        assert outcome.refused == dict.fromkeys(before.keys() - waiting, OVERTAKEN)
        after = dict(session.execute(select(Participation.id, Participation.status)).all())
        assert after == {pk: P.CONFIRMED if pk in waiting else s for pk, s in before.items()}
        assert session.scalar(select(func.count(Assessment.id))) == (cases or 0) + len(waiting)


def test_cases_copy_bodies_cycle_and_physician_of_their_participation(shared_site: Site) -> None:
    copies = ("province_id", "authority_path", "institution_id", "cycle_id", "physician_id")
    with acting(shared_site) as (session, actor):
        done = fire_many(
            PARTICIPATION, session, Participation.id > 0, "confirm", actor=actor, at=AT
        ).done
        pairs = select(Assessment, Participation).join(Assessment.participation)
        found = session.execute(pairs.where(Participation.id.in_(done))).all()

        assert len(found) == len(done) > 0
        for case, row in found:
            assert [getattr(case, n) for n in copies] == [getattr(row, n) for n in copies]
            assert case.agency_id == row.agency_id
            assert (case.cycle, case.physician) == (row.cycle, row.physician)


def test_the_database_keeps_a_participation_that_has_a_case(shared_site: Site) -> None:
    with shared_site.session() as session:
        with_case = session.scalars(select(Assessment.participation_id).limit(1)).one()
        with pytest.raises(IntegrityError):
            session.execute(delete(Participation).where(Participation.id == with_case))


def test_bulk_writes_a_trail_row_for_each_and_none_for_the_refused(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        outcome = fire_many(
            PARTICIPATION, session, Participation.id > 0, "confirm", actor=actor, at=AT
        )
        rows = session.scalars(select(TrailEntry).where(TrailEntry.at == AT)).all()

        assert sorted(row.participation_id or 0 for row in rows) == sorted(outcome.done)
        said = {
            (
                row.subject,
                row.action,
                row.action_label,
                row.from_status,
                row.to_status,
                row.comment,
                row.actor_name,
                row.actor_role,
                row.actor_body,
                row.institution_id,
            )
            for row in rows
        }
        assert said == {
            (
                "participation",
                "confirm",
                "参加",
                "UNCONFIRMED",
                "CONFIRMED",
                None,
                actor.name,
                Role.INSTITUTION,
                HOSPITAL,
                actor.institution_id,
            )
        }
        owners = dict(session.execute(select(Participation.id, Participation.physician_id)).all())
        assert all(row.physician_id == owners[row.participation_id or 0] for row in rows)


def test_bulk_after_the_window_confirms_nobody(shared_site: Site) -> None:
    with acting(shared_site) as (session, actor):
        criterion = Participation.status == P.UNCONFIRMED
        outcome = fire_many(
            PARTICIPATION, session, criterion, "confirm", actor=actor, at=LONG_AFTER
        )

        assert outcome.done == []
        assert {msgid(reason) for reason in outcome.refused.values()} == {
            "医师报审申报时间已结束，不能再确认参加。请联系隶属卫生行政部门。"
        }


def test_bulk_touches_nobody_elses_rows(shared_site: Site) -> None:
    with shared_site.session() as session:
        everybody = session.scalars(
            select(Participation.id)
            .join(Institution, Institution.id == Participation.institution_id)
            .where(Institution.name != HOSPITAL, Participation.status == P.UNCONFIRMED)
        ).all()
    assert everybody
    with acting(shared_site) as (session, actor):
        criterion = Participation.id.in_(everybody)
        outcome = fire_many(PARTICIPATION, session, criterion, "confirm", actor=actor, at=AT)

        assert (outcome.done, outcome.refused) == ([], {})


def test_bulk_of_another_role_is_forbidden(shared_site: Site) -> None:
    with acting(shared_site, "agency") as (session, actor), pytest.raises(StepForbidden):
        fire_many(PARTICIPATION, session, Participation.id > 0, "confirm", actor=actor, at=AT)
