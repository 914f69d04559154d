"""Six physicians go through a whole cycle, from 参加 to the public page behind their certificates.

A general case; a simplified one; one that is exempt; a makeup that is passed; cheating that is
confirmed and revoked; 不合格 by 职业道德, contested, changed, and then passed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Locator, Page, expect

from app.operations.certificates import masked
from app.views.clock import today
from tests.browser import chapters, examinee, sitting_steps
from tests.browser.visitors import (
    Visitors,
    agree,
    answer,
    choose,
    complete,
    fact,
    field_of,
    follow,
    menu,
    press,
    row_of,
    tell,
    turn_to,
)
from tests.support.live import Live
from tests.support.site import Site

GENERAL, SIMPLIFIED, EXEMPT, MAKEUP, CHEATING, CONTESTED = (
    "general", "simplified", "exempt", "makeup", "cheating", "contested",
)  # fmt: skip
HOSPITAL = "平城区医院"
GROUND = "执业12年以上，考核周期内无不良行为记录"
STATEMENT = "本周期内坚持门诊和查房，遵守诊疗规范，未发生医疗事故。" * 20
UNFIT = "两次被投诉服务态度生硬。"
OBJECTION = "投诉经查不属实，已有书面结论，请予复核。"
ANSWER = "经复核，投诉不属实，职业道德改为合格。"


@dataclass(frozen=True)
class Person:
    """Somebody of the story."""

    number: str
    name: str


@pytest.fixture(scope="module")
def behind(live: Live) -> Site:
    """The program's database."""
    return examinee.opened(live)


