"""``kill -9`` of the web process and a restarted database: no acknowledged answer is lost or doubled."""

import hashlib
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from app.enums import AccountState, PaperStatus, SittingEnd
from app.extensions import db
from app.models import (
    Account,
    AnswerEntry,
    AnswerSheet,
    Assessment,
    ExamSession,
    Identity,
    Paper,
    Sitting,
    TrailEntry,
    WebSession,
)
from app.operations import blueprints, sittings
from app.views.clock import now
from tests.jobs.exam_clients import Client, token
from tests.jobs.process import Mother, Nursery, wait_until
from tests.support import postgres as pg
from tests.support.databases import DatabaseKind
from tests.support.site import Site, build_demo, open_site
from tests.support.web_process import web

CLIENTS, KILLS, RESTARTS = 50, 20, 3
ENDING = 10  # of them, whose time runs out meanwhile
PAPER, ROUND = "公共知识", 7
GRACE = timedelta(seconds=5)
SAFE: dict[str, str] = {}  # the server's own defaults: what is committed is on the disk


def examinees(site: Site, port: int) -> list[Client]:
    """Give fifty physicians a paper that they have begun, and a session each."""
    found, at = [], now()
    with site.session() as session:
        cases = session.scalars(
            select(Assessment)
            .join(ExamSession, ExamSession.cycle_id == Assessment.cycle_id)
            .order_by(Assessment.id)
            .limit(CLIENTS)
        ).all()
        assert len(cases) == CLIENTS
        for number, case in enumerate(cases):
            sitting = _begun(session, case, at, ends=number < ENDING)
            cookie = token()
            account, identity = session.execute(
                select(Account, Identity)
                .join(Identity, Identity.account_id == Account.id)
                .where(Identity.physician_id == case.physician_id)
            ).one()
            account.state, account.initial_code = AccountState.ACTIVE, None
            session.add(
                WebSession(
                    id=hashlib.sha256(cookie.encode()).hexdigest(), data="{}", created_at=at,
                    seen_at=at, expires_at=at + timedelta(hours=1), account_id=account.id,
                    identity_id=identity.id,
                )
            )  # fmt: skip
            questions = tuple((key, len(order)) for key, order, _marks in sitting.places)
            found.append(Client(port, cookie, sitting.id, questions, seed=number))
        session.commit()
    return found


def _begun(session: Any, case: Assessment, at: datetime, *, ends: bool) -> Sitting:
    names = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")
    owner = {name: getattr(case, name) for name in names} | {"assessment_id": case.id}
    whole = owner | {"cycle_id": case.cycle_id, "participation_id": case.participation_id}
    paper = Paper(
        name=PAPER, round=ROUND, status=PaperStatus.SITTING, status_since=at, assessment=case,
        **{name: value for name, value in whole.items() if name != "assessment_id"},
    )  # fmt: skip
    session.add(paper)
    session.flush()
    blueprint = sittings.blueprint_of(session, paper)
    assert blueprint is not None
    drawn = blueprints.draw(session, blueprint, seed=str(case.id))
    exam = session.scalars(select(ExamSession).where(ExamSession.cycle_id == case.cycle_id)).first()
    minutes = timedelta(seconds=14) if ends else timedelta(minutes=60)
    sitting = Sitting(
        number=1, seed=str(case.id), minutes=60, begun_at=at, status_since=at, paper_id=paper.id,
        session_id=exam.id, places=[[one.question_id, list(one.order), one.marks] for one in drawn],
        **whole,
    )  # fmt: skip
    sitting.sheet = AnswerSheet(deadline=at + minutes, answers={}, **owner)
    session.add(sitting)
    session.flush()
    return sitting


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def crashing(
    request: pytest.FixtureRequest, database_kind: DatabaseKind, tmp_path: Path
) -> Iterator[tuple[str, pg.Cluster | None]]:
    """A demo that may crash: on PostgreSQL a server of its own that writes to the disk."""
    if database_kind is DatabaseKind.SQLITE:
        server = request.getfixturevalue("database_server")
        with server.lending(request.getfixturevalue("demo_template")) as url:
            yield url, None
        return
    with pg.restartable_cluster(Path(tempfile.gettempdir()), options=SAFE) as cluster:
        url = pg.fresh_database(cluster.dsn)
        build_demo(url, tmp_path / "demo")
        yield url, cluster


