"""The current cycle that lists keep: a change of it shows at once, in every process."""

import re
from datetime import timedelta

from sqlalchemy import event, select

from app.enums import CycleStatus, ScheduleWindow
from app.extensions import db
from app.models import Cycle, CycleWindow
from app.views.clock import today
from tests.support.site import Site

LIST = "/physicians/list/"


def test_a_window_that_ends_closes_the_step_on_pages_already_drawn(site: Site) -> None:
    client = site.client("hospital")
    for _ in range(2):  # the second page is made of kept pieces
        assert "已结束，不能再确认参加" not in client.get(LIST).text

    with site.session() as session:
        window = session.scalars(
            select(CycleWindow)
            .join(Cycle, Cycle.id == CycleWindow.cycle_id)
            .where(
                Cycle.status == CycleStatus.OPEN, CycleWindow.kind == ScheduleWindow.REGISTRATION
            )
        ).first()
        window.last_day = max(window.starts_on, today() - timedelta(days=1))
        session.commit()

    shown = client.get(LIST).text
    assert "医师报审申报时间已结束，不能再确认参加" in shown
    assert 'formaction="/steps/participation/' not in shown or "/confirm" not in shown


def test_a_page_without_a_change_reads_no_cycle(site: Site) -> None:
    client = site.client("hospital")
    client.get(LIST)
    with site.app.app_context():
        sent: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
        client.get(LIST)
    assert sent
    assert not any("FROM cycle " in one and "cycle_window" in one for one in sent)


def test_the_first_page_counts_as_the_others_do(site: Site) -> None:
    client = site.client("hospital")
    totals = {
        re.findall(r"共(\d+)条记录", client.get(f"{LIST}?per_page=10&page={page}").text)[0]
        for page in (1, 2, "last")
    }
    assert len(totals) == 1
