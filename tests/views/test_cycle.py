"""考核周期 in pages: the province sets it up and opens it; everybody else looks on."""

import re
from dataclasses import fields, replace
from html import unescape
from typing import Any

from sqlalchemy import func, select

from app.enums import CycleStatus, ScheduleWindow
from app.models import Assessment, Cycle, Job, TrailEntry
from app.operations.cycle_changes import RULE_WORDS
from app.operations.cycle_following import next_facts, touches
from app.periods import local_day
from app.queries.cycles import rules, window
from app.rules import CycleRules
from app.views.clock import now
from app.views.cycle_form import GROUPS
from tests.support.site import Site
from tests.support.world import finish_cases
from tests.views.administration import fresh_province, id_of, rules_form, text


def _cycle(site: Site, pk: int) -> tuple[Any, ...]:
    with site.session() as session:
        row = session.get_one(Cycle, pk)
        review = window(row, ScheduleWindow.REVIEW)
        assert review is not None
        return (row.label, row.status, rules(row), review.last_day)


def test_a_fresh_province_sets_up_and_opens_a_cycle(site: Site) -> None:
    made = fresh_province(site)
    answer = made.province.post("/cycles/add", data=rules_form(pass_mark_assistant=55))
    assert answer.status_code == 302, text(answer)
    pk = id_of(site, Cycle, province_id=made.id)
    assert made.province.post(f"/steps/cycle/{pk}/open").status_code == 302

    label, status, stored, _last = _cycle(site, pk)
    assert (label, status) == ("07", CycleStatus.OPEN)
    assert stored == CycleRules(
        pass_mark_assistant=55, provincial_grounds=("援外满六个月", "抗疫表彰")
    )
    assert "进行中" in text(made.province.get(f"/cycles/show/{pk}"))


def test_a_cycle_without_all_windows_is_kept_but_not_opened(site: Site) -> None:
    made = fresh_province(site)
    made.province.post("/cycles/add", data=rules_form(review_from="", review_to=""))
    pk = id_of(site, Cycle, province_id=made.id)
    answer = made.province.post(f"/steps/cycle/{pk}/open", follow_redirects=True)

    assert "请先设置“报名信息审核时间”的起止日期。" in text(answer)
    with site.session() as session:
        assert session.get_one(Cycle, pk).status is CycleStatus.DRAFT


def test_mistakes_stand_beside_their_fields_and_what_was_typed_stays(site: Site) -> None:
    wrong = rules_form(
        review_to="2031-01-01", registration_to="", suspension_months_max=3,
        suspension_months_min=6, notice_days=400, papers_general=[],
    )  # fmt: skip
    first = site.client("province").post("/cycles/add", data=wrong).text
    assert "一般程序至少选择一个测评科目。" in first
    assert "365" in first
    assert 'value="2031-01-01"' in first

    wrong |= {"notice_days": 60, "papers_general": ["公共知识"]}
    shown = text(site.client("province").post("/cycles/add", data=wrong))
    for message in ("该日期超出了考核周期的起止日期。", "请填写日期。", "最大值不能小于最小值。"):
        assert message in shown
    with site.session() as session:
        assert session.scalar(select(Cycle.id).where(Cycle.label == "07")) is None


def test_a_last_day_before_the_first_is_refused_beside_the_field(shared_site: Site) -> None:
    wrong = rules_form(starts_on="2026-05-10", last_day="2026-05-09")
    shown = shared_site.client("province").post("/cycles/add", data=wrong).text
    assert 'id="last_day-error">结束日期不能早于开始日期。' in shown


def test_an_open_cycle_is_changed_only_after_the_difference_and_a_reason(site: Site) -> None:
    client, pk = site.client("province"), id_of(site, Cycle, label="02")
    with site.session() as session:
        cycle = session.get_one(Cycle, pk)
        days = {"starts_on": cycle.starts_on, "last_day": cycle.last_day, "label": "02"}
        for row in cycle.windows:
            if row.kind is not ScheduleWindow.CYCLE:
                name = row.kind.name.lower()
                days |= {f"{name}_from": row.starts_on, f"{name}_to": row.last_day}
        grounds = "\n".join(cycle.rules["provincial_grounds"])
    days["review_to"] = days["last_day"]
    sent = rules_form(
        **days, version=str(_version(site, pk)), provincial_grounds=grounds,
        pass_mark_physician=65,
    )  # fmt: skip

    asked = client.post(f"/cycles/edit/{pk}", data=sent)
    assert "执业医师合格线 60 65" in text(asked)
    assert "报名信息审核时间" in text(asked)
    assert "补考次数" not in text(asked)
    assert "请填写修改原因。" in text(client.post(
        f"/cycles/edit/{pk}", data=sent | {"stage": "confirm", "reason": "  "}
    ))  # fmt: skip
    assert _cycle(site, pk)[2].pass_mark_physician == 60
    back = client.post(f"/cycles/edit/{pk}", data=sent | {"stage": "back"})
    assert 'value="65"' in back.text

    done = client.post(f"/cycles/edit/{pk}", data=sent | {"stage": "confirm", "reason": "专家论证"})
    assert done.status_code == 302
    _label, _status, stored, last = _cycle(site, pk)
    assert stored.pass_mark_physician == 65
    assert last == days["last_day"]
    with site.session() as session:
        entry = session.scalars(
            select(TrailEntry).where(TrailEntry.subject == "cycle", TrailEntry.action == "edit")
        ).one()
        assert entry.comment.startswith("专家论证；报名信息审核时间：")
        assert entry.comment.endswith("执业医师合格线：60→65")
    late = client.post(f"/cycles/edit/{pk}", data=sent | {"pass_mark_physician": 70, "reason": "x"})
    assert "可能已由他人处理" in text(late)


