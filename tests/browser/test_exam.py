"""A physician sits both papers, through a dead network and on two machines; fails, sits again, is watched.

The chapters are tests in the order of the story and share one program and a false camera.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import chapters, examinee
from tests.browser.sitting_steps import answer, begin, evidence, hand_in, judge, saved
from tests.browser.visitors import (
    Visitors,
    agree,
    follow,
    menu,
    press,
    row_of,
    tell,
)
from tests.support.live import Live
from tests.support.site import Site

SILENCE = 30_000  # milliseconds for which the server cannot be reached


@pytest.fixture(scope="module")
def behind(live: Live) -> Site:
    """The program's database."""
    return examinee.opened(live)


@pytest.fixture(scope="module")
def person(behind: Site) -> tuple[str, str]:
    """Whom the story is about: number and name."""
    return examinee.somebody(behind)


@pytest.fixture(scope="module")
def told() -> list[str]:
    """The chapters that came to their end."""
    return []


@pytest.fixture(autouse=True)
def chapter(request: pytest.FixtureRequest, told: list[str]) -> Iterator[None]:
    """Tell no chapter whose beginning is missing."""
    chapters.begin(request, told)
    yield
    told.append(request.node.name)


def standing(people: Visitors, name: str, status: str, *papers: str) -> None:
    """See as the agency where the case and its papers stand."""
    page = people.at("agency", f"/progress/list/?name={name}")
    expect(row_of(page, name)).to_contain_text(status)
    page = people.at("agency", f"/papers/list/?name={name}")
    for row, words in zip(row_of(page, name).all(), papers, strict=True):
        for word in words.split():
            expect(row).to_contain_text(word)


def test_a_dead_network_and_another_machine_lose_nothing(
    people: Visitors, person: tuple[str, str], behind: Site
) -> None:
    number, name = person
    standing(people, name, "待参加测评", "公共知识 未开始", "业务水平 未开始")
    page = people.at(number, "/")
    pk = begin(page, "公共知识")
    standing(people, name, "待参加测评", "公共知识 进行中", "业务水平 未开始")
    right = examinee.right_answers(behind, pk)
    answer(page, right[:10])
    saved(page)

    page.context.set_offline(True)
    answer(page, right[10:14], first=11)
    expect(page.locator("[data-state]")).to_contain_text("网络中断，4题尚未上传")
    page.wait_for_timeout(SILENCE)
    page.context.set_offline(False)
    people.complaints.clear()  # the browser notes what it could not send
    saved(page)
    expect(page.locator("[data-count]")).to_have_text("14/50")

    left = page.locator("[data-clock]").inner_text()
    people.forget(number)
    page = people.at(number, "/exam/")
    follow(page, "继续作答")
    expect(page.locator("[data-count]")).to_have_text("14/50")
    clock = page.locator("[data-clock]")
    expect(clock).not_to_have_text("--:--")
    assert clock.inner_text() <= left
    answer(page, right[14:], first=15)
    saved(page)
    hand_in(page)
    expect(page.locator(".exam-score")).to_have_text(re.compile(r"100\s+合格"))
    standing(people, name, "待参加测评", "公共知识 合格 已完成", "业务水平 未开始")


def test_a_failed_paper_leads_to_the_makeup(
    people: Visitors, person: tuple[str, str], behind: Site
) -> None:
    number, name = person
    page = people.at(number, "/")
    begin(page, "业务水平", looks=True)
    page.keyboard.press("a")
    saved(page)
    hand_in(page)
    expect(page.locator(".exam-score")).to_contain_text("不合格")
    page.get_by_label(re.compile("如作答时有断网")).fill("题目较难，网络正常。")
    press(page, "保存")
    tell(page, "情况说明已保存")
    standing(
        people, name, "待参加补考", "公共知识 合格", "业务水平 不合格", "业务水平 第1次补考 未开始"
    )

    agency = people.at("agency", "/")
    menu(agency, "补考管理")
    row_of(agency, name).get_by_role("checkbox").check()
    agency.get_by_role("button", name=re.compile("^补考通知")).click()
    agree(agency, "补考通知")
    tell(agency, "已通知1人。")
    menu(page, "消息")
    expect(page.get_by_text("请参加补考").first).to_be_visible()


def test_the_makeup_is_passed(people: Visitors, person: tuple[str, str], behind: Site) -> None:
    number, name = person
    page = people.at(number, "/")
    page.clock.set_system_time("2031-01-01")  # a clock that is turned changes nothing
    pk = begin(page, "业务水平（补考）")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^(60:00|1:00:00|59:\d\d)$"))
    answer(page, examinee.right_answers(behind, pk)[:40])
    saved(page)
    hand_in(page)
    expect(page.locator(".exam-score")).to_contain_text("合格")
    standing(
        people, name, "待认定结果", "公共知识 合格", "业务水平 不合格", "业务水平 第1次补考 合格"
    )


def test_a_proctor_marks_another_confirms_and_it_is_revoked(
    people: Visitors, person: tuple[str, str]
) -> None:
    number, name = person
    page = evidence(people, "proctor", name, "公共知识")
    expect(page.locator(".photo-grid img").first).to_be_visible()
    for words in ("开始作答", "网络中断", "网络恢复", "更换设备或浏览器", "本人交卷"):
        expect(page.locator(".sitting-line")).to_contain_text(words)
    judge(page, "标记疑似")
    physician = people.at(number, "/exam/")
    expect(physician.get_by_role("region", name="公共知识", exact=True)).not_to_contain_text("100")

    other = evidence(people, "agency-2", name, "公共知识")
    judge(other, "认定作弊")
    standing(people, name, "待认定结果", "公共知识 不合格 作废", "业务水平 不合格", "业务水平 合格")
    page = people.at("proctor", f"/proctoring/list/?name={name}")
    expect(row_of(page, name).first).to_contain_text("已认定")

    judge(evidence(people, "proctor", name, "公共知识"), "撤销认定")
    standing(people, name, "待认定结果", "公共知识 合格 已完成", "业务水平 不合格", "业务水平 合格")
