"""任务: one's own long work only, how far it is, calling it off, and its files."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.enums import JobStatus
from app.jobs import queue, results
from app.models import Job
from app.views.clock import now
from app.views.jobwords import left_text
from tests.support.site import Site
from tests.views.physicians import counted, rows

pytestmark = pytest.mark.both

LIST = "/jobs/list/"


def asked(site: Site, username: str = "hospital", **changes: Any) -> int:
    """Let somebody ask for a job of 600 rows; return its id."""
    with site.session(username) as session:
        job = queue.submit(
            session,
            "bulk_step",
            actor=site.actor(username),
            at=now(),
            title="批量参加",
            arguments={"workflow": "participation", "action": "confirm", "ids": []},
            total=600,
        )
        session.commit()
        pk = int(job.id)
    if changes:
        with site.session() as session:
            session.execute(update(Job).where(Job.id == pk).values(**changes))
            session.commit()
    return pk


def with_file(site: Site, pk: int, content: bytes, *, is_report: bool = False) -> int:
    """Give a job a file; return its id."""
    with site.session() as session:
        kept = results.store_file(
            session,
            pk,
            name="医师列表.csv",
            content_type="text/csv",
            content=content,
            is_report=is_report,
        )
        session.commit()
        return int(kept.id)


def progress(site: Site, username: str, query: str = "") -> list[dict[str, Any]]:
    answer = site.client(username).get(f"/jobs/progress{query}")
    found: list[dict[str, Any]] = json.loads(answer.text)["jobs"]
    return found


def test_the_list_holds_ones_own_jobs_newest_first(site: Site) -> None:
    first = asked(site, state=JobStatus.DONE, done=600, ended_at=now())
    second = asked(site)
    asked(site, "agency")
    with_file(site, first, b"a")
    with_file(site, first, b"b", is_report=True)

    html = site.client("hospital").get(LIST).text

    assert [row[3:5] for row in rows(html)] == [["排队中", "0 / 600"], ["已完成", "600 / 600"]]
    assert [row[-1] for row in rows(html)] == ["查看 取消任务", "查看 下载结果 下载错误报告"]
    assert html.index(f"/jobs/show/{second}") < html.index(f"/jobs/show/{first}")


def test_the_list_is_filtered_and_exported_by_kind_and_state(site: Site) -> None:
    asked(site, state=JobStatus.DONE, done=600, ended_at=now())
    asked(site)
    client = site.client("hospital")

    assert len(rows(client.get(f"{LIST}?work=bulk_step&state=DONE").text)) == 1
    assert rows(client.get(f"{LIST}?work=export").text) == []
    text = client.get("/jobs/export/csv?work=bulk_step&state=DONE").get_data().decode()
    assert text.count("批量参加") == 1
    assert "600 / 600" in text


def test_the_list_is_read_in_six_statements_at_most(site: Site) -> None:
    for _number in range(3):
        asked(site)
    client = site.client("hospital")

    with counted() as statements:
        client.get(LIST)

    assert len(statements) <= 6, statements


def test_pages_of_people_without_jobs_ask_nothing_of_them(site: Site) -> None:
    client = site.client("hospital")

    with counted() as statements:
        html = client.get("/departments/list/").text

    assert 'data-tray="/jobs/progress"' in html
    assert [text for text in statements if "job" in text.lower()] == []


@pytest.mark.parametrize("path", ["/jobs/show/{job}", "/jobs/files/{file}"])
def test_a_foreign_job_and_its_file_do_not_exist(site: Site, path: str) -> None:
    job = asked(site, state=JobStatus.DONE, done=600, ended_at=now())
    url = path.format(job=job, file=with_file(site, job, b"a"))

    assert site.client("hospital").get(url).status_code == 200
    for stranger in ("agency", "province", "county", "sysadmin", "auditor"):
        assert site.client(stranger).get(url).status_code == 404, stranger


def test_a_foreign_job_cannot_be_called_off_nor_seen_to_progress(site: Site) -> None:
    job = asked(site)

    assert site.client("province").post(f"/jobs/cancel/{job}").status_code == 404
    assert progress(site, "province", f"?known={job}") == []
    with site.session() as session:
        assert session.get_one(Job, job).state is JobStatus.QUEUED


def test_a_job_is_called_off_once(site: Site) -> None:
    job = asked(site, state=JobStatus.RUNNING, started_at=now(), done=200)
    client = site.client("hospital")

    assert "任务已取消" in client.post(f"/jobs/cancel/{job}", follow_redirects=True).text
    again = client.post(f"/jobs/cancel/{job}", follow_redirects=True).text

    assert "该任务已经结束，不能取消。" in again
    assert "取消任务" not in again
    with site.session() as session:
        assert session.get_one(Job, job).state is JobStatus.CANCELLED


def test_progress_tells_of_what_runs_and_of_what_the_browser_knows(site: Site) -> None:
    ended = asked(site, state=JobStatus.DONE, done=600, ended_at=now())
    file = with_file(site, ended, b"a")
    running = asked(site, state=JobStatus.RUNNING, started_at=now(), done=150)

    (only,) = progress(site, "hospital")
    newer, older = progress(site, "hospital", f"?known={ended},x,{10**30}")

    assert only == newer
    assert (newer["id"], newer["count"], newer["is_over"]) == (running, "150 / 600", False)
    assert (older["id"], older["is_over"]) == (ended, True)
    assert older["result_url"] == f"/jobs/files/{file}"


def test_a_file_is_sent_whole_and_under_its_name(site: Site) -> None:
    job = asked(site, state=JobStatus.DONE, done=600, ended_at=now())
    content = bytes(range(256)) * 10_000  # several parts
    file = with_file(site, job, content)

    answer = site.client("hospital").get(f"/jobs/files/{file}")

    assert answer.get_data() == content
    assert int(answer.headers["Content-Length"]) == len(content)
    assert "%E5%8C%BB%E5%B8%88" in answer.headers["Content-Disposition"]


def test_a_file_is_gone_after_its_days(site: Site) -> None:
    job = asked(site, state=JobStatus.DONE, done=600, ended_at=now())
    file = with_file(site, job, b"a")
    client = site.client("hospital")
    assert "文件保留至" in client.get(f"/jobs/show/{job}").text

    with site.session() as session:
        session.execute(update(Job).values(expires_at=now() - timedelta(seconds=1)))
        session.commit()

    assert client.get(f"/jobs/files/{file}").status_code == 404
    html = client.get(f"/jobs/show/{job}").text
    assert "文件已过保留期" in html
    assert f"/jobs/files/{file}" not in html


AT = datetime(2026, 6, 1, 2)


@pytest.mark.parametrize(
    ("state", "seconds", "done", "words"),
    [
        (JobStatus.QUEUED, None, 0, "等待执行"),
        (JobStatus.RUNNING, 1, 100, "正在估算剩余时间"),  # too early to tell
        (JobStatus.RUNNING, 60, 0, "正在估算剩余时间"),
        (JobStatus.RUNNING, 10, 500, "约剩10秒"),
        (JobStatus.RUNNING, 10, 999, "约剩5秒"),
        (JobStatus.RUNNING, 100, 500, "约剩2分钟"),
        (JobStatus.RUNNING, 3600, 250, "约剩3小时"),
    ],
)
def test_the_time_left_follows_the_pace(
    shared_site: Site, state: JobStatus, seconds: int | None, done: int, words: str
) -> None:
    started = None if seconds is None else AT - timedelta(seconds=seconds)
    job = Job(state=state, started_at=started, done=done, total=1000)

    with shared_site.app.test_request_context("/"):
        assert left_text(job, at=AT) == words
