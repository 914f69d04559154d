"""A clerk returns a case; the physician sees the bell, opens the message, lands on the form."""

import re

from playwright.sync_api import expect

from tests.browser.visitors import (
    Visitors,
    agree,
    fact,
    field_of,
    follow,
    menu,
    press,
    row_of,
    tell,
)

REASON = "手术例数与病案系统不一致，请核对。"


def test_a_returned_physician_is_led_by_the_bell_to_the_registration(people: Visitors) -> None:
    clerk = people.at("hospital", "/review/general/list/")
    clerk.get_by_role("link", name="审核", exact=True).first.click()
    name = clerk.get_by_role("heading", level=1).inner_text().strip()
    clerk.goto("/physicians/list/?tab=confirmed")
    field_of(clerk, "姓名").fill(name)
    press(clerk, "查询")
    follow(row_of(clerk, name), "查看")
    press(clerk, "查看完整号码")
    agree(clerk, "查看完整号码", reason="核对证件")
    number = fact(clerk, "证件号码").inner_text().strip()

    menu(clerk, "考核管理", "一般程序审核")
    follow(row_of(clerk, name), "审核")
    follow(clerk, "下一步")
    press(clerk.locator(".decision"), "驳回")
    agree(clerk, "驳回", reason=REASON)
    tell(clerk, "“驳回”操作成功。")

    page = people.sign_in(number)
    bell = page.locator("header").get_by_role("link", name=re.compile("消息"))
    expect(bell).to_contain_text("2")  # the other tells of a further place of practice
    bell.click()
    message = row_of(page, "报名信息被医疗卫生机构驳回")
    expect(message).to_contain_text(REASON)
    press(message, "查看")
    expect(page).to_have_url(re.compile(r"/registration/$"))
    tell(page, REASON)
    expect(page.locator(".bell-count")).to_contain_text("1")
