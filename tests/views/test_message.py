"""消息: the bell, the inbox, opening, and how one wants it."""

import re

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import MessageKind
from app.models import Account, MailAddress, Message, MessagePreference
from app.operations.messages import tell
from app.views.clock import now
from app.workflows.assessment import ASSESSMENT
from tests.support.site import Site
from tests.views.casebrowser import page, rows, statements, text
from tests.workflows.world import AT, REASON, case_id, physician_of


def write(site: Site, username: str, number: int = 1, *, link: str | None = None) -> list[int]:
    """Tell somebody something, and give the ids of what is unread."""
    account_id = site.actor(username).account_id
    with site.session() as session:
        for _time in range(number):
            tell(
                session,
                [account_id or 0],
                at=now(),
                kind=MessageKind.RESULT,
                title="您的考核结果已认定",
                body="考核结果可在首页查看。",
                link=link,
            )
        session.commit()
        found = select(Message.id).where(
            Message.account_id == account_id, Message.read_at.is_(None)
        )
        return list(session.scalars(found.order_by(Message.id)))


def bell(html: str) -> str:
    """Give what the bell shows."""
    found = re.search(r'(?s)<span class="bell-count">(.*?)<', html)
    return found[1] if found else ""


def test_a_rejected_physician_sees_the_bell_and_lands_on_the_registration(site: Site) -> None:
    pk = case_id(site, S.AWAITING_INSTITUTION)
    clerk, person = site.actor("hospital"), physician_of(site, pk)
    with site.session() as session:
        username = session.get_one(Account, person.account_id).username
    browser = site.client(username)
    browser.post("/messages/read-all")
    assert bell(page(browser, "/")) == ""
    with site.session("hospital") as session:
        ASSESSMENT.fire(session, pk, "institution_reject", actor=clerk, at=AT, comment=REASON)
        session.commit()

    assert bell(page(browser, "/")) == "1"
    first = rows(page(browser, "/messages/list/"))[0]
    assert first[2:5] == ["未读", "驳回、退回", "报名信息被医疗卫生机构驳回"]
    assert REASON in first[5]
    with site.session() as session:
        (unread,) = session.scalars(
            select(Message.id).where(
                Message.account_id == person.account_id, Message.read_at.is_(None)
            )
        )
    opened = browser.post(f"/messages/open/{unread}")
    assert (opened.status_code, opened.location) == (303, "/registration/")
    assert REASON in page(browser, opened.location)
    assert bell(page(browser, "/")) == ""


def test_the_bell_stops_counting_at_ninety_nine(site: Site) -> None:
    browser = site.client("agency")
    write(site, "agency", 99)
    known = int(bell(page(browser, "/")).rstrip("+"))
    assert known >= 99
    write(site, "agency", 2)
    assert bell(page(browser, "/")) == "99+"


def test_unread_messages_come_first_and_a_kind_is_found(site: Site) -> None:
    browser = site.client("hospital")
    browser.post("/messages/read-all")
    (pk,) = write(site, "hospital")
    write(site, "hospital")
    browser.post(f"/messages/open/{pk + 1}")
    listed = rows(page(browser, "/messages/list/"))
    assert [row[2] for row in listed[:2]] == ["未读", "已读"]
    assert len(rows(page(browser, "/messages/list/?tab=unread"))) == 1
    found = rows(page(browser, "/messages/list/?kind=RESULT"))
    assert {row[3] for row in found} == {"考核结果"}
    assert "未读" in browser.get("/messages/export/csv").get_data(as_text=True)


def test_the_text_is_shown_to_whoever_has_two_identities_before_it_leads_on(site: Site) -> None:
    (*_old, pk) = write(site, "hospital", link="/entrusted/list/")
    opened = site.client("hospital").post(f"/messages/open/{pk}")
    assert opened.location == f"/messages/text/{pk}"
    shown = page(site.client("hospital"), opened.location)
    assert "考核结果可在首页查看。" in text(shown)
    assert 'href="/entrusted/list/"' in shown


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_somebody_elses_message_does_not_exist(site: Site, method: str) -> None:
    (*_old, pk) = write(site, "agency")
    path = f"/messages/{'text' if method == 'GET' else 'open'}/{pk}"
    assert site.client("hospital").open(path, method=method).status_code == 404
    with site.session() as session:
        assert session.get_one(Message, pk).read_at is None


def test_a_link_never_leads_to_another_host(site: Site) -> None:
    (*_old, pk) = write(site, "agency", link="//evil.example/")
    assert site.client("agency").post(f"/messages/open/{pk}").location == "/"


def test_preferences_are_kept_and_returns_cannot_be_switched_off(site: Site) -> None:
    browser = site.client("agency")
    assert "在系统内接收" in text(page(browser, "/messages/preferences"))
    wrong = browser.post("/messages/preferences", data={"by_mail": ["RETURNED"], "language": "zh"})
    assert "请填写接收邮件的电子邮箱。" in text(wrong.get_data(as_text=True))
    sent = {"in_app": ["CYCLE"], "by_mail": ["RETURNED"], "address": "lu@agency.example"}
    assert browser.post("/messages/preferences", data={**sent, "language": "en"}).status_code == 303

    account_id = site.actor("agency").account_id
    with site.session() as session:
        kept = {
            row.kind: (row.in_app, row.by_mail)
            for row in session.scalars(
                select(MessagePreference).where(MessagePreference.account_id == account_id)
            )
        }
        assert session.get_one(MailAddress, account_id).language == "en"
    assert kept[MessageKind.RETURNED] == (True, True)
    assert kept[MessageKind.ACCOUNT] == (True, False)
    assert kept[MessageKind.CYCLE] == (True, False)
    assert kept[MessageKind.REMINDER] == (False, False)
    shown = page(browser, "/messages/preferences")
    assert 'value="lu@agency.example"' in shown
    assert re.search(r'checked[^>]*value="CYCLE"', shown)


def test_the_bell_costs_no_statement_and_the_inbox_six_at_most(shared_site: Site) -> None:
    browser = shared_site.client("hospital")
    page(browser, "/messages/list/")
    for path in ("/messages/list/", "/departments/list/"):
        with statements(shared_site) as sent:
            page(browser, path)
        assert len(sent) <= 6, sent
        assert sum("message" in one for one in sent) == (2 if "messages" in path else 1)
