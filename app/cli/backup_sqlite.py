"""Backups of the embedded database: a compact copy made while it is in use."""

import os
import shutil
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import pysqlite3

from app.cli.backup_files import BackupFailed, TableSum

_MODULUS = 1 << 64


def dump(database: Path, target: Path) -> Mapping[str, TableSum]:
    """Copy the database as it is at one instant, and sum its tables up."""
    if not database.is_file():
        raise BackupFailed(f"{database} does not exist; nothing to back up")
    source = pysqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)
    try:
        source.execute("VACUUM INTO ?", (str(target),))
    finally:
        source.close()
    return sums(target)


def sums(database: Path) -> Mapping[str, TableSum]:
    """Sum up every table of a copy that nobody writes.

    :raises BackupFailed: it is no sound database.
    """
    try:
        copy = pysqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)
        try:
            problem = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if problem != "ok":
                raise BackupFailed(f"{database} is damaged: {problem}")
            names = copy.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite_%' ORDER BY name"
            ).fetchall()
            return {name: _sum(copy, name) for (name,) in names}
        finally:
            copy.close()
    except pysqlite3.DatabaseError as error:
        raise BackupFailed(f"{database} is damaged: {error}") from error


def revision(database: Path) -> str:
    """Give the revision of the tables of a copy."""
    copy = pysqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)
    try:
        return str(copy.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    finally:
        copy.close()


def restore(content: Path, database: Path) -> None:
    """Put a copy where the program looks for its database.

    :raises BackupFailed: one is there already.
    """
    if database.exists():
        raise BackupFailed(
            f"{database} exists already; a backup is restored into an empty DATA_DIR only"
        )
    database.parent.mkdir(parents=True, exist_ok=True)
    partial = database.with_name(f".{database.name}.partial")
    shutil.copyfile(content, partial)
    with partial.open("rb+") as stream:
        os.fsync(stream.fileno())
    partial.rename(database)


def _sum(copy: pysqlite3.Connection, table: str) -> TableSum:
    total = rows = 0
    quoted = table.replace('"', '""')
    for row in copy.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - a name of the schema itself
        rows += 1
        total += int.from_bytes(blake2b(repr(row).encode(), digest_size=8).digest(), "big")
    return TableSum(rows, f"{total % _MODULUS:016x}")
