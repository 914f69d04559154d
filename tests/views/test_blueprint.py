"""组卷方案 in pages: set, tried out with a seed, told what the bank lacks, closed to the others."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import Category
from app.models import Blueprint, Question
from app.operations import blueprints
from tests.support.site import Site
from tests.views.administration import text

pytestmark = pytest.mark.embedded


def form(*rows: dict[str, object], **facts: object) -> dict[str, Any]:
    sent: dict[str, Any] = {"paper": "业务水平", "minutes": 90, "category": "DENTAL"} | facts
    for number, row in enumerate(rows):
        sent |= {f"rows-{number}-{name}": value for name, value in row.items()}
    return sent


def found(site: Site, category: Category | None) -> int:
    with site.session() as session:
        statement = select(Blueprint.id).where(Blueprint.paper == "业务水平")
        return int(session.scalars(statement.where(Blueprint.category == category)).one())


def stems(html: str) -> list[str]:
    return re.findall(r'(?s)<p class="question-stem prose"><b>\d+\.</b> (.*?)</p>', html)


def test_a_blueprint_is_set_and_tells_what_the_bank_lacks(site: Site) -> None:
    client = site.client("province")
    answer = client.post(
        "/blueprints/add",
        data=form({"kind": "A1", "count": 5}, {"kind": "X", "count": 2, "marks": 3}, {}),
    )
    assert answer.status_code == 302, text(answer)
    pk = found(site, Category.DENTAL)
    shown = text(client.get(f"/blueprints/show/{pk}"))
    assert "共7题，满分11分" in shown
    assert "还缺5题，暂不能组卷" in shown  # no question of 口腔 in the bank
    assert "还缺5题" in client.get(f"/blueprints/preview/{pk}?seed=1", follow_redirects=True).text


def test_a_seed_gives_the_same_paper_again_and_another_another(site: Site) -> None:
    client = site.client("province")
    pk = found(site, Category.CLINICAL)
    fresh = client.get(f"/blueprints/preview/{pk}")
    assert "seed=" in fresh.location
    first = stems(client.get(f"/blueprints/preview/{pk}?seed=甲").text)
    assert len(first) == 50
    assert stems(client.get(f"/blueprints/preview/{pk}?seed=甲").text) == first
    assert stems(client.get(f"/blueprints/preview/{pk}?seed=乙").text) != first


def test_keys_are_of_the_options_as_they_stand_on_the_paper(site: Site) -> None:
    with site.session() as session:
        blueprint = session.get_one(Blueprint, found(site, Category.CHINESE))
        pages = blueprints.pages(session, blueprints.draw(session, blueprint, seed="7"))
        for one in pages:
            right = {one.question.options["ABCDEFGH".index(n)] for n in one.question.answer}
            assert {one.options["ABCDEFGH".index(n)] for n in one.answer} == right
        categories = {one.question.category for one in pages}
    assert categories <= {None, Category.CHINESE}
    client = site.client("province")
    pk = found(site, Category.CHINESE)
    assert "正确答案" not in text(client.get(f"/blueprints/preview/{pk}?seed=7"))
    assert text(client.get(f"/blueprints/preview/{pk}?seed=7&keys=1")).count("正确答案") == 50


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (form(), "请设置题目数量"),
        (form({"kind": "A1", "count": ""}), "请填写"),
        (form({"count": 5}), "请填写"),
        (form({"kind": "A1", "count": 300}, {"kind": "X", "count": 300}), "一份试卷1至500题"),
        (form({"kind": "A1", "count": 5}, minutes=0), "1"),
        (form({"kind": "A1", "count": 5}, category="CLINICAL"), "已有组卷方案"),
    ],
)
def test_a_mistake_is_told_and_what_was_typed_stays(
    site: Site, sent: dict[str, Any], message: str
) -> None:
    with site.session() as session:
        before = len(session.scalars(select(Blueprint.id)).all())
    answer = site.client("province").post("/blueprints/add", data=sent)
    assert answer.status_code == 200
    assert message in text(answer)
    assert f'value="{sent["minutes"]}"' in answer.text
    with site.session() as session:
        assert len(session.scalars(select(Blueprint.id)).all()) == before


def test_more_rows_keep_what_was_typed_and_store_nothing(site: Site) -> None:
    sent = form({"kind": "A1", "count": 7}) | {"stage": "more"}
    answer = site.client("province").post("/blueprints/add", data=sent)
    cell = re.search(r'<input[^>]*name="rows-0-count"[^>]*>', answer.text)
    assert cell is not None
    assert 'value="7"' in cell[0]
    assert "rows-7-count" in answer.text
    with site.session() as session:
        statement = select(Blueprint.id).where(Blueprint.category == Category.DENTAL)
        assert session.scalars(statement).first() is None


def test_it_is_changed_and_deleted_and_the_second_of_two_is_told(site: Site) -> None:
    client, pk = site.client("province"), found(site, Category.CLINICAL)
    version = re.search(
        r'name="version" type="hidden" value="(\d+)"', client.get(f"/blueprints/edit/{pk}").text
    )
    assert version is not None
    sent = form({"kind": "A1", "count": 3}, category="CLINICAL", version=version[1])
    assert client.post(f"/blueprints/edit/{pk}", data=sent).status_code == 302
    assert "共3题" in text(client.get(f"/blueprints/show/{pk}"))
    sent = form({"kind": "A1", "count": 9}, category="CLINICAL", version=version[1])
    assert "可能已由他人处理" in text(client.post(f"/blueprints/edit/{pk}", data=sent))
    assert client.post(f"/blueprints/remove/{pk}").status_code == 302
    with site.session() as session:
        assert session.get(Blueprint, pk) is None


def test_nobody_else_reads_a_blueprint_or_a_question(site: Site) -> None:
    pk = found(site, Category.CLINICAL)
    with site.session() as session:
        question = session.scalars(select(Question.id)).first()
    for who in ("province-sn", "city", "county", "nation"):
        client = site.client(who)
        for url in (f"/blueprints/show/{pk}", f"/blueprints/preview/{pk}?seed=1",
                    f"/blueprints/edit/{pk}", f"/questions/show/{question}",
                    f"/questions/edit/{question}"):  # fmt: skip
            assert client.get(url).status_code == 404, (who, url)
        assert client.post(f"/blueprints/remove/{pk}").status_code == 404
        assert client.post(f"/steps/question/{question}/retire").status_code == 404
    for who in ("hospital", "agency", "proctor"):
        assert site.client(who).get("/questions/list/").status_code == 403
    assert site.physician_client().get(f"/questions/show/{question}").status_code == 403
