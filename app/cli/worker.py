"""``dingkao worker``: runs jobs; any number of them on PostgreSQL.

It is a small parent that starts the process that works, and starts it again whenever that ends.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

_AGAIN_AFTER = 1.0
_POLITE = 5.0
_COMMAND = "import sys; from app.cli import main; main(sys.argv[1:])"


@click.command()
@click.option("--name", default="", help="a later worker of this name replaces an earlier one")
@click.option("--once", is_flag=True, help="work in this process, and end if it is given up")
@click.option("--until-input-ends", is_flag=True, help="end as well when the standard input does")
def worker(name: str, once: bool, until_input_ends: bool) -> None:
    """Run jobs until a signal ends the process."""
    if once:
        work(name)
    else:
        _watch(name, until_input_ends=until_input_ends)


def work(name: str, app: Any = None) -> None:
    """Run jobs in this process, for an application or the configured one; does not return."""
    from flask_babel import force_locale

    from app import create_app
    from app.extensions import db
    from app.jobs.worker import Pace, Worker, default_name

    app = app or create_app()
    with app.app_context():
        engine = db.engine

    @contextmanager
    def surround() -> Iterator[None]:
        with app.app_context(), force_locale("zh"):
            yield

    silent = app.config["WORKER_SILENT_SECONDS"]
    pace = Pace(beat=silent / 4, dead_after=silent, look=min(5.0, silent))
    Worker(engine, name=name or default_name(), surround=surround, pace=pace).run()


def start_embedded(name: str) -> subprocess.Popen[bytes]:
    """Start a watched worker that ends with this process, however that ends."""
    return subprocess.Popen(_command(name, "--until-input-ends"), stdin=subprocess.PIPE)


def _watch(name: str, *, until_input_ends: bool) -> None:
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    if until_input_ends:
        threading.Thread(target=_await_end_of_input, args=(over,), daemon=True).start()
    while not over.is_set():
        child = subprocess.Popen(_command(name, "--once"), stdin=subprocess.DEVNULL)
        while child.poll() is None and not over.wait(0.2):
            pass
        if over.is_set():
            _end(child)
        else:
            click.echo(f"the worker ended with {child.returncode}: starting it again", err=True)
            time.sleep(_AGAIN_AFTER)


def _await_end_of_input(over: threading.Event) -> None:
    # It closes when the program that holds its other end is gone. Read without Python's buffer: its
    # lock would be held when the interpreter ends before that.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    over.set()


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(timeout=_POLITE)
    except subprocess.TimeoutExpired:
        child.kill()


def _command(name: str, *options: str) -> list[str]:
    named = ["--name", name] if name else []
    return [sys.executable, "-c", _COMMAND, "worker", *named, *options]
