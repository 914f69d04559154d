"""What is too long for a request becomes a job, and what comes of it is what the request gives."""

import csv
import io
import re
from datetime import date
from random import Random
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.demo.people import People
from app.enums import Category, JobStatus
from app.enums import ParticipationStatus as P
from app.models import Assessment, Department, Institution, Job, Participation, TrailEntry
from app.operations.physicians import create_physicians
from app.security.actor import current_actor
from app.views.clock import now
from app.workflows.bulk import fire_many
from app.workflows.participation import PARTICIPATION
from tests.support.jobs import run_jobs
from tests.support.site import Site

pytestmark = pytest.mark.both

CONFIRM = "/steps/participation/bulk/confirm?view=PhysicianView"
EVERYBODY = {"scope": "filter", "tab": "unconfirmed"}
EXPORT = "/physicians/export/"


def newcomers(site: Site, count: int) -> None:
    """Let 平城区医院 take up more physicians, who take part in nothing yet."""
    people = People(Random(600))
    with site.session("hospital") as session:
        unit = session.scalars(select(Department.id).order_by(Department.id)).first()
        rows = [
            people.physician(
                region="140213",
                category=Category.CLINICAL,
                scope="内科专业",
                practice_years=9,
                today=date(2024, 6, 1),
            )
            for _number in range(count)
        ]
        create_physicians(
            session,
            institution=session.scalars(select(Institution)).one(),
            rows=[(one, unit) for one in rows],
            actor=current_actor(),
            at=now(),
        )
        session.commit()


def outcome(session: Any) -> list[Any]:
    """Give what a step leaves behind, apart from its instants."""
    t = TrailEntry
    told = (t.subject, t.subject_id, t.action, t.from_status, t.to_status, t.actor_name, t.comment)
    return [
        session.execute(statement).all()
        for statement in (
            select(Participation.id, Participation.status, Participation.version)
            .order_by(Participation.id),
            select(Assessment.participation_id, Assessment.status, Assessment.institution_id)
            .order_by(Assessment.participation_id),
            select(*told).where(t.action == "confirm").order_by(t.subject_id),
        )
    ]  # fmt: skip


def only_job(site: Site) -> Any:
    with site.session() as session:
        return session.execute(
            select(Job.id, Job.state, Job.done, Job.total, Job.summary, Job.problem)
        ).one()


def files(client: FlaskClient, job: int) -> list[Any]:
    """Fetch what a job's page offers to download."""
    html = client.get(f"/jobs/show/{job}").text
    area = html[html.index("data-job-page") :]
    return [client.get(path) for path in re.findall(r'href="(/jobs/files/\d+)"', area)]


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def _leave(session: Any, pk: int) -> None:
    session.get_one(Participation, pk).status = P.AWAY
    session.flush()


def test_a_step_on_600_rows_is_a_job_with_the_outcome_of_the_direct_step(site: Site) -> None:
    newcomers(site, 600)
    with site.session("hospital") as session:
        waiting = Participation.status == P.UNCONFIRMED
        ids = session.scalars(select(Participation.id).where(waiting)).all()
        _leave(session, ids[0])
        direct = fire_many(
            PARTICIPATION,
            session,
            Participation.id.in_(ids),
            "confirm",
            actor=current_actor(),
            at=now(),
        )
        expected = outcome(session)
        session.rollback()
    client = site.client("hospital")

    answer = client.post(CONFIRM, data=EVERYBODY)

    job = only_job(site)
    assert (answer.status_code, answer.location) == (303, f"/jobs/show/{job.id}")
    assert (job.state, job.done, job.total) == (JobStatus.QUEUED, 0, len(ids))
    assert "已转为后台任务" in client.get(answer.location).text
    with site.session("hospital") as session:
        assert outcome(session) != expected
        _leave(session, ids[0])  # after the job was asked for
        session.commit()

    run_jobs(site)

    job = only_job(site)
    assert (job.state, job.done, job.problem) == (JobStatus.DONE, len(ids), None)
    assert (job.summary["done"], job.summary["refused"]) == (len(direct.done), len(direct.refused))
    with site.session("hospital") as session:
        assert outcome(session) == expected
    (report,) = files(client, job.id)
    assert [int(row[0]) for row in table(report)[1:]] == sorted(direct.refused)


