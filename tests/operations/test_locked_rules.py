"""Rules by which papers are sat stay as they are once the examination has begun."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import CycleStatus, ScheduleWindow
from app.models import Cycle
from app.operations.cycle_changes import LOCKED, change_cycle, facts_of
from app.operations.cycles import CycleRefused
from app.periods import local_day
from app.rules import TERMS
from app.security.actor import acting_as
from app.views.clock import now
from tests.support.site import Site


def _change(site: Site, *, begun: bool, **rules: Any) -> str | None:
    """Change an open cycle whose examination has begun, or not; give the refusal."""
    actor, at = site.actor("province"), now()
    day = local_day(at) + timedelta(days=-1 if begun else 2)
    with site.session() as session, acting_as(actor):
        cycle = session.scalars(
            select(Cycle).where(
                Cycle.status == CycleStatus.OPEN, Cycle.province_id == actor.province_id
            )
        ).one()
        row = next(one for one in cycle.windows if one.kind is ScheduleWindow.EXAMINATION)
        row.starts_on, row.last_day = day, cycle.last_day
        session.flush()
        known = facts_of(cycle)
        facts = replace(known, rules=replace(known.rules, **rules))
        try:
            change_cycle(
                session, cycle, facts=facts, version=cycle.version, reason="调整", actor=actor,
                at=at,
            )  # fmt: skip
        except CycleRefused as refusal:
            return str(refusal.message)
        finally:
            session.rollback()
    return None


OTHERS: dict[str, Any] = {
    "papers_general": ("业务水平",),
    "papers_simplified": (),
    "exempted_papers": (),
    "exemption_grounds": ("其他",),
    "simplified_years_good": 9,
    "simplified_years_clean": 15,
    "practice_years_on": local_day(now()),
    "provincial_grounds": ("其他",),
    "attempts": 3,
    "exam_rules": (),
}


def test_every_locked_rule_is_tried() -> None:
    assert set(OTHERS) == set(LOCKED)


@pytest.mark.parametrize("name", LOCKED)
def test_a_locked_rule_is_refused_from_the_first_day_of_the_examination(
    site: Site, name: str
) -> None:
    refused = _change(site, begun=True, **{name: OTHERS[name]})

    assert refused is not None
    assert "不能再修改" in refused


@pytest.mark.parametrize("name", ["papers_general", "exemption_grounds"])
def test_it_may_change_before(site: Site, name: str) -> None:
    assert _change(site, begun=False, **{name: OTHERS[name]}) is None


def test_other_rules_may_change_even_then(site: Site) -> None:
    terms = tuple(TERMS.values())[:1]

    assert _change(site, begun=True, pass_mark_physician=65, working_days=terms) is None
