"""Signs of life: a row a process, by the database's clock, and what follows from a silent one."""

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.jobs.clock import database_now
from app.models import WorkerBeat

log = logging.getLogger("dingkao.jobs")


class Beats:
    """The beats of one worker.

    A later worker of the same name replaces an earlier one; whoever finds its own row gone was
    taken for dead and must end, which ``lost`` sees to.
    """

    def __init__(self, engine: Engine, *, name: str, every: float, dead_after: float) -> None:
        self.engine, self.name, self.every = engine, name, every
        self.dead_after = timedelta(seconds=dead_after)
        self.executor_id = f"{name[:64]}-{secrets.token_hex(4)}"

    def begin(self) -> None:
        """Write the first beat; earlier workers of this name count as dead from now on."""
        with Session(self.engine) as session:
            at = database_now(session)
            session.execute(delete(WorkerBeat).where(WorkerBeat.name == self.name))
            session.add(WorkerBeat(id=self.executor_id, name=self.name, started_at=at, seen_at=at))
            session.commit()

    def end(self) -> None:
        """Take the row away, so that others go on with what this worker leaves at once."""
        with Session(self.engine) as session:
            session.execute(delete(WorkerBeat).where(WorkerBeat.id == self.executor_id))
            session.commit()

    def beat(self) -> set[str] | None:
        """Show life and give the ids of all that are alive, or None if this one was given up."""
        with Session(self.engine) as session:
            at = database_now(session)
            mine = WorkerBeat.id == self.executor_id
            seen = session.scalars(
                update(WorkerBeat).where(mine).values(seen_at=at).returning(WorkerBeat.id)
            ).all()
            silent = WorkerBeat.seen_at < at - self.dead_after
            session.execute(delete(WorkerBeat).where(silent))
            alive = set(session.scalars(select(WorkerBeat.id)))
            session.commit()
        return alive if seen else None

    def loop(
        self,
        stop: threading.Event,
        *,
        take_over: Callable[[set[str]], int],
        lost: Callable[[], None],
    ) -> None:
        """Beat until ``stop``; what the silent had begun is handed to ``take_over`` each time."""
        while not stop.wait(self.every):
            try:
                alive = self.beat()
                if alive is None:
                    lost()
                    return
                if found := take_over(alive):
                    log.warning("took over the jobs of %s silent workers", found)
            except DBAPIError as error:  # the database is away: it may come back
                log.warning("no beat: %s", error)