def test_a_step_on_fewer_rows_is_done_at_once(site: Site) -> None:
    answer = site.client("hospital").post(CONFIRM, data=EVERYBODY, follow_redirects=True)

    assert "“参加”成功" in answer.text
    with site.session() as session:
        assert session.scalars(select(func.count()).select_from(Job)).one() == 0


def test_a_step_of_another_role_becomes_no_job(site: Site) -> None:
    site.app.config["JOB_BULK_ROWS"] = 5

    assert site.client("province").post(CONFIRM, data=EVERYBODY).status_code == 403
    with site.session() as session:
        assert session.scalars(select(func.count()).select_from(Job)).one() == 0


@pytest.mark.parametrize("query", ["?tab=confirmed", "?tab=confirmed&sort=-name&age_from=40"])
def test_an_export_of_many_rows_is_a_job_with_the_file_that_is_streamed(
    site: Site, query: str
) -> None:
    client = site.client("hospital")
    _banner, *expected = table(client.get(f"{EXPORT}csv{query}"))
    site.app.config["JOB_EXPORT_ROWS"] = 5
    assert len(expected) > 6

    answer = client.get(f"{EXPORT}csv{query}")
    run_jobs(site)

    job = only_job(site)
    assert (answer.status_code, answer.location) == (303, f"/jobs/show/{job.id}")
    assert (job.state, job.done, job.problem) == (JobStatus.DONE, len(expected) - 1, None)
    (result,) = files(client, job.id)
    banner, *rows = table(result)
    assert rows == expected
    assert "平城区医院" in banner[0]


def test_without_a_limit_every_export_is_sent_at_once(site: Site) -> None:
    site.app.config["JOB_EXPORT_ROWS"] = 0

    answer = site.client("hospital").get(f"{EXPORT}csv?tab=confirmed")

    assert answer.status_code == 200
    assert len(table(answer)) > 10


def test_excel_is_made_by_a_job_as_well(site: Site) -> None:
    site.app.config["JOB_EXPORT_ROWS"] = 5
    client = site.client("hospital")

    client.get(f"{EXPORT}xlsx?tab=confirmed")
    run_jobs(site)

    (result,) = files(client, only_job(site).id)
    sheet = openpyxl.load_workbook(io.BytesIO(result.get_data())).active
    assert sheet is not None
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    heads = next(number for number, line in enumerate(lines) if "姓名" in line)
    with site.session("hospital") as session:
        statement = select(func.count()).where(Participation.status == P.CONFIRMED)
        assert len(lines[heads + 1 :]) == session.scalars(statement).one()


def test_asking_twice_for_an_export_that_waits_leads_to_the_same_job(site: Site) -> None:
    site.app.config["JOB_EXPORT_ROWS"] = 5
    client = site.client("hospital")

    first = client.get(f"{EXPORT}csv?tab=confirmed").location
    again = client.get(f"{EXPORT}csv?tab=confirmed").location
    other = client.get(f"{EXPORT}csv?tab=confirmed&age_from=40").location

    assert first == again != other
    with site.session() as session:
        exports = select(func.count()).where(TrailEntry.action == "export")
        assert session.scalars(exports).one() == 2


def test_an_export_that_was_called_off_leaves_no_file(site: Site) -> None:
    site.app.config["JOB_EXPORT_ROWS"] = 5
    client = site.client("hospital")
    client.get(f"{EXPORT}csv?tab=confirmed")
    job = only_job(site).id

    client.post(f"/jobs/cancel/{job}")
    run_jobs(site)

    assert only_job(site).state is JobStatus.CANCELLED
    assert files(client, job) == []


def test_an_export_of_somebody_who_lost_the_hat_is_not_made(site: Site) -> None:
    site.app.config["JOB_EXPORT_ROWS"] = 5
    site.client("hospital").get(f"{EXPORT}csv?tab=confirmed")
    with site.session() as session:
        session.execute(
            update(Institution).where(Institution.name == "平城区医院").values(status="STOPPED")
        )
        session.commit()

    run_jobs(site)

    job = only_job(site)
    assert job.state is JobStatus.FAILED
    assert "已停用" in job.problem
