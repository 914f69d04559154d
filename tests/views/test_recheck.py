"""一般程序复核 and 简易程序复核 as the agency uses them (art. 11, 14)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import Procedure, Verdict
from app.models import Assessment, Opinion
from tests.support.site import Site
from tests.views.casebrowser import buttons, headings, move, page, rows, section, statements, text
from tests.workflows.world import HOSPITAL, REASON, case_id, opinions

GENERAL, SIMPLIFIED = "/recheck/general", "/recheck/simplified"
PASSED = {"work_verdict": "PASS", "ethics_verdict": "PASS"}


def waiting(site: Site, procedure: Procedure = Procedure.GENERAL) -> int:
    return case_id(site, S.AWAITING_AGENCY, procedure)


def failing(site: Site) -> int:
    """Give a case that the institution has judged 不合格."""
    pk = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    facts = opinions(ethics=Verdict.FAIL, reason="两次投诉属实")
    move(site, "hospital", pk, "institution_submit", facts=facts)
    return pk


def decide(client: FlaskClient, pk: int, action: str, **typed: str) -> str:
    answer = client.post(
        f"/steps/assessment/{pk}/{action}",
        data={"next": f"{GENERAL}/list/", "back": f"{GENERAL}/case/{pk}?step=work", **typed},
    )
    assert answer.status_code == 302
    return str(answer.location)


def outcome(site: Site, pk: int) -> tuple[S, Verdict | None]:
    with site.session() as session:
        case = session.get_one(Assessment, pk)
        return S(case.status), case.result


@pytest.mark.parametrize(
    ("base", "procedure", "name"),
    [
        (GENERAL, Procedure.GENERAL, "一般程序复核"),
        (SIMPLIFIED, Procedure.SIMPLIFIED, "简易程序复核"),
    ],
)
def test_the_list_shows_what_waits_of_all_entrusted_institutions(
    shared_site: Site, base: str, procedure: Procedure, name: str
) -> None:
    agency = shared_site.actor("agency")
    with shared_site.session() as session:
        statement = select(Assessment).where(
            Assessment.agency_id == agency.agency_id,
            Assessment.status == S.AWAITING_AGENCY,
            Assessment.procedure == procedure,
        )
        expected = sorted(
            (case.institution.name, case.physician.name) for case in session.scalars(statement)
        )
    html = page(shared_site.client("agency"), f"{base}/list/?per_page=200")

    assert f"<h1>{name}</h1>" in html
    assert headings(html)[:4] == ["序号", "医疗卫生机构", "科室", "姓名"]
    assert sorted((row[1], row[3]) for row in rows(html)) == expected
    assert len({institution for institution, _name in expected}) > 1


def test_an_agency_that_is_not_appointed_sees_nothing(shared_site: Site) -> None:
    pk = waiting(shared_site)

    page(shared_site.client("agency-sn"), f"{GENERAL}/case/{pk}", 404)
    for username in ("hospital", "province", "proctor"):
        page(shared_site.client(username), f"{GENERAL}/list/", 403)


def test_the_page_shows_the_institutions_opinion_beside_the_own_form(shared_site: Site) -> None:
    html = page(shared_site.client("agency"), f"{GENERAL}/case/{waiting(shared_site)}?step=work")

    given = section(html, "医疗卫生机构评定意见")
    assert "工作业绩 合格" in given
    assert "职业道德 合格" in given
    assert "考核机构评定意见" in text(html)
    assert {"通过", "驳回", "退回医疗卫生机构"} <= set(buttons(html))
    assert "新增意见" not in text(html)
    assert "checked" not in html


def test_the_agency_finds_an_institution_by_its_name(shared_site: Site) -> None:
    client = shared_site.client("agency")
    found = rows(page(client, f"{GENERAL}/list/?per_page=200&institution={HOSPITAL}"))

    assert {row[1] for row in found} == {HOSPITAL}


def test_a_list_costs_six_statements_and_a_page_less_than_seventeen(shared_site: Site) -> None:
    client, pk = shared_site.client("agency"), waiting(shared_site)
    page(client, f"{GENERAL}/list/")
    page(client, f"{GENERAL}/case/{pk}")  # the first look of a day is written down
    for url, most in (
        (f"{GENERAL}/list/?per_page=1", 6),
        (f"{GENERAL}/list/?per_page=200", 6),
        (f"{GENERAL}/case/{pk}?step=work", 16),
    ):
        with statements(shared_site) as sent:
            page(client, url)
        assert len(sent) <= most, (url, sent)


def test_passing_goes_on_to_the_exam_and_back_to_the_queue(site: Site) -> None:
    client, pk = site.client("agency"), waiting(site)

    assert decide(client, pk, "agency_pass", **PASSED) == f"{GENERAL}/list/"
    assert outcome(site, pk) == (S.AWAITING_EXAM, None)


def test_a_failed_opinion_warns_and_passing_fails_without_an_exam(site: Site) -> None:
    client, pk = site.client("agency"), failing(site)
    html = page(client, f"{GENERAL}/case/{pk}?step=work")

    assert "医疗卫生机构评定“职业道德”为不合格。通过后考核结果为不合格" in text(html)
    assert "两次投诉属实" in section(html, "医疗卫生机构评定意见")

    decide(client, pk, "agency_pass", **PASSED)
    assert outcome(site, pk) == (S.COMPLETED, Verdict.FAIL)


def test_no_warning_is_shown_without_a_failed_opinion(shared_site: Site) -> None:
    html = page(shared_site.client("agency"), f"{GENERAL}/case/{waiting(shared_site)}?step=work")

    assert "不再参加测评" not in html


@pytest.mark.parametrize(
    ("action", "status", "left"),
    [
        ("agency_reject", S.AGENCY_REJECTED, 0),
        ("agency_return", S.AWAITING_INSTITUTION, 2),
    ],
)
def test_sending_back_needs_a_reason_and_clears_what_is_void(
    site: Site, action: str, status: S, left: int
) -> None:
    client, pk = site.client("agency"), waiting(site)

    decide(client, pk, action, comment=" ")
    assert outcome(site, pk) == (S.AWAITING_AGENCY, None)
    assert "请填写原因后再提交" in text(page(client, f"{GENERAL}/case/{pk}?step=work"))

    decide(client, pk, action, comment=REASON)
    assert outcome(site, pk) == (status, None)
    with site.session() as session:
        statement = select(Opinion.id).where(Opinion.assessment_id == pk)
        assert len(session.scalars(statement).all()) == left


def test_a_refused_pass_keeps_what_was_typed(site: Site) -> None:
    client, pk = site.client("agency"), waiting(site)
    decide(client, pk, "agency_pass", ethics_verdict="FAIL", ethics_reason="", work_verdict="PASS")
    html = page(client, f"{GENERAL}/case/{pk}?step=work")

    assert "请对“职业道德”给出" in text(html)
    assert html.count("checked") == 2
    assert outcome(site, pk) == (S.AWAITING_AGENCY, None)
