"""Jobs of a site, run in the test's own process instead of by a worker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs.runner import Runner
from app.models import Job
from app.queries.jobs import UNENDED
from tests.support.site import Site


@dataclass(frozen=True)
class Inline:
    """Steps as the durable engine runs them when nothing goes wrong: one transaction each."""

    engine: Engine

    def run(self, _name: str, work: Callable[[Session], int]) -> int:
        with Session(self.engine, expire_on_commit=False) as session:
            done = work(session)
            session.commit()
        return done


def run_jobs(site: Site) -> None:
    """Run what waits, in the order in which it was asked for."""
    with site.app.app_context():
        engine = db.engine

    @contextmanager
    def surround() -> Iterator[None]:
        with site.app.app_context(), force_locale("zh"):
            yield

    runner = Runner(engine, Inline(engine), surround)  # type: ignore[arg-type]  # the one method that it calls
    for job_id in _waiting(site):
        runner.run(job_id)


def _waiting(site: Site) -> list[int]:
    with site.session() as session:
        statement = select(Job.id).where(Job.state.in_(sorted(UNENDED))).order_by(Job.id)
        return list(session.scalars(statement))
