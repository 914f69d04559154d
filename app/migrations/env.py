"""Alembic's environment: the application's engine, our metadata, encrypted columns as bytes."""

from typing import Any

from alembic import context
from flask import current_app

from app import models
from app.crypto import EncryptedText
from app.jobs.engine import table_names


def _render(kind: str, item: Any, _autogen: Any) -> Any:
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.LargeBinary()"
    return False


def _same_type(_context: Any, _inspected: Any, column: Any, *_types: Any) -> bool | None:
    return False if isinstance(column.type, EncryptedText) else None


def _ours(_item: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
    # The engine of the jobs brings its own tables up to date.
    return not (kind == "table" and reflected and name in table_names())


def run() -> None:
    """Migrate on one connection, in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=models.Authority.metadata,
            render_item=_render,
            compare_type=_same_type,
            include_object=_ours,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()


run()
