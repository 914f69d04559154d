"""A site with workers beside it, and shorthands to ask for jobs and look at them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.jobs.queue import submit
from app.models import Job
from app.views.clock import now
from tests.jobs import kinds  # noqa: F401 - registers them
from tests.jobs.process import Mother, Nursery, mother, wait_until
from tests.support.site import Site


class Desk:
    """Asks for jobs as people of the demo and watches them."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def ask(self, kind: str, *, username: str = "hospital", **arguments: Any) -> int:
        with self.site.session(username) as session:
            job = submit(
                session,
                kind,
                actor=self.site.actor(username),
                at=now(),
                title=kind,
                arguments={"total": 1, **arguments},
            )
            session.commit()
            return int(job.id)

    def seen(self, job_id: int) -> Any:
        """The job as it is now."""
        with self.site.session() as session:
            job = session.get_one(Job, job_id, populate_existing=True)
            session.expunge(job)
            return job

    def ended(self, job_id: int, *, seconds: float = 30.0) -> Any:
        """The job once it has ended."""
        return wait_until(
            lambda: job if (job := self.seen(job_id)).ended_at else None, seconds=seconds
        )


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)


@pytest.fixture(scope="session")
def workers_mother(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mother]:
    with mother(tmp_path_factory.mktemp("workers") / "log") as opened:
        yield opened


@pytest.fixture
def workers(site: Site, tmp_path: Path, workers_mother: Mother) -> Iterator[Nursery]:
    opened = Nursery(workers_mother, site.url, tmp_path)
    yield opened
    opened.end()
