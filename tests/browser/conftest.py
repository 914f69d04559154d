"""The real program on a private copy of the demo, and people with browsers of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.visitors import Visitors
from tests.support.live import Live, build, serving


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo; copy it, do not use it."""
    folder = tmp_path_factory.mktemp("demo-folder")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The program's environment; a file may override it."""
    return {}


@pytest.fixture(scope="module")
def live(
    demo_folder: Path, settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """The program that the tests of one file share."""
    with serving(demo_folder, tmp_path_factory.mktemp("live"), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def people(browser: Browser, live: Live) -> Iterator[Visitors]:
    """Browsers that stay signed in through the tests of one file."""
    visitors = Visitors(browser, live)
    yield visitors
    visitors.close()


@pytest.fixture(autouse=True)
def nothing_complained(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test in which a browser met a script error, a blocked resource or a 500."""
    asked = request.getfixturevalue("people") if "people" in request.fixturenames else None
    if asked is not None:
        asked.complaints.clear()
    yield
    if asked is not None:
        assert asked.complaints == []


@pytest.fixture
def download(tmp_path: Path) -> Callable[..., Path]:
    """Press what downloads a file, and give where the file is."""

    def fetch(page: Page, link: Locator) -> Path:
        with page.expect_download() as expected:
            link.click()
        target = tmp_path / expected.value.suggested_filename
        expected.value.save_as(target)
        return target

    return fetch
