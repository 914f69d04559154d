"""How long a job waits: from the commit of the request to the first sign of work, by a real worker."""

import os
import statistics
import subprocess
import sys
import time

from app.extensions import db
from app.jobs.bulk import submit_bulk
from app.security.actor import acting_as
from app.views.clock import now
from app.workflows.participation import PARTICIPATION
from bench.country_site import Bench
from bench.harness import Report

JOBS = 20
COMMAND = "import sys; from app.cli import main; main(sys.argv[1:])"


def measure(bench: Bench, report: Report) -> None:
    """Ask for jobs one after the other while a worker runs, and watch from another connection."""
    environ = {**os.environ, "DATABASE_URL": bench.dsn, "DINGKAO_PROFILE": "test"}
    worker = subprocess.Popen([sys.executable, "-c", COMMAND, "worker"], env=environ)
    try:
        _waited(bench, _ask(bench), patience=60)  # the worker has started
        waits = [_waited(bench, _ask(bench), patience=10) for _ in range(JOBS)]
    finally:
        worker.terminate()
        worker.wait()
    report.add("job: commit to first step, median", statistics.median(waits) * 1000, "ms")
    report.add("job: commit to first step, longest", max(waits) * 1000, "ms")


def _ask(bench: Bench) -> int:
    actor = bench.site.actor(bench.facts["clerk"])
    with bench.site.app.app_context(), acting_as(actor):
        session = db.session()
        job = submit_bulk(session, PARTICIPATION, [0], "confirm", actor=actor, at=now())
        session.commit()
        return int(job.id)


def _waited(bench: Bench, job_id: int, *, patience: float) -> float:
    started = time.perf_counter()
    while time.perf_counter() - started < patience:
        found = bench.bare.execute("SELECT state FROM job WHERE id = %s", (job_id,)).fetchone()
        if found and found[0] != "QUEUED":
            return time.perf_counter() - started
        time.sleep(0.005)
    raise RuntimeError(f"job {job_id} did not start")
