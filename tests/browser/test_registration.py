"""考核报名 part by part: steps, a portrait cropped in the browser, a file that survives a dead network."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import PHYSICIAN
from tests.browser.visitors import Visitors, field_of, press, tell, turn_to

PARTS = (
    "基本信息",
    "执业信息",
    "执业经历",
    "执业行为记录",
    "工作业绩",
    "职业道德自评",
    "考核程序",
    "附件",
)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture as a phone takes it: large, and wider than a portrait."""
    path = tmp_path_factory.mktemp("photo") / "照片.jpg"
    Image.effect_noise((1600, 1500), 60).convert("RGB").save(path, "JPEG", quality=95)
    return path


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of several pieces."""
    path = tmp_path_factory.mktemp("scan") / "资格证书.pdf"
    path.write_bytes(b"%PDF-1.4\n" + b"0123456789abcdef" * 110_000)
    return path


def test_the_parts_are_walked_one_by_one(people: Visitors) -> None:
    page = people.at(PHYSICIAN, "/registration/#basic")
    shown = page.locator("form#registration > section:visible")
    for number, name in enumerate(PARTS):
        expect(shown).to_have_count(1)
        expect(shown.locator("h2").first).to_have_text(name)
        if number < len(PARTS) - 1:
            press(page, "下一步")
    expect(page.get_by_role("button", name="下一步")).to_be_hidden()
    press(page, "上一步")
    expect(shown.locator("h2").first).to_have_text(PARTS[-2])

    press(page, "显示全部")
    expect(shown).to_have_count(len(PARTS))
    page.reload()
    expect(shown).to_have_count(len(PARTS))
    press(page, "分步填写")
    expect(shown).to_have_count(1)


def test_a_portrait_is_cropped_before_it_leaves(people: Visitors, photo: Path) -> None:
    page = people.at(PHYSICIAN, "/registration/#basic")
    page.locator("#portrait-file").set_input_files(photo)
    expect(page.get_by_text("已按证件照比例裁剪")).to_be_visible()
    size = page.evaluate("document.getElementById('portrait-file').files[0].size")
    assert 0 < size < photo.stat().st_size / 2
    press(page, "上传头像")
    tell(page, "头像已保存。")
    image = page.get_by_role("img", name="头像")
    expect(image).to_be_visible()
    assert page.evaluate("document.querySelector('img.portrait').naturalWidth") == 413


def test_a_picture_that_is_too_small_is_told_at_once(people: Visitors, tmp_path: Path) -> None:
    small = tmp_path / "小.png"
    Image.new("RGB", (90, 120)).save(small)
    page = people.at(PHYSICIAN, "/registration/#basic")

    page.locator("#portrait-file").set_input_files(small)

    expect(page.get_by_text("图片太小，请换一张更清晰的证件照。")).to_be_visible()


def test_a_file_goes_on_when_the_network_is_back(people: Visitors, scan: Path) -> None:
    page = people.at(PHYSICIAN, "/registration/#attachments")
    turn_to(page, "附件")
    page.locator("#attachment").set_input_files(scan)
    page.context.set_offline(True)
    press(page, "上传附件")
    expect(page.get_by_text("网络中断，恢复后自动继续上传。")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_role("link", name="资格证书.pdf")).to_be_visible()
    people.complaints.clear()  # the browser notes what it could not send
    turn_to(page, "基本信息")
    expect(field_of(page, "手机号码")).not_to_have_value("")
