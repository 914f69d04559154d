"""The databases the tests stand on: fresh, apart from each other, and gone afterwards."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from tests.support import databases
from tests.support.databases import DatabaseKind, DatabaseServer

ROOT = Path(__file__).resolve().parents[1]


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Execute in one transaction, let go of the database, and return the last result's rows."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            results = [connection.execute(text(statement)) for statement in statements]
            return [tuple(row) for row in results[-1]] if results[-1].returns_rows else []
    finally:
        engine.dispose()


def tables(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_every_test_gets_an_empty_database(database_url: str, attempt: str) -> None:
    assert tables(database_url) == []

    run(database_url, "create table leftover (id integer)")

    assert tables(database_url) == ["leftover"]


def test_the_kind_of_the_database_is_the_one_asked_for(
    database_kind: DatabaseKind, database_url: str
) -> None:
    scheme = {DatabaseKind.SQLITE: "sqlite:///", DatabaseKind.POSTGRES: "postgresql+psycopg://"}

    assert database_url.startswith(scheme[database_kind])


def test_a_copy_of_a_template_has_its_rows_and_leaves_it_alone(
    database_server: DatabaseServer,
) -> None:
    built: list[str] = []

    def migrate(url: str) -> None:
        built.append(url)
        run(url, "create table note (word varchar(9))", "insert into note values ('定考')")

    template = databases.migrated_template(database_server, migrate=migrate)
    with database_server.lending(template) as copy:
        run(copy, "insert into note values ('extra')")
        in_the_copy = run(copy, "select count(*) from note")
    again = databases.migrated_template(database_server, migrate=migrate)
    with database_server.lending(again) as second:
        in_the_second = run(second, "select word from note")

    assert built == [template]
    assert (in_the_copy, in_the_second) == ([(2,)], [("定考",)])


def test_a_lent_database_is_gone_even_when_somebody_holds_on_to_it(
    database_server: DatabaseServer,
) -> None:
    with database_server.lending() as url:
        engine = create_engine(url)
        held = engine.connect()
        held.execute(text("select 1"))
    held.invalidate()
    engine.dispose()

    if database_server.dsn is None:
        assert not Path(url.removeprefix("sqlite:///")).exists()
    else:
        with psycopg.connect(database_server.dsn) as connection:
            name = url.rpartition("/")[2]
            rows = connection.execute("select from pg_database where datname = %s", [name])
            assert rows.fetchall() == []


def test_the_private_server_wants_its_password(postgres: str) -> None:
    head, _, tail = postgres.partition("@")
    wrong = f"{head.rpartition(':')[0]}:wrong@{tail}"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_the_private_server_listens_on_the_loopback_only(postgres: str) -> None:
    with psycopg.connect(postgres) as connection:
        settings = [
            connection.execute(f"show {name}").fetchone()
            for name in ("listen_addresses", "unix_socket_directories", "max_connections")
        ]

    assert settings == [("127.0.0.1",), ("",), ("100",)]


def test_the_private_server_dies_with_its_owner_and_takes_real_settings(postgres: str) -> None:
    program = dedent("""\
        import signal, sys, tempfile
        from pathlib import Path
        from tests.support.postgres import private_cluster
        with private_cluster(Path(tempfile.gettempdir()), options={"fsync": "on"}) as dsn:
            print(dsn, flush=True)
            signal.pause()
        """)
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        dsn = owner.stdout.readline().strip()
        with psycopg.connect(dsn) as connection:
            fsync = connection.execute("show fsync").fetchone()
            where = connection.execute("show data_directory").fetchone()
        owner.kill()
    assert fsync == ("on",)
    assert where is not None
    home = Path(where[0]).parent

    assert refuses_within(dsn, seconds=10)
    remove_leftovers(home)


def refuses_within(dsn: str, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            psycopg.connect(dsn, connect_timeout=2).close()
        except psycopg.OperationalError:
            return True
        time.sleep(0.05)
    return False


def remove_leftovers(home: Path) -> None:
    """A killed owner cannot clean up its folder; the kernel ended the server."""
    assert home.parent == Path(tempfile.gettempdir())
    subprocess.run(["rm", "-rf", str(home)], check=True)
