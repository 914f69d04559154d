"""批量通过: routine cases pass together after a preview; everything else is looked at one by one."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import EthicsGrade, OpinionPart, Procedure, Role, Verdict
from app.models import (
    Assessment,
    Attachment,
    ConductRecord,
    Institution,
    OutsideOpinion,
    Registration,
    TrailEntry,
)
from app.operations import batch_exceptions
from app.operations.registrations import SCOPE
from app.periods import local_day
from app.views.clock import now
from tests.support.site import Site
from tests.views.casebrowser import page
from tests.workflows.world import HOSPITAL

CLERK, NEIGHBOUR = "hospital", "hospital-3"
GENERAL, SIMPLIFIED = "/review/general", "/review/simplified"


def waiting(site: Site, procedure: Procedure) -> list[int]:
    with site.session() as session:
        return list(
            session.scalars(
                select(Assessment.id)
                .join(Institution, Institution.id == Assessment.institution_id)
                .where(
                    Assessment.status == S.AWAITING_INSTITUTION,
                    Assessment.procedure == procedure,
                    Institution.name == HOSPITAL,
                )
                .order_by(Assessment.submitted_at, Assessment.id)
            )
        )


def sent_of(case: Assessment) -> Registration:
    found = case.participation.registration
    assert found is not None
    return found


def make_routine(site: Site, pk: int) -> None:
    """Take away whatever a reviewer would have to weigh."""
    with site.session() as session:
        case = session.get_one(Assessment, pk)
        case.returned_reason, case.return_count = None, 0
        sent = sent_of(case)
        sent.has_bad_record = False
        for row in list(case.conduct_records):
            if not row.is_good:
                session.delete(row)
        for row in list(case.outside_opinions):
            session.delete(row)
        for year in sent.work_years:
            year.complaints, year.annual_grade = 0, EthicsGrade.GOOD
        for answer in sent.ethics_answers:
            answer.grade = EthicsGrade.GOOD
        if sent.procedure is Procedure.SIMPLIFIED and not case.participation.attachments:
            session.add(
                Attachment(
                    filename="证明.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
                    content=b"x", uploaded_at=now(), participation_id=case.participation_id,
                    **{name: getattr(case, name) for name in SCOPE},
                )
            )  # fmt: skip
        session.commit()


@pytest.fixture
def routine(site: Site) -> list[int]:
    found = waiting(site, Procedure.GENERAL)[:2]
    assert len(found) == 2
    for pk in found:
        make_routine(site, pk)
    return found


def previewed(client: FlaskClient, base: str, **data: Any) -> str:
    answer = client.post(f"{base}/batch", data=data)
    assert answer.status_code == 200
    return answer.text


def keys(html: str) -> list[str]:
    return re.findall(r'name="cases" value="([^"]+)"', html)


def confirm(client: FlaskClient, base: str, chosen: list[str]) -> str:
    answer = client.post(f"{base}/batch/pass", data={"cases": chosen}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def statuses(site: Site, ids: list[int]) -> list[S]:
    with site.session() as session:
        return [session.get_one(Assessment, pk).status for pk in ids]


def test_a_preview_changes_nothing_and_its_confirmation_passes_each_case(
    site: Site, routine: list[int]
) -> None:
    client = site.client(CLERK)
    html = previewed(client, GENERAL, ids=[str(pk) for pk in routine])
    assert [int(key.partition(":")[0]) for key in keys(html)] == routine
    assert statuses(site, routine) == [S.AWAITING_INSTITUTION] * 2

    assert "批量通过2件" in confirm(client, GENERAL, keys(html))

    assert statuses(site, routine) == [S.AWAITING_AGENCY] * 2
    with site.session() as session:
        for pk in routine:
            case = session.get_one(Assessment, pk)
            given = {(row.role, row.part): row.verdict for row in case.opinions}
            entries = session.scalars(
                select(TrailEntry).where(
                    TrailEntry.participation_id == case.participation_id,
                    TrailEntry.action == "institution_submit",
                    TrailEntry.comment.startswith("批量通过"),
                )
            ).all()
            assert given == {(Role.INSTITUTION, part): Verdict.PASS for part in OpinionPart}
            assert len(entries) == 1


def _declare(case: Assessment) -> None:
    sent_of(case).has_bad_record = True


def _record(case: Assessment) -> None:
    case.conduct_records.append(
        ConductRecord(
            is_good=False, place="某院", closed_on=local_day(now()), outcome="通报批评",
            **{name: getattr(case, name) for name in SCOPE},
        )
    )  # fmt: skip


def _return(case: Assessment) -> None:
    case.return_count = 1  # it was corrected since, and the reason is gone


def _other_place(case: Assessment) -> None:
    case.outside_opinions.append(
        OutsideOpinion(
            status_since=now(),
            place="某中心", content="无异议", given_at=now(),
            **{name: getattr(case, name) for name in SCOPE},
        )
    )  # fmt: skip


def _complain(case: Assessment) -> None:
    sent_of(case).work_years[0].complaints = 1


def _grade(case: Assessment) -> None:
    sent_of(case).work_years[0].annual_grade = EthicsGrade.POOR


def _assess(case: Assessment) -> None:
    sent_of(case).ethics_answers[0].grade = EthicsGrade.POOR


def _leave(case: Assessment) -> None:
    sent_of(case).has_bad_record = None


# what is planted in a routine case → the exception that must be named
PLANTED: list[tuple[Callable[[Assessment], None], str]] = [
    (_declare, "declared"),  # art. 20, 21: a bad record is weighed by a person
    (_leave, "declared"),
    (_record, "recorded"),
    (_return, "returned"),
    (_other_place, "outside"),  # manual 1.7: another institution's opinion is read
    (_complain, "complaints"),
    (_grade, "annual"),  # art. 13: the annual appraisal
    (_assess, "ethics"),
]


@pytest.mark.parametrize(("plant", "name"), PLANTED)
def test_whatever_must_be_weighed_is_left_out_with_its_reason(
    site: Site, routine: list[int], plant: Callable[[Assessment], None], name: str
) -> None:
    first, second = routine
    with site.session() as session:
        plant(session.get_one(Assessment, first))
        session.commit()
    (reason,) = [
        str(one.reason._args[0]) for one in batch_exceptions.EXCEPTIONS if one.name == name
    ]

    html = previewed(site.client(CLERK), GENERAL, ids=[str(first), str(second)])

    assert [int(key.partition(":")[0]) for key in keys(html)] == [second]
    assert reason in html.partition("需逐件审核")[2]


def test_a_simplified_case_needs_its_evidence(site: Site) -> None:
    (pk, *_others) = waiting(site, Procedure.SIMPLIFIED)
    make_routine(site, pk)
    client = site.client(CLERK)
    assert len(keys(previewed(client, SIMPLIFIED, ids=[str(pk)]))) == 1
    with site.session() as session:
        for file in session.get_one(Assessment, pk).participation.attachments:
            session.delete(file)
        session.commit()

    html = previewed(client, SIMPLIFIED, ids=[str(pk)])

    assert keys(html) == []
    assert "申请简易程序而未上传证明材料" in html


def test_what_changed_after_the_preview_is_not_passed(site: Site, routine: list[int]) -> None:
    client = site.client(CLERK)
    shown = keys(previewed(client, GENERAL, ids=[str(pk) for pk in routine]))
    with site.session() as session:
        session.get_one(Assessment, routine[0]).version += 1
        session.commit()

    text = confirm(client, GENERAL, shown)

    assert "预览后有变化" in text
    assert statuses(site, routine) == [S.AWAITING_INSTITUTION, S.AWAITING_AGENCY]


def test_a_forged_confirmation_passes_no_exception(site: Site, routine: list[int]) -> None:
    first = routine[0]
    with site.session() as session:
        case = session.get_one(Assessment, first)
        _declare(case)
        session.commit()
        version = case.version

    text = confirm(site.client(CLERK), GENERAL, [f"{first}:{version}"])

    assert "医师申报有不良执业行为记录" in text
    assert statuses(site, [first]) == [S.AWAITING_INSTITUTION]


def test_nobody_passes_the_cases_of_another_hospital(site: Site, routine: list[int]) -> None:
    client = site.client(NEIGHBOUR)
    with site.session() as session:
        chosen = [f"{pk}:{session.get_one(Assessment, pk).version}" for pk in routine]

    assert keys(previewed(client, GENERAL, ids=[str(pk) for pk in routine])) == []
    assert "批量通过0件" in confirm(client, GENERAL, chosen)
    assert statuses(site, routine) == [S.AWAITING_INSTITUTION] * 2


def test_all_that_the_filter_finds_is_previewed_and_the_filter_is_kept(
    site: Site, routine: list[int]
) -> None:
    html = previewed(site.client(CLERK), GENERAL, scope="filter", category="CLINICAL")

    assert "/review/general/list/?category=CLINICAL" in html
    with site.session() as session:
        clinical = {
            pk
            for pk in waiting(site, Procedure.GENERAL)
            if session.get_one(Assessment, pk).physician.category.name == "CLINICAL"
        }
    listed = {int(pk) for pk in re.findall(r"/review/general/case/(\d+)", html)}
    assert listed == clinical


def test_the_list_offers_it(shared_site: Site) -> None:
    assert "批量通过" in page(shared_site.client(CLERK), f"{GENERAL}/list/")


def test_the_agency_passes_its_routine_cases_and_looks_at_the_others(site: Site) -> None:
    with site.session() as session:
        rows = session.scalars(
            select(Assessment)
            .where(
                Assessment.status == S.AWAITING_AGENCY, Assessment.procedure == Procedure.GENERAL
            )
            .order_by(Assessment.id)
        ).all()
        agency_id = rows[0].agency_id
        ids = [row.id for row in rows if row.agency_id == agency_id]
        failed = next(
            (row.id for row in rows if any(o.verdict is Verdict.FAIL for o in row.opinions)), None
        )
    assert failed is not None
    easy = next(pk for pk in ids if pk != failed)
    make_routine(site, easy)
    who = next(
        name
        for name in ("agency", "hospital", "agency-sn")
        if site.actor(name, Role.AGENCY).agency_id == agency_id
    )
    client = site.client(who, Role.AGENCY)

    html = client.post("/recheck/general/batch", data={"ids": [str(easy), str(failed)]}).text
    assert "医疗卫生机构评定有不合格" in html
    assert [int(key.partition(":")[0]) for key in keys(html)] == [easy]
    answer = client.post(
        "/recheck/general/batch/pass", data={"cases": [*keys(html), f"{failed}:1"]}
    )
    assert answer.status_code == 302

    with site.session() as session:
        case = session.get_one(Assessment, easy)
        assert case.status in (S.AWAITING_EXAM, S.AWAITING_VERDICT)
        mine = [row.verdict for row in case.opinions if row.role is Role.AGENCY]
        assert mine == [Verdict.PASS, Verdict.PASS]
        assert session.get_one(Assessment, failed).status is S.AWAITING_AGENCY
