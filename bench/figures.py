"""考核统计 of a province of 400,000: its pages, beside the same figures counted live from the cases."""

from datetime import timedelta
from functools import partial
from typing import Any

from app import create_app
from app.extensions import db
from app.models import Cycle, Figure
from app.operations import progress_days
from app.periods import local_day
from app.queries import statistics
from app.queries.statistics import Part
from app.views.clock import now
from bench.country_site import Bench
from bench.harness import Report, paired
from bench.served import Browser, served

DAYS = 180
PAGES = ("", "by=institution", "by=kind", "by=category", "by=level", "by=procedure")
LIVE = """
SELECT t.authority_path, count(*), count(*) FILTER (WHERE a.status <> 'AWAITING_FORM'),
       count(*) FILTER (WHERE a.status = 'COMPLETED')
  FROM participation t
  LEFT JOIN assessment a ON a.participation_id = t.id AND a.province_id = t.province_id
 WHERE t.cycle_id = %(cycle)s AND t.province_id = %(province)s
 GROUP BY t.authority_path
"""


def measure(bench: Bench, report: Report) -> None:
    """Measure every grouping with a curve of half a year on the page."""
    facts = bench.facts
    _keep_days(bench, facts["cycle_id"])
    values = {"cycle": facts["cycle_id"], "province": facts["province_id"]}
    client: Any = bench.browser(facts["province_account"])

    def live() -> Any:
        return bench.bare.execute(LIVE, values).fetchall()

    with served(lambda: create_app(bench.config)) as port:
        browser = Browser(port, f"dingkao={client.get_cookie('dingkao').value}")
        for query in PAGES:
            path = f"/statistics/?{query}"
            value, _live, ratio = paired(partial(browser.get, path), live, runs=15, warm=3)
            name = f"statistics {query or 'by=area'}"
            report.add(name, value, "ms", beside="counted live", ratio=ratio)


def _keep_days(bench: Bench, cycle_id: int) -> None:
    with bench.site.session() as session:
        cycle = session.get_one(Cycle, cycle_id)
        sums = statistics.sums(session, [cycle.id], by=Figure.authority_path, part=Part())
        today = local_day(now())
        for back in range(DAYS):
            progress_days.store(session, cycle, today - timedelta(days=back), sums)
        db.session.commit()
