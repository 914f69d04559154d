"""公告: written above, read below, and 必读 before anything else."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import Audience
from app.models import Announcement, AnnouncementReading, TrailEntry
from app.operations import announcements
from app.views.clock import now
from tests.support.site import Site
from tests.views.casebrowser import page, rows, statements, text

FORM = {"title": "关于补报材料的通知", "audience": "INSTITUTIONS", "body": "请于月底前补报。"}


def announced(site: Site, username: str, **changes: Any) -> int:
    """Publish an announcement behind the browser's back."""
    facts = {"title": "通知", "body": "正文", "audience": Audience.ALL, "must_read": False}
    actor = site.actor(username)
    with site.session(username) as session:
        row = announcements.draft(session, **{**facts, **changes}, actor=actor, at=now())
        announcements.publish(session, row, actor=actor, at=now())
        session.commit()
        return int(row.id)


def newest(site: Site) -> Announcement:
    with site.session() as session:
        row = session.scalars(select(Announcement).order_by(Announcement.id.desc())).first()
        assert row is not None
        session.expunge_all()
        return row


def signed_in(site: Site, username: str) -> Any:
    """Give a browser that has just come through the sign-in form."""
    browser = site.client()
    sent = {"account": username, "password": "Dingkao-2024"}
    assert browser.post("/login/", data=sent).status_code == 303
    return browser


def test_a_draft_is_changed_published_and_withdrawn(site: Site) -> None:
    county, clerk = site.client("county"), site.client("hospital")
    assert county.post("/announcements/add", data=FORM).status_code == 302
    pk = newest(site).id
    assert clerk.get(f"/announcements/show/{pk}").status_code == 404
    county.post(f"/announcements/edit/{pk}", data={**FORM, "title": "关于补报的通知"})
    county.post(f"/announcements/publish/{pk}")

    assert "关于补报的通知" in text(page(clerk, f"/announcements/show/{pk}"))
    assert county.get(f"/announcements/edit/{pk}").location == f"/announcements/show/{pk}"
    county.post(f"/announcements/edit/{pk}", data={**FORM, "title": "改写"})
    again = county.post(f"/announcements/publish/{pk}", follow_redirects=True)
    assert "公告已发布，不能再修改" in text(again.get_data(as_text=True))
    assert newest(site).title == "关于补报的通知"
    county.post(f"/announcements/withdraw/{pk}")
    assert clerk.get(f"/announcements/show/{pk}").status_code == 404
    with site.session() as session:
        entries = session.scalars(
            select(TrailEntry.action)
            .where(TrailEntry.subject == "announcement", TrailEntry.subject_id == pk)
            .order_by(TrailEntry.id)
        ).all()
    assert entries == ["create", "edit", "publish", "withdraw"]


@pytest.mark.parametrize(
    ("author", "audience", "seen", "unseen"),
    [
        ("province", Audience.ALL, ("hospital", "agency", "county"), ("hospital-sn",)),
        ("city", Audience.ALL, ("hospital-4", "county-2"), ("hospital", "city-2", "province-sn")),
        ("county", Audience.INSTITUTIONS, ("hospital",), ("hospital-4", "agency")),
        ("province", Audience.AGENCIES, ("agency", "proctor"), ("hospital", "county")),
        ("nation", Audience.ALL, ("hospital", "hospital-sn", "province"), ()),
    ],
)
def test_it_is_seen_below_by_those_it_is_for(
    site: Site, author: str, audience: Audience, seen: tuple[str, ...], unseen: tuple[str, ...]
) -> None:
    pk = announced(site, author, audience=audience)
    answers = {
        name: site.client(name).get(f"/announcements/show/{pk}").status_code
        for name in (*seen, *unseen)
    }
    assert answers == dict.fromkeys(seen, 200) | dict.fromkeys(unseen, 404)


