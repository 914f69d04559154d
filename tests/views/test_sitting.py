"""参加测评 in requests: what an examinee may do, and everything that no request ever shows."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update

from app.enums import AssessmentStatus as S
from app.enums import PaperStatus, Role, SittingEnd
from app.models import (
    Account,
    AnswerEntry,
    AnswerSheet,
    Assessment,
    Identity,
    Paper,
    Question,
    QuestionImage,
    Sitting,
)
from app.operations import sittings
from app.rules import MARK_HOLDS
from app.security.actor import unscoped
from app.views.clock import now
from tests.support.site import Site
from tests.views.administration import text
from tests.workflows.sitting_world import Examinee, cases, entries_for, set_rules

pytestmark = pytest.mark.embedded
DEVICE = {"device": "device-0001"}


class Desk:
    """An examinee's browser with a sitting that has begun."""

    def __init__(self, site: Site, case_id: int) -> None:
        self.site = site
        self.examinee = Examinee(site, case_id)
        self.username = username(site, case_id)
        self.browser: FlaskClient = site.client(self.username, Role.PHYSICIAN)
        self.paper_id = self.examinee.paper_id("公共知识")

    def begin(self) -> int:
        sent = {"accepts": "1"}
        answer = self.browser.post(f"/exam/prepare/{self.paper_id}", data=sent)
        assert answer.status_code == 302
        (number,) = re.findall(r"/exam/(\d+)$", answer.location)
        pk = int(number)
        self.opened = self.open(pk).get_json()
        return pk

    def open(self, pk: int) -> Any:
        return self.browser.post(f"/sheets/{pk}/open", json=DEVICE)

    def sync(self, pk: int, **body: Any) -> Any:
        return self.browser.post(f"/sheets/{pk}/sync", json=body)


def username(site: Site, case_id: int) -> str:
    with site.session() as session:
        return session.scalars(
            select(Account.username)
            .join(Identity, Identity.account_id == Account.id)
            .join(Assessment, Assessment.physician_id == Identity.physician_id)
            .where(Assessment.id == case_id)
        ).one()


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site, cases(site, S.AWAITING_EXAM)[0])


def wire(entries: Any) -> list[list[Any]]:
    return [[one.seq, one.question_id, one.answer, int(one.is_flagged)] for one in entries]


def test_a_physician_sits_a_paper_from_the_list_to_the_score(desk: Desk) -> None:
    shown = text(desk.browser.get("/exam/"))
    assert "公共知识" in shown
    assert "开始测评" in shown
    check = text(desk.browser.get(f"/exam/prepare/{desk.paper_id}"))
    assert "测评规则" in check
    refused = desk.browser.post(f"/exam/prepare/{desk.paper_id}", data={}, follow_redirects=True)
    assert "请先阅读并同意测评规则。" in text(refused)
    pk = desk.begin()
    page = desk.browser.get(f"/exam/{pk}")
    assert page.text.count("data-question=") == 50
    assert "继续作答" in text(desk.browser.get("/exam/"))

    told = desk.opened
    assert (told["generation"], told["answers"], told["paused"]) == (1, {}, False)
    entries = wire(entries_for(desk.site, pk, 80))
    saved = desk.sync(pk, entries=entries, after=0).get_json()
    assert saved["stored"] == [one[0] for one in entries]
    assert re.fullmatch(r"\d\d:\d\d:\d\d", saved["at"])

    done = desk.browser.post(f"/exam/{pk}/hand-in", follow_redirects=True)
    assert "成绩 80 合格" in re.sub(r"\s+", " ", text(done))
    assert desk.sync(pk, entries=entries).get_json()["closed"] is True
    again = desk.browser.post(f"/exam/{pk}/hand-in")
    assert again.location.endswith(f"/exam/{pk}/after")
    assert desk.browser.get(f"/exam/{pk}").location.endswith(f"/exam/{pk}/after")
    written = desk.browser.post(
        f"/exam/{pk}/after", data={"statement": " 中途断网 "}, follow_redirects=True
    )
    assert "情况说明已保存" in text(written)
    with desk.site.session() as session:
        assert session.get_one(Sitting, pk).statement == "中途断网"


