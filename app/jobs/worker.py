"""A worker process: takes jobs off the queue, shows life, takes over, runs what comes round.

It may be killed at any instant: what it had begun is gone on with by another worker, or by its
successor. It ends itself as abruptly, because nothing is left to put in order.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.jobs.beats import Beats
from app.jobs.clock import instant
from app.jobs.engine import Steps, limit_idling
from app.jobs.periodic import Periodic, due, run_slot
from app.jobs.queue import KEPT_FOR
from app.jobs.runner import Runner
from app.security.actor import unscoped

LOST = 3  # the exit status of a worker that was taken for dead
_RECORDS_EVERY = 3600

log = logging.getLogger("dingkao.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a worker does what, in seconds; tests are faster than installations."""

    poll: float = 0.2
    beat: float = 2.0
    dead_after: float = 8.0
    look: float = 5.0
    at_once: int = 2


class Worker:
    """One process on one database; ``surround`` gives what translations need around each step."""

    def __init__(
        self,
        engine: Engine,
        *,
        name: str,
        surround: Callable[[], AbstractContextManager[Any]],
        pace: Pace,
    ) -> None:
        self.engine, self.surround, self.pace = engine, surround, pace
        limit_idling(engine)
        self.stop = threading.Event()
        self.beats = Beats(engine, name=name, every=pace.beat, dead_after=pace.dead_after)
        self.steps = Steps(
            engine, executor_id=self.beats.executor_id, poll=pace.poll, at_once=pace.at_once
        )

    def run(self) -> None:
        """Work until a signal ends the process; does not return."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        self.beats.begin()
        self.steps.launch(Runner(self.engine, self.steps, self.surround).run)
        threads = [
            threading.Thread(target=work, name=work.__name__, daemon=True)
            for work in (self._show_life, self._come_round)
        ]
        for thread in threads:
            thread.start()
        while not self.stop.wait(1.0):
            if not all(thread.is_alive() for thread in threads):
                leave(1)  # what broke is in the log; a successor starts afresh
        self.beats.end()
        leave(0)

    def _show_life(self) -> None:
        self.beats.loop(self.stop, take_over=self.steps.take_over, lost=lambda: leave(LOST))

    def _come_round(self) -> None:
        tried: dict[str, object] = {}
        cleared = float("-inf")
        with ThreadPoolExecutor(1) as pool:
            while True:
                try:
                    self._sweep(pool, tried)
                    if time.monotonic() - cleared > _RECORDS_EVERY:
                        self._forget_records()
                        cleared = time.monotonic()
                except DBAPIError as error:  # the database is away: it may come back
                    log.warning("nothing comes round: %s", error)
                if self.stop.wait(self.pace.look):
                    return

    def _sweep(self, pool: ThreadPoolExecutor, tried: dict[str, object]) -> None:
        with self.open_session() as session:
            at = instant(session)
            entries: list[Periodic] = due(session, at=at)
        for entry in entries:
            slot = at.replace(second=0)
            if tried.get(entry.name) == slot:
                continue  # it failed this minute: not again at once
            error = pool.submit(run_slot, self.open_session, entry, at=at).exception()
            if error is not None:
                tried[entry.name] = slot
                log.error("periodic task %s failed", entry.name, exc_info=error)

    def _forget_records(self) -> None:
        with self.open_session() as session:
            before = instant(session) - KEPT_FOR
        while self.steps.forget(before=f"{before.isoformat()}Z"):
            pass

    @contextmanager
    def open_session(self) -> Iterator[Session]:
        """Give a session of the system's, committed at the end of its block."""
        with (
            self.surround(),
            Session(self.engine, expire_on_commit=False) as session,
            unscoped("what comes round is nobody's in particular"),
        ):
            yield session
            session.commit()


def default_name() -> str:
    """Name a worker after its machine and process."""
    return f"{socket.gethostname()}-{os.getpid()}"


def leave(status: int) -> None:
    """End the process at once, whatever its threads are doing."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
