"""Fresh databases of either kind, empty or copied from a template that was built once."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from tests.support import postgres


class DatabaseKind(StrEnum):
    """What the application runs on: the embedded database and the production one."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


@dataclass(frozen=True, kw_only=True)
class DatabaseServer:
    """Where databases of one kind are made: a folder of files or a private server."""

    kind: DatabaseKind
    directory: Path
    dsn: str | None = None
    _templates: dict[str, str] = field(default_factory=dict)

    def create(self, template: str | None = None) -> str:
        """Make a database, empty or a copy of the template's URL, and return its URL."""
        if self.dsn is not None:
            return postgres.fresh_database(self.dsn, template)
        target = self.directory / f"{secrets.token_hex(8)}.db"
        if template is not None:
            _copy_file(_path_of(template), target)
        return f"sqlite:///{target}"

    def drop(self, url: str) -> None:
        """Remove a database made by :meth:`create`; open connections do not hinder it."""
        if self.dsn is not None:
            postgres.drop_database(self.dsn, url)
            return
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{_path_of(url)}{suffix}").unlink(missing_ok=True)

    @contextmanager
    def lending(self, template: str | None = None) -> Iterator[str]:
        """Create a database for the length of a ``with`` block."""
        url = self.create(template)
        try:
            yield url
        finally:
            self.drop(url)

    def template(self, name: str, *, build: Callable[[str], None]) -> str:
        """Return the URL of the named template; the first call builds it from an empty database.

        ``build`` gets the URL and must close its connections: a database in use cannot be copied.
        """
        if name not in self._templates:
            url = self.create()
            build(url)
            self._templates[name] = url
        return self._templates[name]


def migrated_template(server: DatabaseServer, *, migrate: Callable[[str], None]) -> str:
    """Return the URL of a database that ``migrate(url)`` brought to the newest schema, once."""
    return server.template("migrated", build=migrate)


def _path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _copy_file(source: Path, target: Path) -> None:
    """Copy by SQLite's own backup, which also takes what still stands in the write-ahead log."""
    with closing(sqlite.connect(source)) as old, closing(sqlite.connect(target)) as new:
        old.backup(new)
