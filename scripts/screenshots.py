"""Take the pictures of README.md from the demo at one fixed instant; docs/images is all it writes."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import time_machine
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.support.chromium import find_chromium, launch_arguments
from tests.support.site import Site, build_demo, open_site

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images"
INSTANT = datetime(2024, 7, 1, 2, 0, tzinfo=UTC)
DESKTOP = (1280, 800)
PHONE = (390, 844)
LARGEST = 250_000
"""Bytes of a picture: README.md is to open quickly."""


SETTLED = 500
"""Milliseconds after which nothing moves any more."""
BELOW_THE_BANNER = 140


class PictureTooLarge(RuntimeError):
    """A picture that would make README.md slow."""


def home(page: Page) -> None:
    """Show a hospital's home page."""
    page.goto("/")


def physicians(page: Page) -> None:
    """Show the list of physicians with some of them ticked."""
    page.goto("/physicians/list/?tab=unconfirmed")
    for row in (0, 2, 3):
        page.locator("[data-pick]").nth(row).check()


def case(page: Page) -> None:
    """Show a case of the simplified procedure where the institution states its opinion."""
    page.goto("/review/simplified/list/")
    page.get_by_role("link", name="审核", exact=True).first.click()
    page.get_by_role("link", name="工作业绩、职业道德").click()
    page.locator("[name=work_verdict][value=PASS]").check()
    page.locator("[name=ethics_verdict][value=FAIL]").check()


def registration(page: Page) -> None:
    """Show a physician's registration at what is to be filled in."""
    page.goto("/registration/#practice")
    label = page.locator("label[for=department_id]").bounding_box()
    assert label is not None
    page.mouse.wheel(0, label["y"] - BELOW_THE_BANNER)


PICTURES: tuple[tuple[str, tuple[int, int], Callable[[Page], None]], ...] = (
    ("home", DESKTOP, home),
    ("list", DESKTOP, physicians),
    ("case", DESKTOP, case),
    ("phone", PHONE, registration),
)


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Serve the application to this machine and give its address."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def take(browser: Browser, address: str, client: FlaskClient, picture: int) -> Path:
    """Take one picture as somebody who is signed in.

    :raises PictureTooLarge: it has more than ``LARGEST`` bytes.
    """
    name, (width, height), show = PICTURES[picture]
    cookie = client.get_cookie("dingkao")
    assert cookie is not None
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale="zh-CN",
        reduced_motion="reduce",
        color_scheme="light",
    )
    context.add_cookies([{"name": "dingkao", "value": cookie.value, "url": address}])
    page = context.new_page()
    show(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLED)
    target = TARGET / f"{name}.png"
    page.screenshot(path=target, animations="disabled", caret="hide")
    context.close()
    if target.stat().st_size > LARGEST:
        raise PictureTooLarge(target.name)
    return target


def main() -> None:
    """Take every picture."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    TARGET.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, time_machine.travel(INSTANT):
        url = f"sqlite:///{folder}/demo.db"
        build_demo(url, Path(folder))
        site = open_site(url, Path(folder))
        with served(site) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=find_chromium(),
                args=launch_arguments(),
            )
            for number, (name, _size, _show) in enumerate(PICTURES):
                client = site.physician_client() if name == "phone" else site.client("hospital")
                print(take(browser, address, client, number).relative_to(TARGET.parent.parent))
            browser.close()


if __name__ == "__main__":
    main()
