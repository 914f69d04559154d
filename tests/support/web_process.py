"""Web processes for tests that kill them: forked from one that has imported everything.

Run as a program it reads lines of port, database and folder, and forks a gunicorn for each, in a
process group of its own.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from flask import Flask

from app.cli.serve import Server

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0


class Web:
    """Starts and kills the web process of one database on one port."""

    def __init__(self, process: subprocess.Popen[str], port: int, url: str, folder: Path) -> None:
        self._process, self.port = process, port
        self._line = f"{port}\t{url}\t{folder}\n"
        self._pid: int | None = None

    def start(self) -> None:
        """Start it, and come back when it answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(self._line)
        self._process.stdin.flush()
        self._pid = int(self._process.stdout.readline())
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if time.monotonic() > deadline:
                raise AssertionError("the web process does not answer")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it and its workers at this instant, whatever they are doing."""
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
            self._pid = None

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def web(log: Path, port: int, url: str, folder: Path) -> Iterator[Web]:
    """Lend a web process that is not started yet; it is killed in the end."""
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.web_process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        ) as process,
    ):
        lent = Web(process, port, url, folder)
        try:
            yield lent
        finally:
            lent.kill()


class _Loaded(Server):
    """The server of ``dingkao run`` with an application that is there already."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app = app
        super().__init__({**app.config, "PORT": port})

    def load(self) -> Flask:
        return self._app


def _serve() -> None:
    from app.extensions import db
    from tests.support.site import open_site

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
    known: dict[str, Any] = {}
    for line in sys.stdin:
        port, url, folder = line.rstrip("\n").split("\t")
        if url not in known:
            known[url] = open_site(url, Path(folder)).app
            with known[url].app_context():
                db.engine.dispose()
        app = known[url]
        pid = os.fork()
        if pid == 0:
            os.close(0)
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)

            _Loaded(app, int(port)).run()
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
