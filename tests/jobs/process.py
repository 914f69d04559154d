"""Worker processes for tests: forked from one that has imported everything, so that a new one
is there at once.

Run as a program it reads lines of name, database and folder, and forks a worker for each.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SILENT = "2.0"  # seconds after which a worker of a test counts as dead


class Nursery:
    """Starts and kills workers on one database."""

    def __init__(self, mother: "Mother", url: str, folder: Path) -> None:
        self._mother, self._site = mother, (url, str(folder))
        self.alive: dict[str, int] = {}

    def start(self, name: str) -> int:
        """Start a worker and give its process id."""
        self.alive[name] = pid = self._mother.fork(name, *self._site)
        return pid

    def kill(self, name: str) -> None:
        """End a worker at this instant, whatever it is doing."""
        with suppress(ProcessLookupError):  # it was taken for dead, and ended
            os.kill(self.alive.pop(name), signal.SIGKILL)

    def keep(self) -> None:
        """Start again what ended by itself, as the parent of a worker does."""
        for name, pid in list(self.alive.items()):
            if not Path(f"/proc/{pid}").exists():
                self.start(name)

    def end(self) -> None:
        for name in list(self.alive):
            self.kill(name)


class Mother:
    """The process that workers are forked from."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def fork(self, *words: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\t".join(words) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def mother(log: Path) -> Iterator[Mother]:
    """Import everything once, for all workers of a session."""
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        ) as process,
    ):
        yield Mother(process)


def _serve() -> None:
    from app import create_app
    from app.cli.worker import work
    from app.extensions import db
    from tests.jobs import kinds  # noqa: F401 - registers them
    from tests.support.site import settings

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
    known: dict[str, Any] = {}
    for line in sys.stdin:
        name, url, folder = line.rstrip("\n").split("\t")
        if url not in known:
            known[url] = create_app(settings(url, Path(folder), WORKER_SILENT_SECONDS=SILENT))
            with known[url].app_context():
                db.engine.dispose()
        pid = os.fork()
        if pid == 0:
            os.close(0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work(name, known[url])
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def wait_until(condition: Any, *, seconds: float = 30.0) -> Any:
    """Wait for something to become true and give it; fail when it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


if __name__ == "__main__":
    _serve()
