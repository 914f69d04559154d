"""The real program under a browser: ``dingkao run`` on a private folder and a free port."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 90
_COMMAND = "import sys; from app.cli import main; main(sys.argv[1:])"


class LiveServerDead(RuntimeError):
    """The program ended or did not answer; the message is what it wrote."""


@dataclass(frozen=True)
class Live:
    """A running program."""

    url: str
    folder: Path


def build(folder: Path) -> None:
    """Make a folder with a migrated database that holds the demo; nothing runs afterwards."""
    compile_words()
    for command in ("migrate", "demo"):
        subprocess.run(
            [sys.executable, "-c", _COMMAND, command],
            cwd=ROOT,
            env=_environ(folder),
            check=True,
            capture_output=True,
        )


def compile_words() -> None:
    """Compile catalogues where that has not been done since they were written."""
    for source in ROOT.glob("translations/*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as words, target.open("wb") as compiled:
            write_mo(compiled, read_po(words))


@contextmanager
def serving(template: Path, folder: Path, **settings: str) -> Iterator[Live]:
    """Run the program on a copy of a folder made by :func:`build`.

    :raises LiveServerDead: it does not answer.
    """
    shutil.copytree(template, folder, dirs_exist_ok=True)
    port = _free_port()
    environ = _environ(folder, PORT=str(port), **settings)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "run"],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            live = Live(f"http://127.0.0.1:{port}", folder)
            _wait(live, process, log)
            yield live
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def _environ(folder: Path, **settings: str) -> Mapping[str, str]:
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    ours = {"DINGKAO_PROFILE": "demo", "DATA_DIR": str(folder), "DINGKAO_CAPTCHA": "off"}
    return known | ours | settings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(live: Live, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if _answers(live):
            return
        time.sleep(0.2)
    raise LiveServerDead(log.read_text(errors="replace"))


def _answers(live: Live) -> bool:
    connection = HTTPConnection(live.url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
