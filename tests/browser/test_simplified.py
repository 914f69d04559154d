"""简易程序 with its proof: uploaded by the physician, read by the hospital, with another's opinion."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visitors import (
    Visitors,
    agree,
    answer,
    choose,
    complete,
    field_of,
    follow,
    menu,
    press,
    row_of,
    tell,
    turn_to,
)

PHYSICIAN, NAME = "140213198507281025", "丁自然"
PROOF = "援疆证明.pdf"
GROUND = "执业12年以上，考核周期内无不良行为记录"
ELSEWHERE = "大同市平城区社区卫生服务中心"
ACCOUNT = "本周期内坚持门诊和查房，遵守诊疗规范，未发生医疗事故。" * 20  # 500 characters and more
SPECIALTY = "呼吸内科专业"
OPINION = "每周二出诊，按时到岗，无投诉。"


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file that is what its name says."""
    path = tmp_path_factory.mktemp("proof") / PROOF
    path.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    return path


def test_a_physician_uploads_a_proof_and_asks_for_the_simplified_procedure(
    people: Visitors, proof: Path
) -> None:
    page = people.at(PHYSICIAN)
    menu(page, "考核报名")
    turn_to(page, "执业信息")
    field_of(page, "职务").first.fill("科室秘书")
    turn_to(page, "附件")
    page.locator("#attachment").set_input_files(proof)
    press(page, "上传附件")
    expect(page.get_by_role("link", name=PROOF)).to_be_visible()
    turn_to(page, "执业信息")
    expect(field_of(page, "职务").first).to_have_value("科室秘书")

    choose(page, "从事专业", SPECIALTY)
    complete(page, procedure="简易程序")
    page.get_by_label(GROUND).check()
    field_of(page, "个人述职").fill(ACCOUNT)
    press(page.locator(".decision-bar"), "提交")
    agree(page, "提交")
    tell(page, "提交成功，等待本机构审核。")


def test_the_clerk_reads_the_proof_and_adds_another_places_opinion(people: Visitors) -> None:
    page = people.at("hospital")
    menu(page, "考核管理", "简易程序审核")
    follow(row_of(page, NAME), "审核")
    follow(page, "下一步")
    with page.expect_download() as expected:
        follow(page, PROOF)
    assert Path(expected.value.path()).read_bytes().startswith(b"%PDF-")

    press(page, "新增意见")
    field_of(page, "执业机构").fill(ELSEWHERE)
    field_of(page, "机构意见").fill(OPINION)
    press(page.locator("#note-outside"), "保存")
    expect(row_of(page, ELSEWHERE)).to_contain_text(OPINION)
    for part in ("工作业绩", "职业道德"):
        answer(page.locator(".decision"), part, "合格")
    press(page.locator(".decision"), "提交")
    tell(page, "“提交”操作成功。")


def test_the_agency_rechecks_it_among_the_simplified(people: Visitors) -> None:
    page = people.at("agency")
    menu(page, "考核管理", "简易程序复核")
    field_of(page, "姓名").fill(NAME)
    press(page, "查询")
    follow(row_of(page, NAME), "复核")
    follow(page, "下一步")
    expect(row_of(page, ELSEWHERE)).to_contain_text(OPINION)


def test_the_clerk_works_through_the_queue_by_keys(people: Visitors) -> None:
    page = people.at("hospital", "/review/simplified/list/")
    page.get_by_role("link", name="审核", exact=True).first.click()
    first = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_contain_text("上一件")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    page.keyboard.press("a")
    expect(page.locator(".decision")).to_be_visible()
    for _part in ("工作业绩", "职业道德"):
        page.keyboard.press("a")  # the first part that lacks an opinion
        page.keyboard.press("Space")
    page.keyboard.press("a")
    tell(page, "“提交”操作成功。")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    expect(page.get_by_text("下一步")).to_be_visible()