@pytest.mark.slow
def test_no_acknowledged_answer_is_lost_and_none_is_doubled(
    crashing: tuple[str, pg.Cluster | None], workers_mother: Mother, tmp_path: Path
) -> None:
    url, cluster = crashing
    site, port = open_site(url, tmp_path), free_port()
    clients = examinees(site, port)
    stop, draw = threading.Event(), Random(6)
    threads = [threading.Thread(target=one.run, args=(stop,)) for one in clients]
    sweeping = Nursery(workers_mother, url, tmp_path)
    with web(tmp_path / "web.log", port, url, tmp_path) as served:
        served.start()
        sweeping.start("one")
        for thread in threads:
            thread.start()
        for number in range(KILLS):
            time.sleep(draw.uniform(0.3, 1.2))
            served.kill()
            if cluster is not None and number % (KILLS // RESTARTS) == 3:
                cluster.restart()
            sweeping.keep()
            served.start()
        sweeping.keep()
        stop.set()
        for thread in threads:
            thread.join()
        for one in clients:  # the network is back: what waited in the browsers is sent
            wait_until(lambda one=one: one.is_closed or not one.waiting or one.flush(one.waiting))
        wait_until(lambda: not _late(site), seconds=60)
    sweeping.end()

    assert [one.wrong for one in clients if one.wrong] == []
    assert sum(one.failures for one in clients) > KILLS  # there was a storm
    assert sum(len(one.promised) for one in clients) > CLIENTS * 10
    for number, one in enumerate(clients):
        _everything_is_there(site, one, has_ended=number < ENDING)
    _ended_once(site, clients[:ENDING])
    with site.app.app_context():
        db.engine.dispose()


def _everything_is_there(site: Site, one: Client, *, has_ended: bool) -> None:
    with site.session() as session:
        rows = session.execute(
            select(AnswerEntry.seq, AnswerEntry.question_id, AnswerEntry.answer).where(
                AnswerEntry.sitting_id == one.sitting_id
            )
        ).all()
        sheet = session.scalars(
            select(AnswerSheet).where(AnswerSheet.sitting_id == one.sitting_id)
        ).one()
        logged = {row.seq: (row.question_id, row.answer) for row in rows}
        assert len(logged) == len(rows)
        assert {seq: logged.get(seq) for seq in one.promised} == one.promised
        newest: dict[str, list[object]] = {}
        for seq, (question, answer) in sorted(logged.items()):
            newest[str(question)] = [seq, answer, 0]
        assert sheet.answers == newest
        assert (sheet.closed_at is not None) is has_ended


def _ended_once(site: Site, clients: list[Client]) -> None:
    ids = [one.sitting_id for one in clients]
    with site.session() as session:
        sheets = session.scalars(select(AnswerSheet).where(AnswerSheet.sitting_id.in_(ids))).all()
        for sheet in sheets:
            assert sheet.ending is SittingEnd.TIMED_OUT
            assert sheet.closed_at is not None
            assert sheet.closed_at > sheet.deadline
            late = select(func.count(AnswerEntry.id)).where(
                AnswerEntry.sitting_id == sheet.sitting_id, AnswerEntry.at > sheet.deadline + GRACE
            )
            assert session.scalar(late) == 0
        papers = select(Sitting.paper_id).where(Sitting.id.in_(ids))
        steps = session.execute(
            select(TrailEntry.subject_id, func.count(TrailEntry.id))
            .where(
                TrailEntry.subject == "paper", TrailEntry.action == "time_out",
                TrailEntry.subject_id.in_(papers),
            )
            .group_by(TrailEntry.subject_id)
        ).all()  # fmt: skip
        assert [number for _paper, number in steps] == [1] * ENDING


def _late(site: Site) -> bool:
    """Say whether a sheet is open whose time has run out."""
    with site.session() as session:
        overdue = select(AnswerSheet.id).where(
            AnswerSheet.closed_at.is_(None), AnswerSheet.deadline < now() - GRACE
        )
        return session.scalars(overdue.limit(1)).first() is not None
