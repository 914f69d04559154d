"""The renderer behind its closed door: whatever a name holds, it reads no file and asks no address."""

import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from app.documents import certificates as documents
from app.documents import faces, rendering
from app.documents.rendering import DocumentRefused
from tests.documents.printed import BASE, certificate, pages
from tests.support.site import Site

pytestmark = pytest.mark.embedded
SECRET = "only-in-this-file-7431"
WATCHED: list[str] = []
_is_watching = threading.Event()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _is_watching.is_set() and isinstance(arguments[0], str | bytes | Path):
        WATCHED.append(str(arguments[0]))


sys.addaudithook(_hear)  # there is no way to take one away: it listens while a test wants it


@pytest.fixture(autouse=True)
def _app(shared_site: Site) -> Iterator[None]:
    with shared_site.app.test_request_context():
        documents.drawn([(certificate(), None)], base=BASE)  # faces and templates are read once
        yield


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """What is opened meanwhile."""
    WATCHED.clear()
    _is_watching.set()
    yield WATCHED
    _is_watching.clear()


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A server on the loopback that counts who asks it for anything."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        is_over = threading.Event()

        def listen() -> None:
            while not is_over.is_set():
                try:
                    connection, _address = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    asked.append(connection.recv(200).decode(errors="replace"))

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], asked
        is_over.set()
        thread.join()


def tricks(port: int, secret: Path) -> list[str]:
    """Give what a name could hold."""
    there = f"http://127.0.0.1:{port}/x"
    return [
        f'<img src="{there}">', f'<img src="file://{secret}">', f'<img src="{secret}">',
        f'<link rel="stylesheet" href="{there}">', f'<style>@import url("{there}");</style>',
        f'<style>@font-face {{ font-family: x; src: url("{there}") }}</style>',
        f'<p style="background-image: url({there})">x</p>', f'<body background="{there}">',
        f'<style>@page {{ background-image: url("{there}") }}</style>',
        f'<style>@page {{ background-image: url("{secret}") }}</style>',
        f'<pdf:barcode value="{there}" type="qr" />', f'<object data="{there}"></object>',
        f'<iframe src="{there}"></iframe>', f'<svg><image href="{there}"/></svg>',
        f'<img src="../../../../..{secret}">', f'<include src="file://{secret}">',
        '{{ config }}{% include "/etc/passwd" %}', "&xxe; <!DOCTYPE x SYSTEM 'file:///etc/passwd'>",
        "\x00\x01\x02", "“”‘’<>&\"'", "张" * 255,
    ]  # fmt: skip


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that a document has no business with."""
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


def strangers(opened: list[str]) -> list[str]:
    """Leave out what lies in the folder of documents and what the language reads for itself."""
    own = str(Path(rendering.__file__).parent)
    return [path for path in opened if not path.startswith((own, sys.prefix, sys.base_prefix))]


def test_a_name_is_a_name_whatever_it_holds(
    listener: tuple[int, list[str]], secret: Path, opened: list[str]
) -> None:
    port, asked = listener
    for trick in tricks(port, secret):
        row = certificate(trick, institution=trick, issuer=trick)
        content = documents.drawn([(row, None)], base=BASE)
        found = pages(content)[0]
        assert SECRET not in found
        assert content.count(b"/Subtype /Image") <= 1  # at most a part of the code
    assert asked == []
    assert strangers(opened) == []


def test_even_a_template_that_forgets_to_escape_reaches_nothing(
    listener: tuple[int, list[str]], secret: Path, opened: list[str]
) -> None:
    port, asked = listener
    for trick in tricks(port, secret):
        facts = [("x", Markup(trick.replace("\x00", "")))]  # noqa: S704 - the mistake itself
        values = {
            "lang": "zh", "title": "x", "number": "1", "person": "x", "facts": facts,
            "headers": [], "rows": [], "told": [], "signed": "", "day": "",
        }  # fmt: skip
        try:
            content = rendering.pdf("notice.html", values)
        except DocumentRefused:
            continue
        assert SECRET not in "".join(pages(content))
    assert asked == []
    assert strangers(opened) == []


def test_what_cannot_be_drawn_is_refused_with_words() -> None:
    deep = Markup("<div>" * 3000)  # noqa: S704 - a hostile document
    values = {
        "lang": "zh", "title": "x", "number": "1", "person": deep, "facts": [], "headers": [],
        "rows": [], "told": [], "signed": "", "day": "",
    }  # fmt: skip
    with pytest.raises(DocumentRefused, match="联系系统管理员"):
        rendering.pdf("notice.html", values)


def test_a_template_cannot_forget_a_value() -> None:
    with pytest.raises(Exception, match="undefined"):
        rendering.pdf("notice.html", {"lang": "zh"})
    assert faces.USUAL
