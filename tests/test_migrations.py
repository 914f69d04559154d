"""Tables come from migrations alone, forward and back, and are what the models declare."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from app import models
from app.cli.schema import storage_app
from app.extensions import db
from tests.support.site import settings

FOLDER = Path(models.__file__).parent / "migrations"


def test_there_is_one_head_and_names_tell_the_time() -> None:
    scripts = ScriptDirectory(str(FOLDER))

    assert len(scripts.get_heads()) == 1
    for path in (FOLDER / "versions").glob("*.py"):
        day, minute, *words = path.stem.split("_")
        assert (len(day), len(minute)) == (8, 4)
        assert words


def test_models_equal_migrations_forward_and_back(database_url: str, tmp_path: Path) -> None:
    app = storage_app(settings(database_url, tmp_path))
    with app.app_context():
        upgrade()
        check()
        tables = set(inspect(db.engine).get_table_names())
        assert tables - {"alembic_version", "sqlite_sequence"} == set(
            models.Authority.metadata.tables
        )

        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names())
        assert left <= {"alembic_version", "sqlite_sequence"}

        upgrade()
        check()
        db.engine.dispose()


def test_nothing_creates_tables_behind_the_migrations() -> None:
    root = FOLDER.parent
    for path in root.rglob("*.py"):
        if "versions" not in path.parts:
            assert "create_all(" not in path.read_text(), path


@pytest.mark.parametrize("table", ["participation", "assessment", "department", "cycle"])
def test_tables_with_a_status_count_their_versions(table: str) -> None:
    columns = models.Authority.metadata.tables[table].columns

    assert {"status", "version"} <= set(columns.keys())