def _version(site: Site, pk: int) -> int:
    with site.session() as session:
        found: int = session.get_one(Cycle, pk).version
    return found


def test_a_city_sees_the_cycle_with_closed_buttons_and_cannot_write(site: Site) -> None:
    client, pk = site.client("city"), id_of(site, Cycle, label="02")
    shown = client.get("/cycles/list/")
    assert text(shown).count("（考核周期由省级卫生行政部门设置。）") == 3
    assert client.get("/cycles/add").status_code == 403
    assert client.get(f"/cycles/edit/{pk}").status_code == 403
    answer = client.post(f"/steps/cycle/{pk}/close", data={"comment": "越权"})
    assert answer.status_code == 403
    assert _cycle(site, pk)[1] is CycleStatus.OPEN


def test_another_province_has_no_such_cycle(shared_site: Site) -> None:
    client, pk = shared_site.client("province-sn"), id_of(shared_site, Cycle, label="02")
    for path in (f"/cycles/show/{pk}", f"/cycles/edit/{pk}"):
        assert client.get(path).status_code == 404
    assert client.post(f"/steps/cycle/{pk}/close", data={"comment": "x"}).status_code == 404


def test_every_rule_has_a_word_and_a_field() -> None:
    known = {field.name for field in fields(CycleRules)} - {"document_version"}
    rows = [row for _legend, names in GROUPS for row in names]
    drawn = {name for row in rows for name in ((row,) if isinstance(row, str) else row)}
    assert set(RULE_WORDS) == known
    assert known <= drawn


def test_a_cycle_that_is_over_is_not_edited(site: Site) -> None:
    client, pk = site.client("province"), id_of(site, Cycle, label="02")
    with site.session() as session:
        finish_cases(session)
        session.commit()
    client.post(f"/steps/cycle/{pk}/close", data={"comment": "期满"})
    today = local_day(now()).isoformat()
    sent = rules_form(
        label="02", version=str(_version(site, pk)), starts_on=today, last_day=today,
        **{f"{w}_{end}": today for w in ("agency_application", "registration", "review",
                                         "examination") for end in ("from", "to")},
    )  # fmt: skip
    shown = text(client.post(f"/cycles/edit/{pk}", data=sent))
    assert "已结束，不能再修改。" in shown


def test_the_next_cycle_is_suggested_from_the_last(site: Site) -> None:
    made = fresh_province(site)
    made.province.post("/cycles/add", data=rules_form(pass_mark_assistant=55))
    pk = id_of(site, Cycle, province_id=made.id)
    assert f"/cycles/add?from={pk}" in made.province.get("/cycles/list/").text
    shown = made.province.get(f"/cycles/add?from={pk}").text
    with site.session() as session:
        last = session.get_one(Cycle, pk)
        facts, end = next_facts(session, last), last.last_day
    assert (facts.label, (facts.starts_on - end).days) == ("08", 1)
    assert facts.rules.pass_mark_assistant == 55
    assert set(facts.windows) == set(ScheduleWindow)
    for value in ("08", facts.starts_on, facts.last_day, 55):
        assert f'value="{value}"' in shown
    foreign = site.client("province-sn").get(f"/cycles/add?from={pk}")
    assert 'value="55"' not in foreign.text, "another province's cycle suggests nothing"


def test_a_change_of_rules_tells_how_many_cases_it_still_decides(site: Site) -> None:
    with site.session() as session:
        cycle = session.scalars(
            select(Cycle).where(Cycle.status == CycleStatus.OPEN).order_by(Cycle.id)
        ).first()
        before = rules(cycle)
        changed = replace(before, statement_min_length=400, pass_mark_physician=70)
        told = {one.word: one.cases for one in touches(session, cycle, changed)}
        states = session.execute(
            select(Assessment.status, func.count())
            .where(Assessment.cycle_id == cycle.id)
            .group_by(Assessment.status)
        ).all()
        known = {status.name: number for status, number in states}
        assert touches(session, cycle, before) == ()
    unsent = ("AWAITING_FORM", "INSTITUTION_REJECTED", "AGENCY_REJECTED")
    assert told == {
        RULE_WORDS["statement_min_length"]: sum(known.get(name, 0) for name in unsent),
        RULE_WORDS["pass_mark_physician"]: sum(known.values()) - known.get("COMPLETED", 0),
    }
    assert all(told.values())


def filled(page: str) -> dict[str, Any]:
    """Give what a browser would send of the form as it was drawn."""
    found: dict[str, Any] = {}
    form = page[page.index('id="page-form"') :]
    for tag in re.findall(r"<input[^>]*>", form):
        facts = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if facts.get("type") == "checkbox":
            if "checked" in tag:
                found.setdefault(facts["name"], []).append(unescape(facts["value"]))
        elif "name" in facts:
            found[facts["name"]] = unescape(facts.get("value", ""))
    areas = re.findall(r'(?s)<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form)
    return found | {name: unescape(inner).strip() for name, inner in areas}


def test_another_pass_mark_tells_who_changes_and_judges_them_in_a_job(site: Site) -> None:
    client, pk = site.client("province"), id_of(site, Cycle, label="02")
    page = client.get(f"/cycles/edit/{pk}").text
    sent = filled(page) | {"pass_mark_physician": "100", "pass_mark_assistant": "100"}
    shown = text(client.post(f"/cycles/edit/{pk}", data=sent))
    assert re.search(r"0份试卷由不合格变为合格，\d+份由合格变为不合格，涉及\d+名医师", shown)
    done = client.post(
        f"/cycles/edit/{pk}", data=sent | {"reason": "专家论证"}, follow_redirects=True
    )
    assert "已开始按新的合格线重新判分" in text(done)
    with site.session() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "rescoring"))
        assert job.arguments["reason"] == "专家论证"
