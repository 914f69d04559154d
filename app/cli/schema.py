"""``dingkao migrate``: the tables, the code lists and the permissions, idempotently."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import revision as make_revision
from flask_migrate import upgrade
from sqlalchemy import Connection

import config as configuration
from app import assembly
from app.extensions import db
from app.jobs.engine import create_tables
from app.operations import code_lists, figure_triggers, figures
from app.security.actor import unscoped
from app.views import permissionrows


def storage_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Build an application that knows the database only: for migrations and jobs."""
    app = Flask("app")
    app.config.update(settings if settings is not None else configuration.load())
    assembly.refuse_unfit(app)
    assembly.bind_storage(app)
    return app


@contextmanager
def storage() -> Iterator[Any]:
    """Give a session of the configured database, unscoped."""
    with storage_app().app_context(), unscoped("a command of the installation's operator"):
        try:
            yield db.session()
        finally:  # a command may end by an exit status
            db.session.remove()
            db.engine.dispose()


def bring_up_to_date() -> None:
    """Migrate, then load the code lists; inside an application context."""
    with db.engine.begin() as connection:
        is_due = _is_migration_due(connection) or not figure_triggers.are_in_place(connection)
        if is_due and figure_triggers.are_tables_there(connection):
            figure_triggers.remove(connection)  # no table may be rebuilt under them
    upgrade()
    create_tables(db.engine)
    if is_due:
        with unscoped("figures are of everybody, and nobody's to write"):
            figure_triggers.install(db.session().connection())
            figures.recount(db.session())  # what was written meanwhile was written under no trigger
            db.session.commit()
    with unscoped("code lists belong to nobody"):
        code_lists.load_subjects(db.session())
        db.session.commit()
    db.session.remove()


def _is_migration_due(connection: Connection) -> bool:
    config = current_app.extensions["migrate"].migrate.get_config()
    newest = ScriptDirectory.from_config(config).get_current_head()
    return bool(MigrationContext.configure(connection).get_current_revision() != newest)


@click.command()
def migrate() -> None:
    """Bring the tables, code lists and permissions up to date."""
    with storage_app().app_context():
        bring_up_to_date()
        db.engine.dispose()
    grant_permissions()
    click.echo("up to date")


def grant_permissions(settings: Mapping[str, Any] | None = None) -> None:
    """Write FAB's rows of views and permissions, so that roles can be made from them."""
    from app import create_app

    app = create_app(settings if settings is not None else configuration.load())
    with app.app_context(), unscoped("views and permissions are nobody's data"):
        permissionrows.write(db.session(), app.extensions["appbuilder"].baseviews)
        db.session.commit()
        db.engine.dispose()


@click.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration from the difference between models and tables."""
    with storage_app().app_context():
        make_revision(message=message, autogenerate=True)
