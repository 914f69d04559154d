"""考核进度 for every role that has it (manual 1.9.1), and the authority's 驳回."""

import pytest
from sqlalchemy import func, select

from app.enums import AssessmentStatus as S
from app.enums import Procedure
from app.models import Assessment, Institution
from tests.support.site import Site
from tests.views.casebrowser import (
    buttons,
    headings,
    page,
    person,
    rows,
    section,
    statements,
    status,
    text,
)
from tests.workflows.world import HOSPITAL, REASON, case_id

LIST = "/progress/list/"
COLUMNS = [
    "序号",
    "科室",
    "姓名",
    "年龄",
    "证件号码",
    "执业类别",
    "医师级别",
    "考核程序",
    "考核状态",
    "考核结果",
]


def numbers(site: Site) -> dict[S, int]:
    with site.session() as session:
        statement = (
            select(Assessment.status, func.count())
            .join(Institution, Institution.id == Assessment.institution_id)
            .where(Institution.name == HOSPITAL)
            .group_by(Assessment.status)
        )
        return dict(session.execute(statement).all())


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("hospital", [*COLUMNS, "操作"]),
        ("agency", ["序号", "医疗卫生机构", *COLUMNS[1:], "操作"]),
        ("county", ["序号", "医疗卫生机构", *COLUMNS[1:], "操作"]),
        ("proctor", ["序号", "医疗卫生机构", *COLUMNS[1:]]),
    ],
)
def test_everyone_gets_the_columns_of_the_role(
    shared_site: Site, username: str, expected: list[str]
) -> None:
    html = page(shared_site.client(username), LIST)

    assert "<h1>考核进度</h1>" in html
    assert headings(html) == expected


def test_tabs_divide_the_cycle_as_the_home_page_counts_it(shared_site: Site) -> None:
    client, by_state = shared_site.client("hospital"), numbers(shared_site)
    everything = sum(by_state.values()) - by_state[S.HALTED]
    reported = everything - by_state[S.AWAITING_FORM]
    waiting = (S.AWAITING_INSTITUTION, S.INSTITUTION_REJECTED, S.AGENCY_REJECTED)
    reviewed = reported - sum(by_state.get(state, 0) for state in waiting)
    expected = {
        "all": everything,
        "reported": reported,
        "reviewed": reviewed,
        "completed": by_state[S.COMPLETED],
        "halted": by_state[S.HALTED],
    }

    for tab, number in expected.items():
        html = page(client, f"{LIST}?tab={tab}&per_page=200")
        assert len(rows(html)) == number, tab
        assert f"共{number}条记录" in text(html)
    home = text(page(client, "/"))
    for number in (reported, reviewed, expected["completed"]):
        assert f"{number} /" in home


def test_filters_combine_procedure_and_state(shared_site: Site) -> None:
    client = shared_site.client("hospital")
    html = page(client, f"{LIST}?procedure=SIMPLIFIED&status=COMPLETED&per_page=200")

    found = rows(html)
    assert found
    assert {(row[7], row[8]) for row in found} == {("简易程序", "考核完成")}


def test_the_number_finds_exactly_one(shared_site: Site) -> None:
    pk = case_id(shared_site, S.COMPLETED)
    who = person(shared_site, pk)

    found = rows(page(shared_site.client("county"), f"{LIST}?id_number={who.id_number}"))

    assert [(row[1], row[3], row[5]) for row in found] == [(HOSPITAL, who.name, who.id_masked)]


def test_scopes_hold(shared_site: Site) -> None:
    pk = case_id(shared_site, S.COMPLETED)

    for username in ("county", "province", "agency", "hospital"):
        page(shared_site.client(username), f"/progress/case/{pk}")
    for username in ("city", "province-sn", "hospital-sn", "hospital-4"):
        page(shared_site.client(username), f"/progress/case/{pk}", 404)
    page(shared_site.client("proctor"), f"/progress/case/{pk}", 403)
    page(shared_site.client("proctor"), "/progress/export/csv", 403)


def test_the_page_shows_both_opinions_and_the_result(shared_site: Site) -> None:
    pk = case_id(shared_site, S.COMPLETED, Procedure.GENERAL)
    html = page(shared_site.client("hospital"), f"/progress/case/{pk}?step=work")

    assert "尚成格" in section(html, "医疗卫生机构评定意见")
    assert "路知远" in section(html, "考核机构评定意见")
    assert "考核状态 考核完成" in section(html, "考核结果")
    assert "work_verdict" not in html
    assert not {"提交", "驳回", "通过"} & set(buttons(html))


def test_a_draft_is_not_shown_before_it_is_submitted(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_FORM)
    html = page(shared_site.client("hospital"), f"/progress/case/{pk}?step=work")

    assert "医师尚未提交报名信息。" in text(html)
    assert "个人述职" not in text(html)


@pytest.mark.parametrize("step", ["info", "work", "log", "nonsense"])
def test_the_authority_may_send_back_from_every_step(shared_site: Site, step: str) -> None:
    pk = case_id(shared_site, S.AWAITING_AGENCY)
    html = page(shared_site.client("county"), f"/progress/case/{pk}?step={step}")

    assert buttons(html).count("驳回") == 1
    assert f"/steps/assessment/{pk}/authority_return" in html


def test_before_submission_the_authoritys_button_says_why_it_is_closed(shared_site: Site) -> None:
    pk = case_id(shared_site, S.AWAITING_FORM)
    html = page(shared_site.client("county"), f"/progress/case/{pk}")

    assert "当前状态为“待填报信息”，不能进行此操作。" in html
    assert "authority_return" not in html


def test_the_authority_sends_a_registration_back(site: Site) -> None:
    client, pk = site.client("county"), case_id(site, S.AWAITING_EXAM)
    here = f"/progress/case/{pk}?step=info"
    url = f"/steps/assessment/{pk}/authority_return"

    refused = client.post(url, data={"next": here, "back": here})
    assert refused.location == here
    assert status(site, pk) is S.AWAITING_EXAM

    done = client.post(url, data={"next": here, "back": here, "comment": REASON})
    html = page(client, str(done.location))
    assert status(site, pk) is S.AWAITING_FORM
    assert f"驳回原因 ：{REASON}" in text(html)


def test_lists_cost_six_statements_and_pages_less_than_fifteen(shared_site: Site) -> None:
    pk = case_id(shared_site, S.COMPLETED, Procedure.GENERAL)
    for username in ("hospital", "agency", "county", "proctor"):
        client = shared_site.client(username)
        page(client, LIST)
        urls = [(f"{LIST}?per_page=1", 6), (f"{LIST}?per_page=200", 6)]
        if username != "proctor":
            urls.append((f"/progress/case/{pk}?step=work", 14))
        for url, most in urls:
            with statements(shared_site) as sent:
                page(client, url)
            assert len(sent) <= most, (username, url, sent)
