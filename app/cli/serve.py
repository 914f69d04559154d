"""``dingkao run``: migrates, loads the demo once, and serves with gunicorn on 127.0.0.1."""

import os
import socket
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

import config as configuration
from app.cli import demo as demo_command
from app.cli.schema import bring_up_to_date, grant_permissions, storage_app
from app.cli.worker import start_embedded
from app.extensions import db

ROOT = Path(configuration.__file__).resolve().parent


class Server(BaseApplication):
    """Gunicorn with threads: one process on the embedded database, stateless on PostgreSQL."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Take the settings from ours, not from the command line."""
        self.cfg.set("bind", f"127.0.0.1:{self.settings['PORT']}")
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("workers", 1)
        self.cfg.set("threads", self.settings["WEB_THREADS"])
        self.cfg.set("keepalive", 15)
        self.cfg.set("loglevel", "warning")

    def load(self) -> Any:
        """Build the application in the worker."""
        from app import create_app

        return create_app(self.settings)


def _fingerprint() -> str:
    parts = [ROOT / "app/security/roles.py", *sorted((ROOT / "app/views").rglob("*.py"))]
    parts += sorted((ROOT / "app/migrations/versions").glob("*.py"))
    digest = sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def prepare(settings: Mapping[str, Any]) -> None:
    """Bring tables and permissions up to date; nothing to do takes no time."""
    mark = settings["DATA_DIR"] / f"prepared-{sha256(_url(settings).encode()).hexdigest()[:12]}"
    current = _fingerprint()
    if mark.exists() and mark.read_text() == current and _has_tables():
        return
    with storage_app().app_context():
        bring_up_to_date()
        db.engine.dispose()
    grant_permissions()
    mark.write_text(current)


def _url(settings: Mapping[str, Any]) -> str:
    return str(settings["SQLALCHEMY_DATABASE_URI"])


def _has_tables() -> bool:
    from sqlalchemy import inspect

    with storage_app().app_context():
        found = inspect(db.engine).has_table("alembic_version")
        db.engine.dispose()
    return found


@click.command()
def run() -> None:
    """Migrate, load the demo once (profile demo), print the accounts and serve."""
    try:
        settings = configuration.load()
        found = configuration.problems(settings) if settings["PROFILE"] == "production" else []
    except configuration.ConfigurationInvalid as error:
        found = [str(error)]
    if found:
        for problem in found:
            click.echo(f"not fit for production: {problem}", err=True)
        sys.exit(1)
    prepare(settings)
    if settings["PROFILE"] != "production":
        click.echo(demo_command.table(demo_command.ensure()))
    click.echo(f"http://127.0.0.1:{settings['PORT']}/")
    if not settings["EMBEDDED_WORKER"]:
        Server(settings).run()
        return
    embedded = start_embedded(f"{socket.gethostname()}-embedded-{settings['PORT']}")
    own = os.getpid()
    try:
        Server(settings).run()
    finally:
        if os.getpid() == own:  # not in the web process, which was forked from this one
            embedded.terminate()
            embedded.wait()
