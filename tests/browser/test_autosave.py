"""考核报名 saves itself: what was typed is there again after the lid was closed, and in a dead network."""

from playwright.sync_api import expect

from tests.browser.pages import PHYSICIAN
from tests.browser.visitors import Visitors, field_of, press, turn_to


def test_a_closed_lid_loses_nothing(people: Visitors) -> None:
    page = people.at(PHYSICIAN, "/registration/")
    expect(page.get_by_text("未提交").first).to_be_visible()
    for name, label, value in (
        ("基本信息", "电子邮箱", "first@example.com"),
        ("执业信息", "职务", "医疗组长"),
    ):
        turn_to(page, name)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            field_of(page, label).first.fill(value)
    expect(page.get_by_text("草稿已自动保存")).to_be_visible()

    page = people.at(PHYSICIAN, "/registration/")

    turn_to(page, "基本信息")
    expect(field_of(page, "电子邮箱")).to_have_value("first@example.com")
    turn_to(page, "执业信息")
    expect(field_of(page, "职务").first).to_have_value("医疗组长")


def test_what_a_dead_network_kept_back_is_filled_in_again(people: Visitors) -> None:
    page = people.at(PHYSICIAN, "/registration/")
    turn_to(page, "基本信息")
    page.context.set_offline(True)
    field_of(page, "电子邮箱").fill("second@example.com")
    expect(page.get_by_text("暂时不能自动保存")).to_be_visible()
    page.context.set_offline(False)
    people.complaints.clear()  # the browser notes what it could not send
    page.once("dialog", lambda dialog: dialog.accept())

    page.reload()

    expect(field_of(page, "电子邮箱")).to_have_value("second@example.com")
    expect(page.get_by_text("草稿已自动保存")).to_be_visible()
    press(page, "保存草稿")
    expect(page.get_by_text("草稿已保存，尚未提交。")).to_be_visible()