def test_a_sitting_goes_on_where_it_stood_on_another_device(desk: Desk) -> None:
    pk = desk.begin()
    first, second = wire(entries_for(desk.site, pk, 100))[:2]
    desk.sync(pk, entries=[first])
    other = desk.site.client(desk.username, Role.PHYSICIAN)
    told = other.post(f"/sheets/{pk}/open", json={"device": "device-0002"}).get_json()
    assert told["generation"] == 2
    assert told["answers"] == {str(first[1]): [first[0], first[2], 0]}
    assert 3500 < told["left"] <= 3600
    assert desk.sync(pk, entries=[second]).get_json()["stored"] == [second[0]]


def test_the_clock_ends_a_sitting_whoever_notices_it(desk: Desk) -> None:
    pk = desk.begin()
    first, second = wire(entries_for(desk.site, pk, 100))[:2]
    desk.sync(pk, entries=[first])
    with desk.site.session() as session:
        late = now() - timedelta(seconds=6)
        session.execute(
            update(AnswerSheet).where(AnswerSheet.sitting_id == pk).values(deadline=late)
        )
        session.commit()
    told = desk.sync(pk, entries=[second]).get_json()
    assert told["closed"] is True
    assert "stored" not in told
    assert desk.open(pk).get_json()["closed"] is True
    with desk.site.session() as session:
        sheet = session.get_one(Sitting, pk).sheet
        assert (sheet.ending, list(sheet.answers)) == (SittingEnd.TIMED_OUT, [str(first[1])])
    assert "到时自动交卷" in text(desk.browser.get(f"/exam/{pk}/after"))


def told_to(desk: Desk, pk: int) -> str:
    """Everything that an examinee's requests give back while and after a paper is sat."""
    answers = [
        desk.browser.get("/"), desk.browser.get("/exam/"), desk.browser.get(f"/exam/{pk}"),
        desk.browser.get(f"/exam/{pk}/after"), desk.open(pk), desk.sync(pk, entries=[], after=0),
        desk.browser.get(f"/exam/prepare/{desk.paper_id}"), desk.browser.get("/messages/list/"),
    ]  # fmt: skip
    return "\n".join(answer.text for answer in answers)


def test_no_key_and_no_explanation_is_ever_sent(desk: Desk) -> None:
    with desk.site.session() as session:
        session.execute(update(Question).values(explanation="解析-机密", source="出处-机密"))
        session.commit()
    pk = desk.begin()
    desk.sync(pk, entries=wire(entries_for(desk.site, pk, 100)))
    during = told_to(desk, pk)
    assert "机密" not in during
    for word in ("answer-key", "data-key", "explanation", '"key"', "score_tenths"):
        assert word not in during
    desk.browser.post(f"/exam/{pk}/hand-in")
    assert "机密" not in told_to(desk, pk)


def test_options_stand_in_the_order_of_the_draw_and_say_nothing_of_the_bank(desk: Desk) -> None:
    pk = desk.begin()
    page = desk.browser.get(f"/exam/{pk}").text
    with desk.site.session() as session, unscoped("the test knows the bank"):
        shown = sittings.shown(session, session.get_one(Sitting, pk))
    for one in shown[:10]:
        places = [page.index(f"<b>{letter}.</b> {option}") for letter, option in
                  zip("ABCDE", one.options, strict=False) if option not in ("正确", "错误")]  # fmt: skip
        assert len(places) <= 5
    assert re.findall(r'data-question="(\d+)"', page) == [str(one.id) for one in shown]


