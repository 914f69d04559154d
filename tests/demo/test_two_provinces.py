"""Two provinces of one installation keep different rules, side by side, in the demo as it ships."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import CycleStatus, Procedure, SimplifiedGround
from app.models import Assessment, Authority, Cycle
from app.operations.eligibility import practice_years, years_objection
from app.periods import years_ago
from app.queries import cycles
from app.security.actor import unscoped

SHANXI, SHAANXI = "140000", "610000"


def _case(demo: Session, province: str) -> Assessment:
    statement = (
        select(Assessment)
        .join(Cycle, Cycle.id == Assessment.cycle_id)
        .join(Authority, Authority.id == Cycle.province_id)
        .where(Authority.code == province, Cycle.status == CycleStatus.OPEN)
        .order_by(Assessment.id)
        .limit(1)
    )
    return demo.scalars(statement).one()


@pytest.mark.parametrize(
    ("province", "is_open"), [(SHANXI, False), (SHAANXI, True)], ids=["shanxi", "shaanxi"]
)
def test_eleven_clean_years_open_the_simplified_procedure_in_one_only(
    demo: Session, province: str, is_open: bool
) -> None:
    with unscoped("the test looks behind the curtain"):
        case = _case(demo, province)
        case.physician.licensed_on = years_ago(case.cycle.last_day, 11)
        assert practice_years(case) == 11
        reason = years_objection(case, SimplifiedGround.TWELVE_YEARS_CLEAN)
        demo.rollback()
    assert (reason is None) is is_open, reason


def test_papers_pass_marks_grounds_and_lengths_differ(demo: Session) -> None:
    with unscoped("the test looks behind the curtain"):
        shanxi, shaanxi = (_case(demo, code) for code in (SHANXI, SHAANXI))
        here, there = cycles.rules(shanxi.cycle), cycles.rules(shaanxi.cycle)
        provincial = [
            years_objection(case, SimplifiedGround.PROVINCIAL) for case in (shanxi, shaanxi)
        ]
        demo.rollback()

    assert here.papers(Procedure.GENERAL) == ("公共知识", "业务水平")
    assert there.papers(Procedure.GENERAL) == ("医学人文", "业务水平")
    assert here.papers(Procedure.SIMPLIFIED) == ("公共知识",)
    assert there.papers(Procedure.SIMPLIFIED) == ()
    assert (here.pass_mark_assistant, there.pass_mark_assistant) == (60, 55)
    assert (here.statement_min_length, there.statement_min_length) == (500, 800)
    assert provincial[0] is None
    assert provincial[1] is not None
