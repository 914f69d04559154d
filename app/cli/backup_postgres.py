"""Backups of PostgreSQL: its own dump of one snapshot, and the sums of the tables in that snapshot."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from app.cli.backup_files import BackupFailed, TableSum

_DEBIAN = Path("/usr/lib/postgresql")


def dump(address: str, target: Path) -> Mapping[str, TableSum]:
    """Dump the database as it is at one instant; others go on writing meanwhile."""
    with psycopg.connect(_dsn(address)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # a function of the server always answers
        _run(
            "pg_dump", address, "--format=custom", f"--snapshot={row[0]}", "--no-owner",
            "--no-privileges", f"--file={target}",
        )  # fmt: skip
        return _sums(connection)


def sums(address: str) -> Mapping[str, TableSum]:
    """Sum up every table of a database."""
    with psycopg.connect(_dsn(address)) as connection:
        return _sums(connection)


def revision(address: str) -> str:
    """Give the revision of the tables."""
    with psycopg.connect(_dsn(address)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def check(content: Path, address: str) -> None:
    """Check that a dump has a readable list of contents.

    :raises BackupFailed: it has not.
    """
    _run("pg_restore", address, "--list", str(content), connects=False)


def restore(content: Path, address: str) -> None:
    """Restore a dump into an empty database, all or nothing.

    :raises BackupFailed: the database is not empty, or the dump is refused.
    """
    with psycopg.connect(_dsn(address)) as connection:
        if _tables(connection):
            raise BackupFailed("the database is not empty; a backup is restored into an empty one")
    _run(
        "pg_restore", address, "--no-owner", "--no-privileges", "--exit-on-error",
        "--single-transaction", str(content),
    )  # fmt: skip


def _sums(connection: "psycopg.Connection[tuple[object, ...]]") -> Mapping[str, TableSum]:
    found = {}
    for schema, name in _tables(connection):
        query = sql.SQL(
            "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} t"
        ).format(sql.Identifier(schema, name))
        row = connection.execute(query).fetchone()
        assert row is not None  # an aggregate always has a row
        label = name if schema == "public" else f"{schema}.{name}"
        found[label] = TableSum(int(str(row[0])), str(row[1]))
    return found


def _tables(connection: "psycopg.Connection[tuple[object, ...]]") -> list[tuple[str, str]]:
    rows = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables"
        " WHERE table_type = 'BASE TABLE'"
        " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        " ORDER BY table_schema, table_name"
    )
    return [(str(schema), str(name)) for schema, name in rows]


def _url(address: str) -> URL:
    return make_url(address)


def _dsn(address: str) -> str:
    return _url(address).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(program: str, address: str, *arguments: str, connects: bool = True) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, not by the list of processes."""
    url = _url(address)
    plain = URL.create(
        "postgresql", username=url.username, host=url.host, port=url.port, database=url.database,
        query=url.query,
    ).render_as_string()  # fmt: skip
    command = [_program(program), *arguments]
    if connects:
        command.insert(1, f"--dbname={plain}")
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    done = _done(command, environment)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise BackupFailed(f"{program} failed: {said[-1] if said else done.returncode}")


def _done(
    command: Sequence[str], environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, check=False
    )


def _program(name: str) -> str:
    """Find a program of the newest PostgreSQL; Debian keeps them outside the search path."""
    versions = sorted(int(one.name) for one in _DEBIAN.glob("*") if one.name.isdigit())
    for version in reversed(versions):
        found = _DEBIAN / str(version) / "bin" / name
        if found.exists():
            return str(found)
    known = shutil.which(name)
    if known is None:
        raise BackupFailed(f"{name} is not installed; install PostgreSQL's client programs")
    return known
