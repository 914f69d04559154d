"""The application on a big country in a private PostgreSQL server, and people signed in to it."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, event
from werkzeug.test import Client, EnvironBuilder

from app.cli.schema import bring_up_to_date, storage_app
from app.extensions import db
from bench.generate import generate
from tests.support.postgres import fresh_database, private_cluster
from tests.support.site import Site, open_site, settings

TUNED = {"shared_buffers": "2GB", "work_mem": "32MB", "maintenance_work_mem": "512MB"}


@dataclass
class Bench:
    """What the benches run on."""

    site: Site
    facts: dict[str, Any]
    config: dict[str, Any]
    dsn: str
    bare: "psycopg.Connection[Any]"
    statements: list[str] = field(default_factory=list)

    def browser(self, username: str) -> Client:
        """Give a signed-in client."""
        return self.site.client(username)

    def count_statements(self, call: Any) -> int:
        """Count the SQL statements of one call."""
        self.statements.clear()
        call()
        return len(self.statements)


@contextmanager
def country(*, physicians: int, institutions: int) -> Iterator[Bench]:
    """Generate the country, start the application on it, and stop everything at the end."""
    with (
        tempfile.TemporaryDirectory() as folder,
        private_cluster(Path(tempfile.gettempdir()), options=TUNED) as server,
    ):
        url = fresh_database(server)
        config = settings(url, Path(folder))
        with storage_app(config).app_context():
            bring_up_to_date()
            db.engine.dispose()
        engine = create_engine(url)
        facts = generate(engine, physicians=physicians, institutions=institutions, say=print)
        engine.dispose()
        print(json.dumps({k: v for k, v in facts.items() if k != "samples"}))
        site = open_site(url, Path(folder))
        dsn = url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(dsn, autocommit=True) as bare:
            bench = Bench(site, facts, config, dsn, bare)
            with site.app.app_context():
                event.listen(
                    db.engine,
                    "before_cursor_execute",
                    lambda *args: bench.statements.append(args[2]),
                )
            yield bench
            with site.app.app_context():
                db.engine.dispose()


def environ(path: str) -> dict[str, Any]:
    """Give a WSGI environment for a bare application."""
    return EnvironBuilder(path=path).get_environ()
