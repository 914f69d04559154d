"""登录 with 验证码 in the browser: the picture, another one, the sum in words, and 退出."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitors import Visitors, field_of, follow, press, tell


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """This program asks for the 验证码."""
    return {"DINGKAO_CAPTCHA": "on"}


def test_a_wrong_captcha_keeps_the_account_and_draws_another_picture(people: Visitors) -> None:
    page = people.page("visitor")
    page.goto("/login/")
    picture = page.get_by_alt_text("验证码图片")
    first = picture.get_attribute("src")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0

    field_of(page, "账号").fill("hospital")
    field_of(page, "密码").fill("whatever")
    field_of(page, "验证码").fill("----")
    press(page, "登录")
    expect(page.locator("#captcha-error")).to_have_text("验证码不正确或已失效，请重新输入。")
    expect(field_of(page, "账号")).to_have_value("hospital")
    expect(field_of(page, "密码")).to_have_value("")
    expect(page.get_by_alt_text("验证码图片")).not_to_have_attribute("src", first or "")

    second = picture.get_attribute("src")
    drawn = "image => image.decode().then(() => image.naturalWidth)"
    picture.evaluate(drawn)  # a picture under way would come behind the next page's question
    page.get_by_role("button", name="换一张").click()
    expect(picture).not_to_have_attribute("src", second or "")
    assert picture.evaluate(drawn) > 0


def test_a_wrong_password_does_not_tell_whether_the_account_exists(people: Visitors) -> None:
    page = people.page("visitor")
    told = []
    for account in ("hospital", "nobody-here"):
        page.goto("/login/?words=1")
        people.fill_in(page, account, "Falsch-2024-x")
        told.append(page.get_by_role("alert").inner_text())
    assert told[0] == told[1]


def test_signing_in_leads_to_where_one_wanted_to_go_and_out_again(people: Visitors) -> None:
    page = people.page("visitor")
    page.goto("/physicians/list/")
    follow(page, "换用文字题")
    people.fill_in(page, "hospital")
    expect(page.get_by_role("heading", level=1)).to_have_text("医师列表")
    press(page, "退出")
    tell(page, "您已退出登录。")
    page.go_back()
    page.reload()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
