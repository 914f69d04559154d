"""练习 in pages: judged at once, with the key; what is for papers is never shown, what is shown comes on none."""

import re

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import Category, QuestionStatus, Role
from app.models import Blueprint, Question
from app.operations import blueprints
from app.security.actor import unscoped
from tests.support.site import Site
from tests.views.administration import text
from tests.views.test_sitting import Desk
from tests.workflows.sitting_world import cases

pytestmark = pytest.mark.embedded


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site, cases(site, S.AWAITING_EXAM, papers=1)[0])


def a_question(site: Site, *, is_practice: bool) -> Question:
    with site.session() as session:
        found = session.scalars(
            select(Question).where(
                Question.is_practice.is_(is_practice), Question.paper == "公共知识",
                Question.category.is_(None), Question.status == QuestionStatus.REVIEWED,
            )
        ).first()  # fmt: skip
        assert found is not None
        session.expunge(found)
        return found


def test_an_answer_is_judged_at_once_with_its_source(desk: Desk) -> None:
    index = desk.browser.get("/practice/")
    assert "公共知识" in text(index)
    first = desk.browser.get("/practice/?paper=公共知识")
    (pk,) = re.findall(r"/practice/question/(\d+)$", first.location)
    page = desk.browser.get(first.location)
    assert "（正确）" not in text(page)
    question = a_question(desk.site, is_practice=True)
    url = f"/practice/question/{question.id}"
    wrong = "B" if question.answer == "A" else "A"
    assert f"回答错误，正确答案是{question.answer}。" in text(
        desk.browser.post(url, data={"answer": wrong})
    )
    right = text(desk.browser.post(url, data={"answer": list(question.answer)}))
    assert "回答正确。" in right
    assert (question.source or "") in right
    following = desk.browser.get(f"/practice/?paper=公共知识&last={pk}").location
    assert not following.endswith(f"/{pk}")


def test_questions_for_papers_are_never_shown(desk: Desk) -> None:
    hidden = a_question(desk.site, is_practice=False)
    for path in (f"/practice/question/{hidden.id}", f"/practice/image/{hidden.id}"):
        assert desk.browser.get(path).status_code == 404
    assert (
        desk.browser.post(f"/practice/question/{hidden.id}", data={"answer": "A"}).status_code
        == 404
    )


def test_practice_questions_come_on_no_paper(site: Site) -> None:
    with site.session() as session, unscoped("a look into the bank"):
        aside = set(session.scalars(select(Question.id).where(Question.is_practice)))
        assert aside
        for blueprint in session.scalars(select(Blueprint)):
            bank = blueprints.bank(session, blueprint, owner_id=blueprint.authority_id)
            assert not aside & {one.id for one in bank}


def test_another_province_and_another_category_have_their_own(site: Site, desk: Desk) -> None:
    question = a_question(site, is_practice=True)
    with site.session() as session:
        stored = session.get_one(Question, question.id)
        stored.category = Category.DENTAL
        session.commit()
    assert desk.browser.get(f"/practice/question/{question.id}").status_code == 404
    with site.session() as session:
        stored = session.get_one(Question, question.id)
        stored.category, stored.province_id = None, 999
        session.commit()
    assert desk.browser.get(f"/practice/question/{question.id}").status_code == 404


def test_the_province_sets_questions_aside_and_takes_them_back(site: Site) -> None:
    client, question = site.client("province"), a_question(site, is_practice=False)
    url = "/questions/practise?wanted={}&tab=reviewed"
    done = client.post(url.format(1), data={"ids": [question.id]}, follow_redirects=True)
    assert "已处理1道试题。" in text(done)
    with site.session() as session:
        assert session.get_one(Question, question.id).is_practice
    again = client.post(url.format(1), data={"ids": [question.id]}, follow_redirects=True)
    assert "已处理0道试题。" in text(again)
    client.post(url.format(0), data={"ids": [question.id]})
    with site.session() as session:
        assert not session.get_one(Question, question.id).is_practice
    city = site.client("city").post(url.format(1), data={"ids": [question.id]})
    assert city.status_code == 403


def test_nobody_else_practises(shared_site: Site) -> None:
    for who, role in (("hospital", Role.INSTITUTION), ("province", None), ("agency", None)):
        assert shared_site.client(who, role).get("/practice/").status_code == 403
