"""打印: every list and every case as one page for paper, without chrome."""

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus, Procedure
from app.models import Assessment, Physician
from tests.support.site import Site
from tests.views.casebrowser import headings, rows, text
from tests.workflows.world import case_id


def test_a_printed_list_holds_all_rows_of_the_filter_and_tells_who_printed_what(
    shared_site: Site,
) -> None:
    client = shared_site.client("hospital")

    html = client.get("/progress/list/?print=1&procedure=GENERAL&per_page=10").text

    with shared_site.session("hospital") as session:
        people = session.scalars(
            select(Physician.id_masked)
            .join(Assessment, Assessment.physician_id == Physician.id)
            .where(
                Assessment.procedure == Procedure.GENERAL,
                Assessment.status != AssessmentStatus.HALTED,
            )
        ).all()
    assert len(rows(html)) == len(people) > 10
    assert headings(html)[:3] == ["序号", "科室", "姓名"]
    told = text(html)
    for words in ("考核程序 一般程序", "打印人 尚成格", f"记录数 {len(people)}"):
        assert words in told
    assert 'class="side' not in html
    assert "操作" not in headings(html)


def test_a_list_longer_than_the_limit_says_where_the_rest_is(
    shared_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.views.printing.LIMIT", 2)

    html = shared_site.client("hospital").get("/physicians/list/?print=1&tab=confirmed").text

    assert len(rows(html)) == 2
    assert "只打印前2条，全部记录请导出Excel。" in html


def test_a_printed_case_holds_all_its_steps_and_its_trail(shared_site: Site) -> None:
    pk = case_id(shared_site, AssessmentStatus.COMPLETED, Procedure.GENERAL)

    html = shared_site.client("hospital").get(f"/progress/case/{pk}?print=1").text

    for heading in (
        "基本信息",
        "执业经历",
        "工作业绩",
        "职业道德自评",
        "考核机构评定意见",
        "操作日志",
    ):
        assert heading in html, heading
    with shared_site.session("hospital") as session:
        case = session.get(Assessment, pk)
        assert case.physician.id_masked in html
        assert case.physician.id_number not in html


@pytest.mark.parametrize(
    ("username", "url"),
    [("secadmin", "/roles/list/?print=1"), ("secadmin", "/permissions/list/?print=1&role=AGENCY")],
)
def test_lists_of_the_code_are_printed_too(shared_site: Site, username: str, url: str) -> None:
    html = shared_site.client(username).get(url).text

    assert "sheet-table" in html
    assert len(rows(html)) > 3