@pytest.fixture(scope="module")
def cast(behind: Site) -> Mapping[str, Person]:
    """Six physicians of the hospital whom nobody has confirmed yet."""
    parts = (SIMPLIFIED, CHEATING, GENERAL, EXEMPT, MAKEUP, CONTESTED)
    found = examinee.newcomers(behind, HOSPITAL, len(parts))
    return {part: Person(*one) for part, one in zip(parts, found, strict=True)}


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


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file that is what its name says."""
    path = tmp_path_factory.mktemp("proof") / "证明.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    return path


def test_the_hospital_confirms_who_takes_part(people: Visitors, cast: Mapping[str, Person]) -> None:
    page = people.at("hospital")
    for one in cast.values():
        look_up(page, one)
        press(row_of(page, one.name), "重置密码")
        agree(page, "重置密码")
        tell(page, re.compile("重置"))
        look_up(page, one)
        press(row_of(page, one.name), "参加")
        tell(page, "“参加”操作成功。")


def look_up(page: Page, one: Person) -> None:
    """Find somebody in 医师列表."""
    menu(page, "医师管理", "医师列表")
    field_of(page, "姓名").fill(one.name)
    press(page, "查询")


def test_everybody_registers(people: Visitors, cast: Mapping[str, Person], proof: Path) -> None:
    for part, one in cast.items():
        page = people.open_account(one.number)
        menu(page, "考核报名")
        if part == SIMPLIFIED:
            turn_to(page, "附件")
            page.locator("#attachment").set_input_files(proof)
            press(page, "上传附件")
            expect(page.get_by_role("link", name=proof.name)).to_be_visible()
        turn_to(page, "执业信息")
        first = page.locator("select#specialty_id option").nth(1).text_content() or ""
        choose(page, "从事专业", first.strip())
        complete(page, procedure="简易程序" if part == SIMPLIFIED else "一般程序")
        if part == SIMPLIFIED:
            page.get_by_label(GROUND).check()
            field_of(page, "个人述职").fill(STATEMENT)
        press(page.locator(".decision-bar"), "提交")
        agree(page, "提交")
        tell(page, "提交成功，等待本机构审核。")


def review(people: Visitors, who: str, one: Person, queue: str, *, is_fit: bool) -> None:
    """Give both opinions on a case."""
    word, finish = ("审核", "提交") if who == "hospital" else ("复核", "通过")
    page = people.at(who)
    menu(page, "考核管理", queue)
    field_of(page, "姓名").fill(one.name)
    press(page, "查询")
    follow(row_of(page, one.name), word)
    follow(page, "下一步")
    decision = page.locator(".decision")
    answer(decision, "工作业绩", "合格")
    answer(decision, "职业道德", "合格" if is_fit else "不合格")
    if not is_fit:
        field_of(decision, "职业道德不合格理由").fill(UNFIT)
    press(decision, finish)
    tell(page, f"“{finish}”操作成功。")


def test_hospital_and_agency_give_their_opinions(
    people: Visitors, cast: Mapping[str, Person]
) -> None:
    for who, kind in (("hospital", "审核"), ("agency", "复核")):
        for part, one in cast.items():
            procedure = "简易程序" if part == SIMPLIFIED else "一般程序"
            review(people, who, one, f"{procedure}{kind}", is_fit=part != CONTESTED)


def test_one_is_exempt_from_the_second_paper(
    people: Visitors, cast: Mapping[str, Person], proof: Path
) -> None:
    one = cast[EXEMPT]
    page = people.at(one.number)
    menu(page, "免考申请")
    answer(page, "申请事由", "考核周期内取得住院医师规范化培训合格证书")
    field_of(page, "证书取得日期").fill(today().isoformat())
    page.locator("input[type=file]").set_input_files(proof)
    press(page, "上传附件")
    expect(page.get_by_role("link", name=proof.name)).to_be_visible()
    press(page, "提交申请")
    tell(page, "提交成功，等待本机构审核。")
    for who, queue in (("hospital", "免考审核"), ("agency", "免考复核")):
        page = people.at(who)
        menu(page, "考核管理", queue)
        field_of(page, "姓名").fill(one.name)
        press(page, "查询")
        follow(row_of(page, one.name), queue.removeprefix("免考"))
        press(page.locator(".decision"), "通过")
        tell(page, "“通过”操作成功。")


def score(people: Visitors, marks: Mapping[str, Mapping[str, int]]) -> None:
    """Enter scores of a paper examination and let another person confirm them."""
    page = people.at("agency", f"/papers/scores?institution={HOSPITAL}")
    number = 0
    for name, papers in marks.items():
        for paper, mark in papers.items():
            page.get_by_label(f"{name} {paper} 成绩", exact=True).fill(str(mark))
            number += 1
    press(page, "保存")
    tell(page, f"已录入{number}份成绩，请由另一人复核。")
    for name, papers in marks.items():
        other = people.at("agency-2", f"/papers/list/?tab=entered&name={name}")
        for paper in papers:
            row_of(other, name).filter(has_text=paper).get_by_role("checkbox").check()
        other.get_by_role("button", name=re.compile("^批量复核成绩")).click()
        agree(other, "批量复核成绩")
        tell(other, f"成功{len(papers)}条。")


def stands(people: Visitors, one: Person, status: str) -> None:
    """See in 考核进度 where a case stands."""
    page = people.at("agency", f"/progress/list/?name={one.name}")
    expect(row_of(page, one.name)).to_contain_text(status)


def test_most_sit_on_paper_and_one_sits_again(people: Visitors, cast: Mapping[str, Person]) -> None:
    both = ("公共知识", "业务水平")
    score(
        people,
        {
            cast[GENERAL].name: dict(zip(both, (80, 81), strict=True)),
            cast[SIMPLIFIED].name: {"公共知识": 75},
            cast[EXEMPT].name: {"公共知识": 70},
            cast[MAKEUP].name: dict(zip(both, (90, 40), strict=True)),
        },
    )
    for part in (GENERAL, SIMPLIFIED, EXEMPT):
        stands(people, cast[part], "待认定结果")
    stands(people, cast[MAKEUP], "待参加补考")
    score(people, {cast[MAKEUP].name: {"业务水平": 66}})
    stands(people, cast[MAKEUP], "待认定结果")


def test_cheating_is_confirmed_and_revoked(
    people: Visitors, cast: Mapping[str, Person], behind: Site
) -> None:
    one = cast[CHEATING]
    page = people.at(one.number, "/")
    pk = sitting_steps.begin(page, "公共知识")
    sitting_steps.answer(page, examinee.right_answers(behind, pk)[:40])
    sitting_steps.saved(page)
    sitting_steps.hand_in(page)
    score(people, {one.name: {"业务水平": 77}})
    stands(people, one, "待认定结果")
    sitting_steps.judge(sitting_steps.evidence(people, "proctor", one.name, "公共知识"), "标记疑似")

    agency = people.at("agency", f"/verdicts/list/?name={one.name}")
    follow(row_of(agency, one.name), "认定")
    expect(agency.locator(".decision")).to_contain_text("处理完毕后才能认定考核结果")

    other = sitting_steps.evidence(people, "agency-2", one.name, "公共知识")
    sitting_steps.judge(other, "认定作弊")
    sitting_steps.judge(sitting_steps.evidence(people, "proctor", one.name, "公共知识"), "撤销认定")
    stands(people, one, "待认定结果")


def test_a_fail_is_contested_changed_and_then_passed(
    people: Visitors, cast: Mapping[str, Person]
) -> None:
    one = cast[CONTESTED]
    stands(people, one, "考核完成")
    page = people.at(one.number)
    menu(page, "历史考核结果查询")
    follow(of_this_cycle(page), "查看")
    expect(page.locator("main")).to_contain_text(UNFIT)
    expect(page.locator("main")).to_contain_text("管理办法第十一条、第二十二条")
    press(page, "复核申请")
    agree(page, "复核申请", reason=OBJECTION)
    tell(page, "已提交考核机构，答复期限为")

    agency = people.at("agency")
    menu(agency, "结果管理", "复核申请")
    follow(row_of(agency, one.name), "查看")
    expect(agency.locator("main")).to_contain_text(OBJECTION)
    answer(agency.locator(".decision"), "改判：职业道德", "合格")
    press(agency.locator(".decision"), "改判")
    agree(agency, "改判", reason=ANSWER)
    tell(agency, "“改判”操作成功。")
    stands(people, one, "待参加测评")
    score(people, {one.name: {"公共知识": 61, "业务水平": 62}})
    stands(people, one, "待认定结果")


def of_this_cycle(page: Page) -> Locator:
    """Find the row of the cycle of the story; there may be imported ones."""
    cell = page.get_by_role("cell", name="02", exact=True)
    return page.get_by_role("row").filter(has=cell)


def tick(page: Page, cast: Mapping[str, Person]) -> None:
    """Tick the six in a list."""
    for one in cast.values():
        row_of(page, one.name).get_by_role("checkbox").check()


def test_results_are_decided_filed_and_certificates_issued(
    people: Visitors, cast: Mapping[str, Person]
) -> None:
    agency = people.at("agency", "/verdicts/list/?per_page=50")
    tick(agency, cast)
    agency.get_by_role("button", name=re.compile("^批量认定合格")).click()
    expect(agency.get_by_role("heading", name="将通过6件")).to_be_visible()
    press(agency, "确认通过6件")
    tell(agency, "已认定6件，等待卫生行政部门备案。")

    province = people.at("province", "/conclusions/list/?per_page=50")
    tick(province, cast)
    province.get_by_role("button", name=re.compile("^批量备案")).click()
    agree(province, "批量备案")
    tell(province, "“备案”成功6条。")
    province.goto("/conclusions/list/?tab=printing&per_page=50")
    tick(province, cast)
    province.get_by_role("button", name=re.compile("^批量发证")).click()
    agree(province, "批量发证")
    tell(province, "已发证6份。")


def address_on(path: Path, name: str) -> str:
    """Read a printed certificate: whose it is, and where its QR code leads."""
    words = pypdf.PdfReader(path).pages[0].extract_text()
    assert name in words
    assert "合格" in words
    picture = pypdfium2.PdfDocument(path)[0].render(scale=3).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text in words
    return str(code.text)


def test_everybody_prints_a_certificate_that_anybody_can_verify(
    people: Visitors,
    cast: Mapping[str, Person],
    live: Live,
    download: Callable[[Page, Locator], Path],
) -> None:
    for one in cast.values():
        page = people.at(one.number)
        menu(page, "历史考核结果查询")
        follow(of_this_cycle(page), "查看")
        link = page.get_by_role("link", name="下载合格证书", exact=True)
        found = address_on(download(page, link), one.name)
        assert found.startswith(f"{live.url}/v/")
        visitor = people.page("visitor")
        visitor.goto(found)
        expect(visitor.locator(".chip", has_text="有效")).to_be_visible()
        expect(fact(visitor, "姓名")).to_have_text(masked(one.name))
        expect(fact(visitor, "医疗卫生机构")).to_have_text(HOSPITAL)
        expect(visitor.locator("body")).not_to_contain_text(one.number)


def test_a_revoked_certificate_shows_as_such(people: Visitors, cast: Mapping[str, Person]) -> None:
    one = cast[CHEATING]
    province = people.at("province", f"/certificates/list/?name={one.name}")
    press(row_of(province, one.name), "撤销")
    agree(province, "撤销", reason="误发，另行核发。")
    tell(province, "“撤销”操作成功。")
    follow(row_of(province, one.name), "查验")
    expect(province.locator(".chip", has_text="撤销")).to_be_visible()
    expect(province.locator("body")).to_contain_text("不能作为考核合格的证明")
