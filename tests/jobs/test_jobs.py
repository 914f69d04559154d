"""A job from asking to its end, by a real worker process on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.enums import AccountState, JobStatus
from app.jobs import results
from app.jobs.queue import JobEnded, cancel, submit
from app.jobs.runner import MOST_STARTS
from app.models import Account, Job, Physician
from app.views.clock import now
from tests.jobs.conftest import Desk
from tests.jobs.kinds import LAST
from tests.jobs.process import Nursery, wait_until


def test_a_job_runs_chunk_by_chunk_and_leaves_its_file(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    job_id = desk.ask("test_notes", total=3, file=str(notes))
    assert desk.seen(job_id).state is JobStatus.QUEUED

    workers.start("one")
    job = desk.ended(job_id)

    name = desk.site.actor("hospital").name
    assert (job.state, job.done, job.total, job.problem) == (JobStatus.DONE, 3, 3, None)
    assert notes.read_text().splitlines() == [f"{n} {name} prepared {n}" for n in range(3)]
    with desk.site.session("hospital") as session:
        (file,) = session.get_one(Job, job_id).files
        assert (file.name, file.size, file.is_report) == ("结果.csv", 2_100_000, False)
        assert b"".join(results.content_of(session, file)) == b"x" * 2_100_000
    with desk.site.session("agency") as session:
        assert session.get(Job, job_id) is None


def test_a_request_that_is_rolled_back_leaves_no_job(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    lost = tmp_path / "lost"
    with desk.site.session("hospital") as session:
        actor = desk.site.actor("hospital")
        arguments = {"total": 1, "file": str(lost)}
        submit(session, "test_notes", actor=actor, at=now(), title="x", arguments=arguments)
        session.rollback()
    kept = desk.ask("test_notes", file=str(tmp_path / "kept"))

    workers.start("one")
    desk.ended(kept)

    with desk.site.session() as session:
        assert session.scalars(select(Job.id)).all() == [kept]
    assert not lost.exists()


def test_a_job_cannot_touch_rows_that_its_person_does_not_see(desk: Desk, workers: Nursery) -> None:
    own = desk.site.actor("hospital").institution_id
    with desk.site.session() as session:
        mine = Physician.institution_id == own
        foreign = session.scalars(select(Physician.id).where(~mine)).first()
    job_id = desk.ask("test_neighbour", foreign=foreign)

    workers.start("one")
    job = desk.ended(job_id)

    assert (job.state, job.problem) == (JobStatus.DONE, None)
    with desk.site.session() as session:
        renamed = select(Physician.institution_id).where(Physician.name == LAST).distinct()
        assert session.scalars(renamed).all() == [own]


def test_who_lost_the_right_meanwhile_stops_the_job(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    job_id = desk.ask("test_notes", total=2, file=str(notes))
    with desk.site.session() as session:
        statement = select(Account).where(Account.username == "hospital")
        session.scalars(statement).one().state = AccountState.STOPPED
        session.commit()

    workers.start("one")
    job = desk.ended(job_id)

    assert job.state is JobStatus.FAILED
    assert "任务已停止" in job.problem
    assert not notes.exists()
    wait_until(notes.with_suffix(".cleared").exists)


def test_a_job_called_off_starts_no_further_chunk(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    job_id = desk.ask("test_notes", total=1000, file=str(notes), pause=0.05)
    waiting = desk.ask("test_notes", total=1, file=str(tmp_path / "waiting"))
    with desk.site.session("hospital") as session:
        cancel(session, session.get_one(Job, waiting), at=now())
        session.commit()
    workers.start("one")
    wait_until(lambda: desk.seen(job_id).done > 2)

    with desk.site.session("hospital") as session:
        cancel(session, session.get_one(Job, job_id), at=now())
        session.commit()
    wait_until(notes.with_suffix(".cleared").exists)

    job = desk.seen(job_id)
    assert (job.state, job.problem) == (JobStatus.CANCELLED, None)
    assert 2 < job.done < 100
    assert len(notes.read_text().splitlines()) == job.done
    wait_until((tmp_path / "waiting.cleared").exists)
    assert not (tmp_path / "waiting").exists()
    with desk.site.session("hospital") as session, pytest.raises(JobEnded, match="已经结束"):
        cancel(session, session.get_one(Job, job_id), at=now())


def test_a_refusal_is_told_and_an_error_of_ours_is_not(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    refused = desk.ask("test_notes", total=3, file=str(tmp_path / "a"), refuse_at=1)
    broken = desk.ask("test_stumble")
    workers.start("one")

    job = desk.ended(refused)
    assert (job.state, job.done, job.problem) == (JobStatus.FAILED, 1, "不能准备")
    job = desk.ended(broken)
    assert (job.state, job.done) == (JobStatus.FAILED, 0)
    assert str(broken) in job.problem
    assert "secret" not in job.problem


def test_a_job_that_kills_its_worker_every_time_is_given_up(
    desk: Desk, workers: Nursery, tmp_path: Path
) -> None:
    poison = desk.ask("test_poison")
    for _ in range(8):
        if desk.seen(poison).ended_at:
            break
        pid = workers.start("one")
        wait_until(lambda pid=pid: desk.seen(poison).ended_at or not _runs(pid))
    workers.start("one")

    job = desk.ended(poison)
    assert job.state is JobStatus.FAILED
    assert "多次中断" in job.problem
    assert job.tries == MOST_STARTS
    harmless = desk.ask("test_notes", file=str(tmp_path / "notes"))
    assert desk.ended(harmless).state is JobStatus.DONE


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
