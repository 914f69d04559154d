"""``dingkao backup``: create one while the program runs, verify it, restore it into an empty place."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import make_url

from app.cli import backup_files, backup_postgres, backup_sqlite
from app.cli.backup_files import BackupFailed, Manifest
from app.cli.schema import storage_app

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def backup() -> None:
    """Back up the database with everything in it, check a backup, bring one back."""


@backup.command()
@click.argument("target", type=_FOLDER)
def create(target: Path) -> None:
    """Make a backup in the folder TARGET, which must not exist; the program may run meanwhile."""
    with storage_app().app_context():
        manifest = _told(lambda: make(target))
    rows = sum(one.rows for one in manifest.tables.values())
    click.echo(f"{target}: {len(manifest.tables)} tables, {rows} rows, as of {manifest.made_at}")


@backup.command()
@click.argument("source", type=_FOLDER)
def verify(source: Path) -> None:
    """Check the backup in the folder SOURCE: seal, content and, where that can be read, its rows."""
    with storage_app().app_context():
        manifest = _told(lambda: check(source))
    click.echo(f"{source}: whole, as of {manifest.made_at}")


@backup.command()
@click.argument("source", type=_FOLDER)
def restore(source: Path) -> None:
    """Restore the backup in the folder SOURCE into the configured database, which must be empty."""
    with storage_app().app_context():
        manifest = _told(lambda: bring_back(source))
    click.echo(f"restored as of {manifest.made_at}; every table equals the backup")


def make(target: Path) -> Manifest:
    """Make a backup of the configured database.

    :raises BackupFailed: see the message.
    """
    partial = backup_files.begun(target)
    content = partial / backup_files.CONTENT
    made_at = backup_files.stamp(datetime.now(UTC))
    if _is_embedded():
        tables = backup_sqlite.dump(_embedded(), content)
        revision = backup_sqlite.revision(content)
    else:
        tables = backup_postgres.dump(_address(), content)
        revision = backup_postgres.revision(_address())
    manifest = Manifest(
        format=backup_files.FORMAT,
        kind=_kind(),
        made_at=made_at,
        revision=revision,
        content_sha256=backup_files.digest_of(content),
        tables=tables,
    )
    backup_files.finished(partial, target, manifest)
    return manifest


def check(source: Path) -> Manifest:
    """Check a backup.

    :raises BackupFailed: it is not whole.
    """
    manifest = backup_files.read(source)
    content = backup_files.check_content(source, manifest)
    if manifest.kind == "sqlite":
        backup_files.compare(manifest.tables, backup_sqlite.sums(content))
    else:
        backup_postgres.check(content, _address())
    return manifest


def bring_back(source: Path) -> Manifest:
    """Restore a backup and compare every table with its manifest.

    :raises BackupFailed: it is not whole, of the other kind, or the place is not empty.
    """
    manifest = check(source)
    if manifest.kind != _kind():
        raise BackupFailed(
            f"the backup is of {manifest.kind}, the configured database is {_kind()}"
        )
    content = source / backup_files.CONTENT
    if _is_embedded():
        backup_sqlite.restore(content, _embedded())
        found = backup_sqlite.sums(_embedded())
    else:
        backup_postgres.restore(content, _address())
        found = backup_postgres.sums(_address())
    backup_files.compare(manifest.tables, found)
    return manifest


def _told(work: Callable[[], Manifest]) -> Manifest:
    try:
        return work()
    except BackupFailed as failure:
        click.echo(str(failure), err=True)
        sys.exit(1)


def _address() -> str:
    return str(current_app.config["SQLALCHEMY_DATABASE_URI"])


def _kind() -> str:
    return "sqlite" if _is_embedded() else "postgresql"


def _is_embedded() -> bool:
    return make_url(_address()).get_backend_name() == "sqlite"


def _embedded() -> Path:
    return Path(make_url(_address()).database or "")
