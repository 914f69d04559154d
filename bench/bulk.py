"""批量参加 of 1,000 rows with its cases and log entries, beside one UPDATE of the same rows.

Both are told the rows in one array and both are committed.
"""

from datetime import timedelta
from typing import Any

from app.extensions import db
from app.models import Participation
from app.queries.among import among
from app.security.actor import acting_as
from app.views.clock import now
from app.workflows.bulk import fire_many
from app.workflows.participation import PARTICIPATION
from bench.country_site import Bench
from bench.harness import Report, paired

ROWS = 1000
UPDATE = "UPDATE participation SET status = 'CONFIRMED', version = version + 1 WHERE id = ANY(%s)"
BACK = "UPDATE participation SET status = 'UNCONFIRMED' WHERE id = ANY(%s)"


def measure(bench: Bench, report: Report) -> None:
    """Measure both on the same rows, undone between the runs."""
    actor = bench.site.actor(bench.facts["clerk"])
    found = bench.bare.execute(
        "SELECT id FROM participation WHERE institution_id = %s AND cycle_id = %s"
        " AND status = 'UNCONFIRMED' ORDER BY id LIMIT %s",
        (actor.institution_id, bench.facts["cycle_id"], ROWS),
    ).fetchall()
    ids = [row[0] for row in found]
    if len(ids) != ROWS:
        raise RuntimeError(f"the clerk's institution has only {len(ids)} unconfirmed physicians")

    def undo() -> None:
        bench.bare.execute("DELETE FROM assessment WHERE participation_id = ANY(%s)", (ids,))
        bench.bare.execute(BACK, (ids,))

    def ours() -> None:
        with bench.site.app.app_context(), acting_as(actor):
            outcome = fire_many(
                PARTICIPATION,
                db.session(),
                among(db.session(), Participation.id, ids),
                "confirm",
                actor=actor,
                at=now() - timedelta(minutes=1),
            )
            db.session.commit()
        if len(outcome.done) != ROWS:
            raise RuntimeError(f"{len(outcome.refused)} rows were refused")

    def update() -> None:
        bench.bare.execute(UPDATE, (ids,))

    value, ratio = _undone(ours, update, undo)
    report.add("批量参加 of 1,000 rows", value, "ms", beside="one UPDATE of the rows", ratio=ratio)


def _undone(ours: Any, other: Any, undo: Any) -> tuple[float, float]:
    from statistics import median

    pairs = []
    for _ in range(7):
        first, _second, _ratio = paired(ours, lambda: None, runs=1, warm=0)
        undo()
        second, _third, _ratio = paired(other, lambda: None, runs=1, warm=0)
        undo()
        pairs.append((first, second))
    return median(p[0] for p in pairs), median(p[0] / p[1] for p in pairs)
