"""测评进度 in pages: the manual's columns, scores of many at once, a batch confirmed by another."""

import re

import pytest
from sqlalchemy import func, select

from app.enums import PaperStatus as P
from app.models import Paper
from tests.support.site import Site
from tests.views.administration import text

pytestmark = pytest.mark.embedded


def waiting(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'name="score-(\d+)"', html)]


def number(site: Site, status: P) -> int:
    with site.session("agency") as session:
        statement = select(func.count(Paper.id)).where(Paper.status == status)
        return session.scalar(statement) or 0


def test_the_list_has_the_manual_s_columns_for_everybody_who_oversees(shared_site: Site) -> None:
    manual = ["序号", "科室", "名称", "证件号码", "执业类别", "考核机构", "考核程序", "试卷名称"]
    shown = shared_site.client("hospital").get("/papers/list/").text
    heads = [
        re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"(?s)<th[^>]*>(.*?)</th>", shown)
    ]
    assert heads[: len(manual)] == manual
    assert {"测评结果", "测评状态", "操作"} <= set(heads)
    for who in ("agency", "province", "county", "proctor"):
        assert shared_site.client(who).get("/papers/list/").status_code == 200
    assert "录入成绩" not in text(shared_site.client("hospital").get("/papers/list/"))


@pytest.mark.parametrize(
    "query",
    ["procedure=GENERAL", "paper=公共", "status=DONE", "result=FAIL", "tab=makeup", "name=王"],
)
def test_every_filter_answers(shared_site: Site, query: str) -> None:
    assert shared_site.client("agency").get(f"/papers/list/?{query}").status_code == 200


def test_scores_are_entered_together_and_confirmed_by_somebody_else(site: Site) -> None:
    client = site.client("agency")
    ids = waiting(client.get("/papers/scores").text)[:3]
    before = number(site, P.ENTERED)
    sent = {f"score-{ids[0]}": "88.5", f"score-{ids[1]}": "59", f"score-{ids[2]}": " "}
    answer = client.post("/papers/scores", data=sent, follow_redirects=True)
    assert "已录入2份成绩，请由另一人复核。" in text(answer)
    assert number(site, P.ENTERED) == before + 2

    url = "/steps/paper/bulk/confirm?view=PaperView"
    own = client.post(url, data={"ids": ids[:2]}, follow_redirects=True)
    assert "“复核成绩”成功0条。" in own.text
    assert "不能由录入人本人复核" in own.text
    other = site.client("agency-2")
    assert "批量复核成绩" in other.get("/papers/list/?tab=entered").text
    done = other.post(url, data={"ids": ids[:2]}, follow_redirects=True)
    assert "“复核成绩”成功2条。" in done.text
    with site.session("agency") as session:
        found = {pk: session.get_one(Paper, pk).result for pk in ids[:2]}
        assert [one.name if one else None for one in found.values()] == ["PASS", "FAIL"]


def test_one_wrong_score_enters_none_and_what_was_typed_stays(site: Site) -> None:
    client = site.client("agency")
    ids = waiting(client.get("/papers/scores").text)[:2]
    before = number(site, P.ENTERED)
    answer = client.post("/papers/scores", data={f"score-{ids[0]}": "88", f"score-{ids[1]}": "188"})
    assert text(answer).count("成绩应为0至100，最多一位小数。") == 1
    assert re.search(rf'name="score-{ids[0]}"[^>]*value="88"', answer.text)
    assert re.search(rf'name="score-{ids[1]}"[^>]*value="188"[^>]*aria-invalid="true"', answer.text)
    assert number(site, P.ENTERED) == before


def test_another_agency_s_papers_are_neither_shown_nor_entered(site: Site) -> None:
    ids = waiting(site.client("agency").get("/papers/scores").text)
    other = site.client("agency-sn")
    assert not set(ids) & set(waiting(other.get("/papers/scores").text))
    other.post("/papers/scores", data={f"score-{ids[0]}": "88"})
    with site.session() as session:
        assert session.get_one(Paper, ids[0]).score_tenths is None


def test_the_search_narrows_what_is_entered(site: Site) -> None:
    client = site.client("agency")
    shown = client.get("/papers/scores?paper=公共知识").text
    assert "公共知识" in shown
    assert "业务水平</td>" not in shown
    assert waiting(client.get("/papers/scores?institution=没有这家").text) == []
