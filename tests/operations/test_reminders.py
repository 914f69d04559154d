"""截止提醒: 7, 3 and 1 days before a window closes, to whoever still has to act, once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import AssessmentStatus as S
from app.enums import CycleStatus, MessageKind, ObjectionStatus, Role, ScheduleWindow
from app.models import Assessment, Cycle, CycleWindow, Identity, Message, Objection
from app.operations.reminders import sweep
from app.periods import local_day
from app.views.clock import now
from tests.support.site import Site

AT = now()


def close_in(site: Site, kind: ScheduleWindow, days: int) -> int:
    """Let a window of 山西省 close in so many days; gives its cycle."""
    province = site.actor("province").province_id
    with site.session() as session:
        row = session.scalars(
            select(CycleWindow)
            .join(Cycle, Cycle.id == CycleWindow.cycle_id)
            .where(
                Cycle.province_id == province,
                Cycle.status == CycleStatus.OPEN,
                CycleWindow.kind == kind,
            )
        ).one()
        row.last_day = local_day(AT) + timedelta(days=days)
        session.commit()
        return int(row.cycle_id)


def run(site: Site, at: datetime = AT) -> int:
    with site.session() as session:
        number = sweep(session, at=at)
        session.commit()
    return number


def reminded(site: Site) -> list[tuple[int, list[Any], str]]:
    with site.session() as session:
        rows = session.scalars(
            select(Message).where(Message.kind == MessageKind.REMINDER).order_by(Message.id)
        )
        return [(row.account_id, row.body, row.title[0]) for row in rows]


def physicians(site: Site, cycle_id: int, *statuses: S) -> set[int]:
    with site.session() as session:
        return set(
            session.scalars(
                select(Identity.account_id)
                .join(Assessment, Assessment.physician_id == Identity.physician_id)
                .where(Assessment.cycle_id == cycle_id, Assessment.status.in_(statuses))
            )
        )


def test_nothing_is_said_while_there_is_time(site: Site) -> None:
    assert run(site) == 0


@pytest.mark.parametrize("days", [7, 3, 1])
def test_physicians_who_have_not_submitted_are_reminded_once(site: Site, days: int) -> None:
    cycle_id = close_in(site, ScheduleWindow.REGISTRATION, days)
    waiting = physicians(site, cycle_id, S.AWAITING_FORM)

    assert run(site) == len(waiting) > 1
    assert run(site) == 0
    assert {account for account, *_ in reminded(site)} == waiting


def test_a_day_without_a_run_is_made_up_for_and_every_distance_is_said(site: Site) -> None:
    cycle_id = close_in(site, ScheduleWindow.REGISTRATION, 7)
    waiting = len(physicians(site, cycle_id, S.AWAITING_FORM))
    counts = [run(site, AT + timedelta(days=day)) for day in (0, 1, 2, 5, 6, 7, 8)]

    assert counts == [waiting, 0, 0, waiting, waiting, 0, 0]


def test_a_window_that_is_put_off_reminds_again(site: Site) -> None:
    close_in(site, ScheduleWindow.REGISTRATION, 3)
    first = run(site)
    close_in(site, ScheduleWindow.REGISTRATION, 2)

    assert run(site) == first > 0


def test_bodies_get_one_message_with_the_number_of_their_cases(site: Site) -> None:
    cycle_id = close_in(site, ScheduleWindow.REVIEW, 3)
    with site.session() as session:
        expected = []
        for role, status, column in (
            (Role.INSTITUTION, S.AWAITING_INSTITUTION, "institution_id"),
            (Role.AGENCY, S.AWAITING_AGENCY, "agency_id"),
        ):
            body = getattr(Assessment, column)
            counted = session.execute(
                select(Identity.account_id, func.count())
                .join(Assessment, body == getattr(Identity, column))
                .where(
                    Identity.role == role,
                    Assessment.status == status,
                    Assessment.cycle_id == cycle_id,
                )
                .group_by(Identity.account_id)
            )
            expected += [(account, number) for account, number in counted]
    rejected = physicians(site, cycle_id, S.INSTITUTION_REJECTED, S.AGENCY_REJECTED)
    run(site)

    found = reminded(site)
    clerks = [(account, body[1]["n"]) for account, body, _title in found if "n" in body[1]]
    assert sorted(clerks) == sorted(expected)
    assert len(clerks) > 3
    assert {account for account, body, _ in found if "n" not in body[1]} == rejected
    assert run(site) == 0


def test_a_closed_cycle_reminds_nobody(site: Site) -> None:
    close_in(site, ScheduleWindow.REGISTRATION, 1)
    assert run(site, AT + timedelta(days=2)) == 0


@pytest.mark.parametrize(("days", "title"), [(7, "请答复"), (1, "请答复"), (-1, "超过答复期限")])
def test_an_objection_is_watched_until_it_is_answered(site: Site, days: int, title: str) -> None:
    with site.session() as session:
        row = session.scalars(
            select(Objection).where(Objection.status == ObjectionStatus.AWAITING)
        ).one()
        row.due_on = local_day(AT) + timedelta(days=days)
        agency, province = row.agency_id, row.province_id
        session.commit()
        hats = {
            (hat.agency_id, hat.authority_id): hat.account_id
            for hat in session.scalars(select(Identity).where(Identity.is_active))
        }
    assert run(site) > 0
    told = reminded(site)
    assert run(site) == 0
    assert all(title in words for _account, _body, words in told)
    accounts = {account for account, _body, _words in told}
    clerks = {pk for (own, _office), pk in hats.items() if own == agency}
    assert clerks & accounts
    chiefs = {pk for (_own, office), pk in hats.items() if office == province}
    assert bool(chiefs & accounts) is (days < 0)
