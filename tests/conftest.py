"""Fixtures every test may use: databases of both kinds and the browser.

With CI set nothing may be skipped.
"""

import os
import signal
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.extensions import db
from tests.support import chromium, libreoffice
from tests.support import postgres as pg
from tests.support.databases import DatabaseKind, DatabaseServer
from tests.support.site import Site, build_demo, open_site

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
MISSING = (
    pg.PostgresUnavailable,
    chromium.ChromiumUnavailable,
    libreoffice.LibreOfficeUnavailable,
)
PAGES = Path(__file__).parent / "views"
BROWSER_FIXTURES = frozenset({"page", "context", "new_context", "browser"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres", "both"),
        default="both",
        help="what tests that use a database run on",
    )


def pytest_configure() -> None:
    """Let a polite kill end the session as Ctrl-C does: the private server's folder is removed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_report_header(config: pytest.Config) -> list[str]:
    return [f"database: {config.getoption('database')}", *(f"MISSING: {why}" for why in _missing())]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not IN_CI and terminalreporter.stats.get("skipped"):
        for why in _missing():
            terminalreporter.write_line(f"NOT TESTED: {why}", red=True, bold=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("database")
        kinds = [kind for kind in DatabaseKind if wanted in {kind.value, "both"}]
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="session", ids=str)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by what a test uses, before ``-m`` selects: nobody can forget a marker.

    What is marked ``embedded`` is left out for the other kind, for it is run on the embedded one;
    so are tests of pages that are not marked ``both``.
    """
    spared = [item for item in items if _is_spared(item)]
    if spared:
        config.hook.pytest_deselected(items=spared)
        items[:] = [item for item in items if item not in spared]
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if "database_kind" in used:
            item.add_marker("database")
        if used & BROWSER_FIXTURES:
            item.add_marker("browser")


def _is_spared(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    kind = parameters.params.get("database_kind") if parameters is not None else None
    if kind is not DatabaseKind.POSTGRES:
        return False
    if item.get_closest_marker("embedded") is not None:
        return True
    # What pages ask of PostgreSQL is in views/test_every_list.py and in the layers below them.
    is_page = PAGES in item.path.parents
    return is_page and item.get_closest_marker("both") is None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """In CI a module that skips itself is a failed one, too."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The superuser's DSN of a private server that lives as long as the session."""
    try:
        pg.find_binaries()
    except pg.PostgresUnavailable as missing:
        pytest.skip(str(missing))
    with pg.private_cluster(Path(tempfile.gettempdir())) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> DatabaseKind:
    """The kind this run of the test is for; whatever uses it runs once per kind."""
    return DatabaseKind(request.param)


@pytest.fixture(scope="session")
def database_server(
    request: pytest.FixtureRequest,
    database_kind: DatabaseKind,
    tmp_path_factory: pytest.TempPathFactory,
) -> DatabaseServer:
    """Where databases of the kind are made."""
    dsn = None
    if database_kind is DatabaseKind.POSTGRES:
        dsn = request.getfixturevalue("postgres")
    directory = tmp_path_factory.mktemp(database_kind)
    return DatabaseServer(kind=database_kind, directory=directory, dsn=dsn)


@pytest.fixture
def database_url(database_server: DatabaseServer) -> Iterator[str]:
    """The URL of a fresh and empty database, gone after the test."""
    with database_server.lending() as url:
        yield url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium: nothing is downloaded."""
    try:
        executable = chromium.find_chromium()
    except chromium.ChromiumUnavailable as missing:
        pytest.skip(str(missing))
    return {
        **browser_type_launch_args,
        "executable_path": executable,
        "args": chromium.launch_arguments(),
    }


def _missing() -> list[str]:
    """What this machine lacks, in words that say what to install."""
    reasons = []
    finders = (pg.find_binaries, chromium.find_chromium, libreoffice.find_libreoffice)
    for find in finders:
        try:
            find()
        except MISSING as missing:
            reasons.append(str(missing))
    return reasons


@pytest.fixture(scope="session")
def demo_template(database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a migrated database with the demo in it, made once; copy it, do not use it."""
    folder = tmp_path_factory.mktemp("demo")
    return database_server.template("demo", build=lambda url: build_demo(url, folder))


@pytest.fixture
def site(demo_template: str, database_server: DatabaseServer, tmp_path: Path) -> Iterator[Site]:
    """The application on a copy of the demo of this test's own."""
    with database_server.lending(demo_template) as url:
        opened = open_site(url, tmp_path)
        yield opened
        with opened.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def shared_site(
    demo_template: str,
    database_server: DatabaseServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The application on one copy of the demo for tests that only read."""
    with database_server.lending(demo_template) as url:
        opened = open_site(url, tmp_path_factory.mktemp("shared"))
        yield opened
        with opened.app.app_context():
            db.engine.dispose()
