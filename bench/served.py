"""Applications behind the program's own WSGI server, and a browser that keeps its connection."""

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

from gunicorn.app.base import BaseApplication

_START_SECONDS = 20


class _Server(BaseApplication):
    def __init__(self, make: Callable[[], Any], port: int, processes: int) -> None:
        self.make, self.port, self.processes = make, port, processes
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", f"127.0.0.1:{self.port}")
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("workers", self.processes)
        self.cfg.set("threads", 24)
        self.cfg.set("keepalive", 60)
        self.cfg.set("loglevel", "error")

    def load(self) -> Any:
        return self.make()


@contextmanager
def served(make: Callable[[], Any], *, processes: int = 1) -> Iterator[int]:
    """Serve what ``make`` builds, in processes of its own; give the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = multiprocessing.get_context("fork").Process(target=_Server(make, port, processes).run)
    process.start()
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.join(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


class Browser:
    """One kept connection; ``cookie`` is sent with every request."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": cookie} if cookie else {}

    def get(self, path: str) -> bytes:
        """Read a page whole.

        :raises RuntimeError: another status than 200.
        """
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return body
