"""A database per test and a small world in it."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.support.storage import open_storage
from tests.support.world import World, small_world


@pytest.fixture
def scoped_session(database_url: str) -> Iterator[Session]:
    """A session that keeps the row scope, on a fresh database of either kind."""
    engine, sessions = open_storage(database_url)
    with sessions() as session:
        yield session
    engine.dispose()


@pytest.fixture
def world(scoped_session: Session) -> World:
    """Two provinces; acting is up to the test."""
    return small_world(scoped_session)
