"""The demo in small, loaded once for the tests that only read it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.demo import load
from tests.support.databases import DatabaseServer
from tests.support.storage import open_storage

AT = datetime(2026, 11, 23, 1, 30)


def load_small(sessions: sessionmaker[Session], *, seed: int = 2024) -> None:
    with sessions() as session:
        load(session, at=AT, seed=seed, hospitals=4, physicians=40)
        session.commit()


@pytest.fixture(scope="session")
def demo_sessions(database_server: DatabaseServer) -> Iterator[sessionmaker[Session]]:
    with database_server.lending() as url:
        engine, sessions = open_storage(url)
        load_small(sessions)
        yield sessions
        engine.dispose()


@pytest.fixture
def demo(demo_sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session on the demo that forgets whatever the test writes."""
    with demo_sessions() as session:
        yield session
        session.rollback()
