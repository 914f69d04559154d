"""What comes round is run once a slot, however many workers there are."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import AccountState, JobStatus
from app.extensions import db
from app.jobs import results, sweeps
from app.jobs.periodic import PERIODIC, OpenSession, Periodic, due, register_periodic, run_slot
from app.models import Account, Job, JobFile, JobFilePart, PeriodicRun, Setting
from app.security.actor import unscoped
from app.views.clock import now
from tests.jobs.conftest import Desk
from tests.jobs.process import Nursery, wait_until
from tests.support.site import Site

AT = now()
DAY = timedelta(days=1)


def sessions_of(site: Site) -> OpenSession:
    with site.app.app_context():
        engine = db.engine

    @contextmanager
    def open_session() -> Iterator[Session]:
        with unscoped("as a worker does"), Session(engine) as session:
            yield session
            session.commit()

    return open_session


def count_up(session: Session, *, at: Any) -> int:
    row = session.get(Setting, "counted", with_for_update=True)
    if row is None:
        session.add(Setting(key="counted", value="1"))
    else:
        row.value = str(int(row.value) + 1)
    return 7


def counted(site: Site) -> str | None:
    with site.session() as session:
        row = session.get(Setting, "counted", populate_existing=True)
        return row.value if row else None


def test_of_workers_at_the_same_instant_one_runs_the_slot(site: Site) -> None:
    entry, open_session = Periodic(name="count", every=DAY, run=count_up), sessions_of(site)
    start, answers = threading.Barrier(4), list[int | None]()

    def attempt() -> None:
        start.wait()
        answers.append(run_slot(open_session, entry, at=AT))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers, key=str) == [7, None, None, None]
    assert counted(site) == "1"
    assert run_slot(open_session, entry, at=AT + DAY) == 7
    assert counted(site) == "2"


def test_a_slot_whose_work_fails_is_run_by_the_next(site: Site) -> None:
    def stumble(session: Session, *, at: Any) -> int:
        count_up(session, at=at)
        raise ZeroDivisionError

    open_session = sessions_of(site)
    with pytest.raises(ZeroDivisionError):
        run_slot(open_session, Periodic(name="count", every=DAY, run=stumble), at=AT)
    assert counted(site) is None

    assert run_slot(open_session, Periodic(name="count", every=DAY, run=count_up), at=AT) == 7
    assert counted(site) == "1"


def test_errands_run_after_their_claim_and_are_not_repeated(site: Site) -> None:
    def errand(open_session: OpenSession, *, at: Any) -> int:
        with open_session() as session:
            return count_up(session, at=at)

    entry, open_session = Periodic(name="errand", every=DAY, outside=errand), sessions_of(site)

    assert [run_slot(open_session, entry, at=AT) for _ in range(2)] == [7, None]
    with site.session() as session:
        assert session.scalars(select(PeriodicRun.rows)).all() == [7]


def test_what_was_run_in_its_slot_is_due_in_the_next(site: Site) -> None:
    entry, open_session = PERIODIC["web_sessions"], sessions_of(site)
    run_slot(open_session, entry, at=AT)

    with open_session() as session:
        assert entry not in due(session, at=AT)
        assert entry in due(session, at=AT + entry.every)
        assert set(due(session, at=AT)) == set(PERIODIC.values()) - {entry}


def test_an_entry_has_one_name_and_one_piece_of_work() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        register_periodic(Periodic(name="nothing", every=DAY))
    with pytest.raises(ValueError, match="two periodic tasks"):
        register_periodic(Periodic(name="web_sessions", every=DAY, run=count_up))


def test_two_workers_run_every_entry_once(desk: Desk, workers: Nursery) -> None:
    workers.start("one")
    workers.start("two")

    def run() -> bool:
        with desk.site.session() as session:
            names = session.scalars(select(PeriodicRun.name)).all()
            assert len(set(names)) == len(names)
            return set(names) >= {name for name in PERIODIC if name != "errand"}

    wait_until(run)


def test_jobs_past_their_days_go_with_their_files(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    workers.start("one")
    old = desk.ask("test_notes", file=str(tmp_path / "a"))
    assert desk.ended(old).state is JobStatus.DONE
    open_session = sessions_of(desk.site)
    with open_session() as session:
        assert sweeps.ended_jobs(session, at=now() + timedelta(days=6)) == 0
        (file,) = session.scalars(select(JobFile)).all()
        assert sum(map(len, results.content_of(session, file))) == 2_100_000

        assert sweeps.ended_jobs(session, at=now() + timedelta(days=8)) == 1

    with open_session() as session:
        for model in (Job, JobFile, JobFilePart):
            assert session.scalar(select(func.count()).select_from(model)) == 0


def test_codes_of_initial_states_that_ended_are_forgotten(site: Site) -> None:
    open_session = sessions_of(site)
    with open_session() as session:
        account = session.scalars(
            select(Account).where(Account.state == AccountState.INITIAL).limit(1)
        ).one()
        account.initial_code, account.initial_until, until = "hash", AT, AT
        name = account.username
    with open_session() as session:
        assert sweeps.initial_passwords(session, at=until + timedelta(days=6)) == 0
    with open_session() as session:
        assert sweeps.initial_passwords(session, at=until + timedelta(days=8)) == 1
        code = select(Account.initial_code).where(Account.username == name)
        assert session.scalars(code).all() == [None]
