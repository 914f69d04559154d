"""题库 in pages: written by one, reviewed by another, exported and imported again."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.enums import ImportKind, QuestionKind, QuestionStatus
from app.exchange.target import RowState
from app.models import Question, QuestionFigure, Sitting, TrailEntry
from app.operations import question_figures
from app.views.clock import now
from tests.exchange.test_other_targets import imported, planned, told
from tests.support.site import Site
from tests.views.administration import text

pytestmark = pytest.mark.embedded

FORM: dict[str, Any] = {
    "kind": "A1", "paper": "公共知识", "point": "医师法", "difficulty": "EASY", "answer": "b",
    "stem": "每年的中国医师节是", "options": "5月12日\n8月19日\n12月1日", "source": "医师法第五条",
}  # fmt: skip


def row(**changes: object) -> dict[str, object]:
    return {
        "题号": "N1", "题型": "A1", "测评科目": "公共知识", "知识点": "医师法", "难度": "易",
        "题干": "甲", "备选答案": "乙\n丙", "正确答案": "A",
    } | changes  # fmt: skip


def stored(site: Site, **facts: object) -> Question:
    with site.session() as session:
        found = session.scalars(select(Question).filter_by(**facts)).one()
        session.expunge(found)
        return found


def added(site: Site, **changes: object) -> Question:
    answer = site.client("examiner").post("/questions/add", data=FORM | changes)
    assert answer.status_code == 302, text(answer)
    return stored(site, stem=(FORM | changes)["stem"], written_by="闻道明", point="医师法",
                  status=QuestionStatus.DRAFT)  # fmt: skip


def test_the_author_cannot_review_and_somebody_else_can(site: Site) -> None:
    question = added(site, stem="新题")
    assert (question.code, question.answer, question.options) == (
        "T000001", "B", ["5月12日", "8月19日", "12月1日"],
    )  # fmt: skip
    step = f"/steps/question/{question.id}/review"
    refused = site.client("examiner").post(step, follow_redirects=True)
    assert "命题人不能审定自己编写的试题" in refused.text
    assert site.client("province").post(step).status_code == 302

    reviewed = stored(site, id=question.id)
    assert (reviewed.status, reviewed.reviewed_by) == (QuestionStatus.REVIEWED, "裴知内")
    form = FORM | {"version": reviewed.version}
    answer = site.client("examiner").post(f"/questions/edit/{question.id}", data=form)
    assert "请先退回修改" in text(answer)
    back = site.client("province").post(
        f"/steps/question/{question.id}/revise", data={"comment": "题干不清"}
    )
    assert back.status_code == 302
    returned = stored(site, id=question.id)
    assert (returned.status, returned.reviewed_by) == (QuestionStatus.DRAFT, None)


def test_whoever_changes_a_question_is_its_author(site: Site) -> None:
    question = added(site, stem="新题")
    form = FORM | {"stem": "改后", "version": question.version, "code": question.code}
    assert (
        site.client("province").post(f"/questions/edit/{question.id}", data=form).status_code == 302
    )
    step = f"/steps/question/{question.id}/review"
    assert "命题人不能审定" in site.client("province").post(step, follow_redirects=True).text
    stale = site.client("examiner").post(f"/questions/edit/{question.id}", data=form)
    assert "可能已由他人处理" in text(stale)
    assert site.client("examiner").post(step).status_code == 302


def test_many_are_reviewed_at_once_but_not_one_s_own(site: Site) -> None:
    mine = added(site, stem="新题")
    with site.session() as session:
        ids = list(
            session.scalars(select(Question.id).where(Question.status == QuestionStatus.DRAFT))
        )
    url = "/steps/question/bulk/review?view=QuestionView"
    answer = site.client("examiner").post(url, data={"ids": ids}, follow_redirects=True)
    assert "“审定”成功0条。" in answer.text
    answer = site.client("province").post(url, data={"ids": ids}, follow_redirects=True)
    assert f"“审定”成功{len(ids)}条。" in answer.text
    assert stored(site, id=mine.id).reviewed_by == "裴知内"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"options": "甲"}, "备选答案应有2至8个"),
        ({"options": "甲\n甲"}, "备选答案有重复"),
        ({"answer": "D"}, "正确答案应为A至C中的字母"),
        ({"answer": "AB"}, "该题型只有一个正确答案"),
        ({"kind": "X", "answer": "A"}, "正确答案应有两个以上"),
        ({"kind": "A3"}, "须填写题组编号"),
        ({"kind": "A3", "group_code": "新组"}, "新的题组须填写共用题干"),
        ({"group_text": "某"}, "须填写题组编号"),
        ({"code": "GG0001"}, "题号“GG0001”已存在"),
        ({"stem": "  "}, "该字段是必填"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_stored(
    site: Site, changes: dict[str, str], message: str
) -> None:
    with site.session() as session:
        before = len(session.scalars(select(Question.id)).all())
    answer = site.client("province").post("/questions/add", data=FORM | changes)
    assert message in text(answer)
    if changes.get("stem") is None:
        assert FORM["stem"] in answer.text
    with site.session() as session:
        assert len(session.scalars(select(Question.id)).all()) == before


def test_true_or_false_needs_no_options(site: Site) -> None:
    question = added(site, kind="TF", options="", answer="错误", stem="判断")
    assert (question.options, question.answer, question.keeps_order) == (
        ["正确", "错误"],
        "B",
        True,
    )


def test_a_shared_stem_stays_once_a_question_of_it_is_reviewed(site: Site) -> None:
    first = added(site, kind="A3", group_code="组一", group_text="某男，50岁。", stem="一问")
    second = added(site, kind="A3", group_code="组一", stem="二问")
    assert first.group_id == second.group_id
    site.client("province").post(f"/steps/question/{first.id}/review")
    form = FORM | {
        "kind": "A3", "stem": "二问", "group_code": "组一", "group_text": "某女，20岁。",
        "version": second.version, "code": second.code,
    }  # fmt: skip
    answer = site.client("examiner").post(f"/questions/edit/{second.id}", data=form)
    assert "共用题干不能修改" in text(answer)


def test_a_picture_is_redrawn_and_shown_with_its_question(site: Site) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 10, 10)).save(buffer, "PNG")
    question = added(site, stem="看图", image=(io.BytesIO(buffer.getvalue()), "图.png"))
    shown = site.client("province").get(f"/questions/show/{question.id}").text
    assert f'src="/questions/image/{question.id}"' in shown
    picture = site.client("province").get(f"/questions/image/{question.id}")
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    for other in ("province-sn", "city", "nation"):
        assert site.client(other).get(f"/questions/image/{question.id}").status_code == 404
    wrong = FORM | {"stem": "又", "image": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "图.pdf")}
    assert "配图须为JPEG或PNG图片" in text(
        site.client("province").post("/questions/add", data=wrong)
    )


def test_nobody_but_a_province_has_a_bank(site: Site) -> None:
    for who in ("city", "county", "nation"):
        client = site.client(who)
        assert "题库由省级卫生行政部门建立" in client.get("/questions/list/").text
        assert client.post("/questions/add", data=FORM).status_code == 403
        assert "共0条记录" in text(client.get("/questions/list/?tab=reviewed"))


def test_the_bank_comes_back_from_its_own_export(site: Site) -> None:
    client = site.client("province")
    content = client.get("/questions/export/xlsx?tab=reviewed&layout=template").get_data()
    sent = client.post("/question-import/", data={"file": (io.BytesIO(content), "题库.xlsx")})
    assert sent.status_code == 303, text(sent)
    report = text(client.get(sent.location))
    assert re.search(r"已存在\s*303", report), report[:900]
    assert "有误 0" in re.sub(r"\s+", " ", report)


def test_an_import_adds_changes_and_refuses(site: Site) -> None:
    kind = ImportKind.QUESTION
    plan = planned(
        site, "province", kind,
        row(), row(题号="N2", 题型="判断", 备选答案=None, 正确答案="错误"),
        row(题号="N3", 题型="多选", 正确答案="A"), row(题号="N4", 题型="A3", 题组编号="无"),
        row(题号="GG0100", 题干="改了"), row(题号="GG0001", 题干="改了"), row(题号="N1"),
    )  # fmt: skip
    assert [one.state for one in plan.rows] == [
        RowState.NEW, RowState.NEW, RowState.REFUSED, RowState.REFUSED, RowState.CHANGED,
        RowState.CHANGED, RowState.REFUSED,
    ]  # fmt: skip
    words = told(plan)
    for part in ("两个以上", "共用题干", "请先退回修改", "重复"):
        assert any(part in one for one in words), words
    done = imported(site, "province", kind, row(), row(题号="GG0001", 题干="改了", 正确答案="B"))
    assert done[:2] == (1, 1)
    fresh = stored(site, code="N1")
    assert (fresh.status, fresh.written_by, fresh.kind) == (
        QuestionStatus.DRAFT, "裴知内", QuestionKind.A1,
    )  # fmt: skip
    changed = stored(site, code="GG0001")
    assert (changed.stem, changed.answer) == ("改了", "B")
    with site.session() as session:
        entry = session.scalars(
            select(TrailEntry)
            .where(TrailEntry.subject == "question", TrailEntry.subject_id == changed.id)
            .order_by(TrailEntry.id.desc())
        ).first()
        assert entry is not None
        assert entry.action == "edit"


def test_after_the_exam_a_question_tells_how_it_was_answered(site: Site) -> None:
    client = site.client("province")
    asked = client.post("/questions/count", follow_redirects=True)
    assert "正在统计作答" in text(asked)
    with site.session() as session:
        cycle = session.scalars(select(Sitting.cycle_id).limit(1)).one()
        question_figures.count(session, cycle, offset=0, limit=1000, at=now())
        session.commit()
        figure = session.scalars(
            select(QuestionFigure).order_by(QuestionFigure.used.desc())
        ).first()
        assert figure is not None
        pk, used, right = figure.question_id, figure.used, figure.right
    shown = text(client.get(f"/questions/show/{pk}"))
    assert f"使用次数 {used} 正确率 {right / used * 100:.1f}%" in re.sub(r"\s+", " ", shown)
    assert "（正确）" in shown
    assert site.client("city").post("/questions/count").status_code == 403
    listed = client.get("/questions/list/?tab=reviewed&per_page=100").text
    assert f">{used}<" in listed
