"""``dingkao check`` and ``dingkao new-key``: is this installation fit for production?"""

import sys

import click
from sqlalchemy import text

import config as configuration
from app.cli.schema import storage_app
from app.crypto import new_key_text
from app.extensions import db


@click.command()
def check() -> None:
    """Say what keeps this installation from being fit for production; exit 1 if anything does."""
    settings = configuration.load()
    found = configuration.problems(settings)
    if settings["PROFILE"] != "production":
        found.append("DINGKAO_PROFILE is not production")
    if settings["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        click.echo("note: the embedded database serves one web process on one machine")
    with storage_app().app_context():
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
    for problem in found:
        click.echo(f"unfit: {problem}")
    if found:
        sys.exit(1)
    click.echo("fit for production")


@click.command("new-key")
@click.option("--existing", default="", help="the present keys, to rotate them")
def new_key(existing: str) -> None:
    """Print fresh DINGKAO_DATA_KEYS."""
    click.echo(new_key_text(existing=existing))
