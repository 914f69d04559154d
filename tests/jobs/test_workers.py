"""Worker processes: signs of life, successors, and the one embedded in ``dingkao run``."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.cli.worker import start_embedded
from app.enums import JobStatus
from app.extensions import db
from app.jobs.beats import Beats
from app.models import WorkerBeat
from tests.jobs.conftest import Desk
from tests.jobs.process import Nursery, wait_until
from tests.support.site import Site


def beats_of(site: Site, name: str) -> Beats:
    with site.app.app_context():
        return Beats(db.engine, name=name, every=1, dead_after=8)


def names(site: Site) -> list[str]:
    with site.session() as session:
        return list(session.scalars(select(WorkerBeat.name).order_by(WorkerBeat.name)))


def test_a_silent_worker_is_dead_for_the_others_and_learns_of_it(site: Site) -> None:
    one, two = beats_of(site, "one"), beats_of(site, "two")
    one.begin()
    two.begin()
    assert one.beat() == two.beat() == {one.executor_id, two.executor_id}

    with site.session() as session:
        row = session.get_one(WorkerBeat, one.executor_id)
        row.seen_at -= timedelta(seconds=9)
        session.commit()

    assert two.beat() == {two.executor_id}
    assert one.beat() is None
    assert names(site) == ["two"]


def test_a_successor_of_the_same_name_takes_its_place_at_once(site: Site) -> None:
    old, new = beats_of(site, "one"), beats_of(site, "one")
    old.begin()
    new.begin()

    assert new.beat() == {new.executor_id}
    assert old.beat() is None
    new.end()
    assert names(site) == []


def test_a_frozen_worker_loses_its_job_and_ends_when_it_wakes(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    frozen = workers.start("frozen")
    job_id = desk.ask("test_notes", total=60, file=str(notes), pause=0.01)
    wait_until(lambda: desk.seen(job_id).done > 2)
    os.kill(frozen, signal.SIGSTOP)
    if desk.site.url.startswith("sqlite"):
        # Frozen in a step it would hold the only write lock, and nobody could go on.
        os.kill(frozen, signal.SIGCONT)
        workers.kill("frozen")
    workers.start("other")

    # Frozen within a step it holds the row of the job until the server ends its session.
    job = desk.ended(job_id, seconds=90)
    assert (job.state, job.done) == (JobStatus.DONE, 60)
    if "frozen" in workers.alive:
        os.kill(frozen, signal.SIGCONT)
        wait_until(lambda: not Path(f"/proc/{frozen}").exists())
        assert desk.seen(job_id).done == 60
    offsets = [line.split()[0] for line in notes.read_text().splitlines()]
    assert set(offsets) == {str(number) for number in range(60)}


def test_a_polite_signal_ends_a_worker_and_its_successor_goes_on(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    pid = workers.start("one")
    job_id = desk.ask("test_notes", total=60, file=str(tmp_path / "notes"), pause=0.02)
    wait_until(lambda: desk.seen(job_id).done > 2)

    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
    assert names(desk.site) == []
    assert desk.seen(job_id).state is JobStatus.RUNNING
    workers.start("another")

    assert desk.ended(job_id).state is JobStatus.DONE


def test_an_embedded_worker_is_kept_and_goes_with_its_program(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", site.url.replace("sqlite:///", "sqlite+pysqlite:///"))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DINGKAO_PROFILE", "test")
    with start_embedded("embedded") as program:
        wait_until(lambda: names(site) == ["embedded"], seconds=60)
        (first,) = embedded(tmp_path)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: set(embedded(tmp_path)) - {first})
        assert program.poll() is None
    # Leaving the block closes its standard input, as the end of a program does, and waits for it.

    assert embedded(tmp_path) == []


def embedded(folder: Path) -> list[int]:
    """The processes of embedded workers on a folder, without their watching parents."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            environ = (entry / "environ").read_bytes()
        except OSError:
            continue  # it ended meanwhile
        if b"worker" in words and b"--once" in words:
            if f"DATA_DIR={folder}".encode() in environ.split(b"\0"):
                found.append(int(entry.name))
    return found