@pytest.mark.parametrize("rules", [(), (MARK_HOLDS,)])
def test_no_request_shows_a_score_before_its_time(desk: Desk, rules: tuple[str, ...]) -> None:
    set_rules(desk.site, exam_rules=rules)
    pk = desk.begin()
    desk.sync(pk, entries=wire(entries_for(desk.site, pk, 74)))
    desk.browser.post(f"/exam/{pk}/hand-in")
    shown = told_to(desk, pk)
    assert "成绩尚未公布" in shown
    assert not re.search(
        r"\b74\b", re.sub(r"<script.*?</script>|data-[a-z-]+=\"[^\"]*\"", "", shown)
    )


def test_a_marked_sitting_shows_no_score(desk: Desk) -> None:
    pk = desk.begin()
    desk.sync(pk, entries=wire(entries_for(desk.site, pk, 74)))
    desk.browser.post(f"/exam/{pk}/hand-in")
    with desk.site.session() as session:
        session.get_one(Paper, desk.paper_id).is_held = True
        session.commit()
    assert "成绩尚未公布" in desk.browser.get(f"/exam/{pk}/after").text


def test_another_s_sitting_and_paper_do_not_exist(site: Site) -> None:
    waiting = cases(site, S.AWAITING_EXAM) + cases(site, S.AWAITING_EXAM, papers=1)
    mine, other = Desk(site, waiting[0]), Desk(site, waiting[1])
    pk = other.begin()
    entries = wire(entries_for(site, pk, 100))[:1]
    for path in (f"/exam/{pk}", f"/exam/{pk}/after", f"/exam/prepare/{other.paper_id}",
                 f"/exam/{pk}/image?question=1"):  # fmt: skip
        assert mine.browser.get(path).status_code == 404, path
    for answer in (
        mine.open(pk), mine.sync(pk, entries=entries), mine.browser.post(f"/exam/{pk}/hand-in"),
        mine.browser.post(f"/sheets/{pk}/snapshot?seq=1", data=b"x"),
        mine.browser.post(f"/exam/prepare/{other.paper_id}", data={"accepts": "1"}),
    ):  # fmt: skip
        assert answer.status_code == 404
    with site.session() as session:
        logged = session.scalars(select(AnswerEntry.id).where(AnswerEntry.sitting_id == pk))
        assert logged.first() is None
        assert session.get_one(Paper, other.paper_id).status is PaperStatus.SITTING


def test_pictures_are_those_of_one_s_own_paper_while_it_is_sat(desk: Desk) -> None:
    pk = desk.begin()
    with desk.site.session() as session:
        sitting = session.get_one(Sitting, pk)
        mine = {place[0] for place in sitting.places}
        others = session.scalars(select(Question.id).where(Question.id.not_in(mine))).first()
        bank = session.get_one(Question, next(iter(mine)))
        owner = {name: getattr(bank, name) for name in
                 ("province_id", "authority_path", "authority_id")}  # fmt: skip
        session.add_all(
            QuestionImage(content=b"\xff\xd8\xffjpeg", sha256="0" * 64, question_id=key, **owner)
            for key in (bank.id, others)
        )
        session.commit()
        key = bank.id
    own = desk.browser.get(f"/exam/{pk}/image?question={key}")
    assert (own.status_code, own.content_type) == (200, "image/jpeg")
    assert f"question={key}" in desk.browser.get(f"/exam/{pk}").text
    for query in (f"?question={others}", "?question=x", ""):
        assert desk.browser.get(f"/exam/{pk}/image{query}").status_code == 404
    desk.browser.post(f"/exam/{pk}/hand-in")
    assert desk.browser.get(f"/exam/{pk}/image?question={key}").status_code == 404


HOSTILE: list[Any] = [
    None, [], "x", {"entries": "x"}, {"entries": [[1]]}, {"entries": [[1, 2, "A"]]},
    {"entries": [["1", 2, "A", 0]]}, {"entries": [[1, 2, "a", 0]]}, {"entries": [[-1, 2, "A", 0]]},
    {"entries": [[1, True, "A", 0]]}, {"entries": [[2**63, 1, "A", 0]]},
    {"entries": [[1, 1, "A" * 13, 0]]}, {"entries": [[1, 1, "A", 0]] * 501},
    {"events": ["NO_SUCH"]}, {"events": [1]}, {"events": ["LEFT_PAGE"] * 51},
]  # fmt: skip


