"""The one module that knows the durable engine (dbos): its tables, its queue, its steps.

Steps run in sessions on the application's engine; the bookkeeping has an engine of its own,
because on the embedded database a step holds the write lock while the bookkeeping is read. Both
use the same SQLite library: two of them in one process would lose each other's locks.
"""

import logging
from collections.abc import Callable, Collection
from functools import cache, lru_cache
from typing import Any

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, SQLAlchemyDatasource
from dbos._datasource_migration import migrate_datasource
from dbos._schemas.datasource_database import datasource_outputs_table
from dbos._schemas.system_database import SystemSchema
from dbos._sys_db import SystemDatabase
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

NAME = "dingkao"
QUEUE = "jobs"
SCHEMA = "dbos"
VERSION = "1"  # a new one strands what is in flight: only if the steps change their order
WORKFLOW = "run_job"
_JSON = DBOSPortableJSONSerializer()
_PATIENCE_MS = 30_000
_IDLE_MS = 15_000  # a frozen process keeps its locks no longer: others go on within 30 seconds


def enqueue(session: Session, job_id: int) -> None:
    """Queue a job in the session's transaction."""
    bind = session.get_bind()
    _client(bind.engine if isinstance(bind, Connection) else bind).enqueue_in_transaction(
        session,
        {"workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": f"job-{job_id}"},
        job_id,
    )


def create_tables(engine: Engine) -> None:
    """Create or bring up to date the engine's own tables; nothing to do takes no time."""
    own = bookkeeping(engine)
    system = SystemDatabase.create(
        system_database_url=_url(engine),
        engine_kwargs={},
        engine=own,
        schema=SCHEMA,
        serializer=_JSON,
        executor_id=None,
        use_listen_notify=False,
    )
    system.run_migrations()
    system.destroy()
    own.dispose()
    with engine.begin() as connection:
        migrate_datasource(connection, None if _is_sqlite(engine) else SCHEMA)


@cache
def table_names() -> frozenset[str]:
    """Name the engine's tables, which on the embedded database lie among ours."""
    names = {table.name for table in SystemSchema.metadata_obj.tables.values()}
    names |= {datasource_outputs_table(None).name}
    return frozenset(names | {"dbos_migrations", "dbos_datasource_migrations"})


def bookkeeping(engine: Engine) -> Engine:
    """Make the engine on which steps are recorded, on the same database."""
    if not _is_sqlite(engine):
        idle = f"-c idle_in_transaction_session_timeout={_IDLE_MS}"
        return create_engine(
            engine.url, pool_size=6, pool_pre_ping=True, connect_args={"options": idle}
        )
    own = create_engine(engine.url, module=engine.dialect.dbapi)

    @event.listens_for(own, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"  # the library begins before it writes only
        connection.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")

    return own


def limit_idling(engine: Engine) -> None:
    """Let the server end a transaction of this process that a frozen machine leaves open.

    One that only reads holds nobody up and may be idle while a large file is written.
    """
    if _is_sqlite(engine):
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.execute(f"SET idle_in_transaction_session_timeout = {_IDLE_MS}")
        connection.commit()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("read_only", False):
            held: Any = connection.connection.dbapi_connection
            held.execute("SET LOCAL idle_in_transaction_session_timeout = 0")

    engine.dispose()  # connections of before have no limit


class Steps:
    """The running engine of a worker process: there is one a process."""

    def __init__(self, engine: Engine, *, executor_id: str, poll: float, at_once: int) -> None:
        self._isolation = "SERIALIZABLE" if _is_sqlite(engine) else "READ COMMITTED"
        self._poll, self._at_once = poll, at_once
        logging.getLogger("dbos").setLevel(logging.WARNING)
        DBOS(
            config={
                "name": NAME,
                "system_database_url": _url(engine),
                "system_database_engine": bookkeeping(engine),
                "dbos_system_schema": SCHEMA,
                "executor_id": executor_id,
                "application_version": VERSION,
                "serializer": _JSON,
                "use_listen_notify": False,
                "run_migrations": False,
                "log_level": "WARNING",
                "enable_otlp": False,
                "max_executor_threads": at_once + 4,
            }
        )
        self._datasource = SQLAlchemyDatasource.create(
            _url(engine),
            engine=engine,
            schema=SCHEMA,
            serializer=_JSON,
            sessionmaker=sessionmaker(expire_on_commit=False),
            run_migrations=False,
        )

    def launch(self, run: Callable[[int], None]) -> None:
        """Begin to take jobs off the queue; ``run`` is called with the id of each."""

        def run_job(job_id: int) -> None:  # a function: the library marks what it registers
            run(job_id)

        DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(run_job)  # the limit is ours
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._at_once,
            polling_interval_sec=self._poll,
            on_conflict="always_update",
        )

    def run(self, name: str, work: Callable[[Session], int]) -> int:
        """Run one durable step: its writes and the record that it is done commit together.

        A step that was done before is not run again: what it returned then is returned.
        """
        options: Any = {"name": name, "isolation_level": self._isolation}
        return self._datasource.run_tx_step(options, lambda: work(self._datasource.sql_session()))

    def take_over(self, alive: Collection[str]) -> int:
        """Queue again what processes that are not ``alive`` had begun."""
        pending = DBOS.list_workflows(
            status="PENDING", name=WORKFLOW, load_input=False, load_output=False
        )
        gone = sorted({one.executor_id for one in pending if one.executor_id} - set(alive))
        if gone:
            DBOS._recover_pending_workflows(gone)  # noqa: SLF001 - unlike resume_workflow it names the dead, so that two may do it
        return len(gone)

    def forget(self, *, before: str) -> int:
        """Delete the records of what ended before an instant (ISO 8601, UTC)."""
        old = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            completed_before=before,
            load_input=False,
            load_output=False,
            limit=500,
        )
        if old:
            DBOS.delete_workflows([one.workflow_id for one in old])
        return len(old)


@lru_cache(maxsize=4)
def _client(engine: Engine) -> DBOSClient:
    return DBOSClient(
        system_database_engine=engine,
        dbos_system_schema=SCHEMA,
        serializer=_JSON,
        application_name=NAME,
        lazy=True,
    )


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)