def test_those_above_look_on_but_only_the_author_manages(site: Site) -> None:
    pk = announced(site, "county")
    above, below = site.client("province"), site.client("hospital")
    assert above.get(f"/announcements/show/{pk}").status_code == 200
    for step in ("publish", "withdraw", "edit", "confirm"):
        assert above.post(f"/announcements/{step}/{pk}", data=FORM).status_code == 403
    assert below.post(f"/announcements/withdraw/{pk}").status_code == 403
    assert newest(site).withdrawn_at is None


def test_an_author_sees_who_has_read_of_how_many(site: Site) -> None:
    pk = announced(site, "county", audience=Audience.INSTITUTIONS)
    clerk = site.client("hospital")
    for _time in range(2):
        assert clerk.post(f"/announcements/confirm/{pk}").status_code == 303
    shown = text(page(site.client("county"), f"/announcements/show/{pk}"))
    counts = re.search(r"已有(\d+)个账号确认阅读，发布对象共(\d+)个账号", shown)
    assert counts is not None
    assert int(counts[1]) == 1 < int(counts[2]) + 1
    path = f"/announcement-readings/list/?announcement={pk}"
    (row,) = rows(page(site.client("county"), path))
    assert row[1:5] == ["通知", "尚成格", "医疗卫生机构", "平城区医院"]
    assert rows(page(site.client("city"), path)) == []
    with site.session() as session:
        found = select(AnnouncementReading).where(AnnouncementReading.announcement_id == pk)
        assert len(session.scalars(found).all()) == 1


def test_what_must_be_read_stands_before_everything_until_it_is_confirmed(site: Site) -> None:
    first = announced(site, "county", title="第一份", must_read=True)
    second = announced(site, "province", title="第二份", must_read=True)
    browser = signed_in(site, "hospital")
    for path in ("/", "/departments/list/", f"/announcements/show/{second}"):
        assert browser.get(path).location == "/announcements/must-read"
    script = browser.get("/departments/list/", headers={"X-Requested-With": "XMLHttpRequest"})
    assert script.status_code == 403

    for pk, title in ((first, "第一份"), (second, "第二份")):
        shown = page(browser, "/announcements/must-read")
        assert title in text(shown)
        assert f"/announcements/confirm/{pk}" in shown
        assert browser.post(f"/announcements/confirm/{pk}").status_code == 303
    assert browser.get("/announcements/must-read").location == "/"
    assert browser.get("/").status_code == 200
    assert signed_in(site, "hospital").get("/").status_code == 200
    assert browser.post("/logout/").status_code == 303


def test_the_author_and_other_areas_are_not_held_up(site: Site) -> None:
    announced(site, "county", must_read=True)
    for name in ("county", "city", "agency", "sysadmin"):
        assert signed_in(site, name).get("/").status_code == 200


def test_the_question_is_asked_once_a_sign_in(site: Site) -> None:
    browser = signed_in(site, "hospital")
    browser.get("/departments/list/")
    with statements(site) as sent:
        browser.get("/departments/list/")
    assert [one for one in sent if "announcement" in one] == []


def test_the_home_page_shows_the_latest_and_what_is_unread(site: Site) -> None:
    pk = announced(site, "county", title="最新的通知")
    browser = site.client("hospital")
    news = re.search(r'(?s)<ul class="news">(.*?)</ul>', page(browser, "/"))
    assert news is not None
    first = news[1].split("</li>")[0]
    assert f"/announcements/show/{pk}" in first
    assert text(first).startswith("未读 最新的通知")
    browser.post(f"/announcements/confirm/{pk}")
    assert "已读" in text(page(browser, "/announcements/list/"))
    assert "最新的通知" in text(page(site.physician_client(), "/"))


def test_lists_cost_six_statements_at_most(shared_site: Site) -> None:
    for name, path in (
        ("hospital", "/announcements/list/"),
        ("province", "/announcements/list/"),
        ("province", "/announcement-readings/list/"),
    ):
        browser = shared_site.client(name)
        page(browser, path)
        with statements(shared_site) as sent:
            page(browser, path)
        assert len(sent) <= 6, sent