def test_what_no_page_of_ours_sends_is_refused(desk: Desk) -> None:
    pk = desk.begin()
    for body in HOSTILE:
        answer = desk.browser.post(f"/sheets/{pk}/sync", json=body)
        assert answer.status_code == 400, body


def test_odd_but_harmless_bodies_change_nothing(desk: Desk) -> None:
    pk = desk.begin()
    assert desk.sync(pk, after="x").status_code == 200
    assert desk.sync(pk, after=-5, entries=[]).status_code == 200
    for device in (None, "", "<b>", "x" * 65):
        answer = desk.browser.post(f"/sheets/{pk}/open", json={"device": device})
        assert answer.status_code == 400
    for query in ("", "?seq=0", "?seq=x", "?seq=1&age=nan", "?seq=1&age=x"):
        answer = desk.browser.post(f"/sheets/{pk}/snapshot{query}", data=jpeg())
        assert answer.status_code == 400


def jpeg() -> bytes:
    target = BytesIO()
    Image.new("RGB", (320, 240), "gray").save(target, "JPEG")
    return target.getvalue()


def test_a_picture_is_taken_once_and_seen_by_proctors_only(desk: Desk) -> None:
    pk = desk.begin()
    url = f"/sheets/{pk}/snapshot?seq=3&age=1.5"
    assert desk.browser.post(url, data=jpeg()).get_json() == {"stored": True}
    assert desk.browser.post(url, data=jpeg()).get_json() == {"stored": True}
    refused = desk.browser.post(f"/sheets/{pk}/snapshot?seq=4", data=b"<svg/>")
    assert refused.status_code == 422
    desk.browser.post(f"/exam/{pk}/hand-in")
    page = desk.site.client("proctor").get(f"/proctoring/sittings/{pk}").text
    (photo,) = set(re.findall(r"/proctoring/photos/\d+", page))
    assert desk.site.client("proctor").get(photo).content_type == "image/jpeg"
    assert desk.browser.get(photo).status_code == 403
    assert desk.site.client("hospital", Role.INSTITUTION).get(photo).status_code == 403
    assert desk.site.client("agency-sn").get(photo).status_code == 404


def test_events_of_a_page_stand_on_the_time_line(desk: Desk) -> None:
    pk = desk.begin()
    desk.sync(pk, events=["LEFT_PAGE", "CAME_BACK", "EXTENDED"])
    page = text(desk.site.client("proctor").get(f"/proctoring/sittings/{pk}"))
    assert "离开答题页" in page
    assert "返回答题页" in page
    assert "延长时间" not in page


def test_everybody_who_oversees_sees_who_sat_and_only_proctors_the_pictures(desk: Desk) -> None:
    pk = desk.begin()
    running = text(desk.site.client("proctor").get("/proctoring/list/?per_page=200"))
    desk.browser.post(f"/exam/{pk}/hand-in")
    with desk.site.session() as session:
        sitting = session.get_one(Sitting, pk)
        name, house = sitting.assessment.physician.name, sitting.assessment.institution.name
    shown = {}
    for who in ("proctor", "agency", "province"):
        answer = desk.site.client(who).get(f"/proctoring/list/?name={name}")
        shown[who] = (name in text(answer), "监考照片" in answer.text)
    assert shown == {"proctor": (True, True), "agency": (True, True), "province": (True, False)}
    assert running.count(house) < text(
        desk.site.client("proctor").get("/proctoring/list/?per_page=200")
    ).count(house)
    for who in ("hospital", "county"):  # the demo's own sittings
        listed = desk.site.client(who, None if who == "county" else Role.INSTITUTION)
        page = text(listed.get("/proctoring/list/"))
        assert "平城区医院" in page
        assert "公共知识" in page
