"""Unbound extensions: created here once, bound to an application in create_app()."""

from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import event
from sqlalchemy.engine import Engine

Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

db = SQLA(model_class=Model)
csrf = CSRFProtect()
migrate = Migrate(directory="app/migrations", compare_type=True, render_as_batch=True)
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)


def tune_sqlite(engine: Engine) -> None:
    """Set up one SQLite engine: WAL, full sync, foreign keys, and writers that queue instead of failing.

    Transactions begin IMMEDIATE, so that a read followed by a write cannot be overtaken; a
    connection with the execution option ``read_only`` begins deferred and takes no lock.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        deferred = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")
