"""操作审计."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.enums import Role
from app.models import Institution, TrailEntry
from app.operations import trail
from app.periods import local_day
from app.security.actor import SYSTEM
from app.views.clock import now
from tests.support.site import Site
from tests.views.administration import id_of, identity_id, text

pytestmark = pytest.mark.both


def test_a_step_is_shown_with_person_states_and_reason(site: Site) -> None:
    pk = id_of(site, Institution, name="潞州区医院")
    site.client("city").post(f"/steps/institution/{pk}/stop", data={"comment": "停业整顿"})
    shown = text(site.client("auditor").get("/trail/list/"))
    assert "申岳阳 卫生行政部门 长治市卫生健康委员会 停用" in shown
    assert f"医疗卫生机构 {pk} 正常 已停用 停业整顿" in shown


def test_an_authority_reads_what_happened_below_only(shared_site: Site) -> None:
    actor = shared_site.actor("city")
    with shared_site.session() as session:
        ids = session.scalars(
            select(TrailEntry.id).where(~TrailEntry.authority_path.startswith(actor.authority_path))
        ).all()
        below = session.scalar(
            select(func.count()).where(TrailEntry.authority_path.startswith(actor.authority_path))
        )
    client = shared_site.client("city")
    assert f"共{below}条记录" in text(client.get("/trail/list/"))
    assert client.get(f"/trail/show/{ids[0]}").status_code == 404


def test_entries_are_filtered_by_person_action_object_and_day(site: Site) -> None:
    pk = identity_id(site, "county-2")
    site.client("city").post(f"/accounts/reset/{pk}")
    client, today = site.client("auditor"), local_day(now())
    day = today.isoformat()
    found = text(client.get(
        f"/trail/list/?who=申岳&act=重置&about=account&at_from={day}&at_to={day}"
    ))  # fmt: skip
    assert "共1条记录" in found
    assert "重置密码" in found
    yesterday = (today - timedelta(days=1)).isoformat()
    assert "共0条记录" in text(client.get(f"/trail/list/?act=重置&at_to={yesterday}"))
    assert "查询条件有误" in text(client.get("/trail/list/?at_from=immer"))


def test_a_day_ends_at_midnight_in_china(site: Site) -> None:
    with site.session() as session:
        for hour, minute, action in ((15, 59, "before"), (16, 0, "after")):
            trail.log(
                session, actor=SYSTEM, at=datetime(2020, 3, 1, hour, minute), subject="role",
                subject_id=None, action=action, label=action,
            )  # fmt: skip
        session.commit()
    shown = text(site.client("auditor").get("/trail/list/?at_from=2020-03-01&at_to=2020-03-01"))
    assert "共1条记录" in shown
    assert "2020-03-01 23:59" in shown


def test_the_newest_entry_comes_first(shared_site: Site) -> None:
    with shared_site.session() as session:
        newest = session.scalar(select(func.max(TrailEntry.id)))
    shown = shared_site.client("auditor").get("/trail/list/?per_page=10").text
    first = shown[shown.index("/trail/show/") :]
    assert first.startswith(f"/trail/show/{newest}")


def test_the_security_administrator_does_not_audit(shared_site: Site) -> None:
    for who in ("secadmin", "sysadmin"):
        assert shared_site.client(who).get("/trail/list/").status_code == 403


def test_every_subject_and_state_of_the_demo_has_words(shared_site: Site) -> None:
    shown = shared_site.client("auditor").get("/trail/export/csv").data.decode("utf-8-sig")
    for name in ("AWAITING_", "UNCONFIRMED", "INITIAL", "assessment", "participation"):
        assert name not in shown
    assert Role.AUTHORITY.value in shown
