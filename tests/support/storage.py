"""A database with the tables and the row scope, without the application around it."""

from pathlib import Path

import pysqlite3
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

import config as configuration
from app import models  # noqa: F401 - declares the tables
from app.crypto import bind_keyring, keyring_from_text
from app.extensions import db, tune_sqlite
from app.security.scope_session import install


def open_storage(url: str) -> tuple[Engine, sessionmaker[Session]]:
    """Create the tables in an empty database and give scoped sessions on it.

    The keys are those of the test profile, which every application of the tests binds as well.
    """
    bind_keyring(keyring_from_text(configuration.load({"DINGKAO_PROFILE": "test"})["DATA_KEYS"]))
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        engine = create_engine(f"sqlite+pysqlite:///{path}", module=pysqlite3)
        tune_sqlite(engine)
    else:
        engine = create_engine(url)
    db.metadata.create_all(engine)
    sessions = sessionmaker(engine)
    install(sessions)
    return engine, sessions
