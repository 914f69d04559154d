"""What exists already: shown field by field, changed only when asked for, and never twice."""

from typing import Any

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus
from app.exchange import intake
from app.exchange.intake import ImportRefused
from app.exchange.target import RowState
from app.models import Assessment, Department, Physician, TrailEntry
from tests.support.rosters import at_hospital, count, entry, imported, planned, roster, states
from tests.support.site import Site


def stored(site: Site, *, submitted: bool) -> dict[str, object]:
    """A physician of the hospital as a row of a file, with or without a running case."""
    running = select(Assessment.physician_id).where(
        Assessment.submitted_at.is_not(None), Assessment.status != AssessmentStatus.COMPLETED
    )
    with at_hospital(site, "hospital") as (session, _house):
        wanted = Physician.id.in_(running) if submitted else Physician.id.not_in(running)
        found = session.scalars(select(Physician).where(wanted).order_by(Physician.id)).first()
        return {
            "科室": found.department.name,
            "姓名": found.name,
            "证件号码": found.id_number,
            "医师级别": found.level.value,
            "执业类别": found.category.value,
            "执业证取得时间": found.licensed_on.isoformat(),
        }


def test_a_row_that_says_what_is_stored_is_no_change(shared_site: Site) -> None:
    content = roster(stored(shared_site, submitted=False))

    assert states(planned(shared_site, "hospital", content)) == {
        "new": 0, "changed": 0, "unchanged": 1, "refused": 0,
    }  # fmt: skip


def test_changes_are_shown_before_they_happen_with_numbers_masked(shared_site: Site) -> None:
    person = stored(shared_site, submitted=False)
    content = roster(person | {"职称": "主任医师", "手机号码": "13912345678"})

    (row,) = planned(shared_site, "hospital", content).rows

    after = {change.header: change.after for change in row.changes}
    assert after["手机号码"] == "1391*****78"
    assert (row.state, row.problems) == (RowState.CHANGED, ())


def test_nothing_is_changed_unless_asked_for(site: Site) -> None:
    content = roster(stored(site, submitted=False) | {"执业范围": "全科"})
    before = count(site, TrailEntry, "hospital")

    done = imported(site, "hospital", content)

    assert (done.created, done.changed, done.unchanged) == (0, 0, 1)
    assert count(site, TrailEntry, "hospital") == before


def test_an_update_moves_version_department_and_facts_and_the_second_does_nothing(
    site: Site,
) -> None:
    person = stored(site, submitted=False) | {"执业范围": "全科", "科室": "新设科室"}
    content = roster(person)

    done = imported(site, "hospital", content, update_existing=True)
    again = imported(site, "hospital", content, update_existing=True)

    assert (done.changed, [one.name for one in done.departments]) == (1, ["新设科室"])
    assert (again.changed, again.unchanged, again.departments) == (0, 1, ())
    with at_hospital(site, "hospital") as (session, _house):
        found = session.scalars(
            select(Physician).join(Department).where(Department.name == "新设科室")
        ).one()
        assert (found.practice_scope, found.version) == ("全科", 2)
        entry_ = session.scalars(
            select(TrailEntry).where(
                TrailEntry.subject_id == found.id, TrailEntry.action_label == "修改医师信息"
            )
        ).one()
        assert "→新设科室" in entry_.comment
        assert "→全科" in entry_.comment


@pytest.mark.parametrize("only_good_rows", [False, True])
def test_what_a_running_case_has_fixed_stays(site: Site, only_good_rows: bool) -> None:
    person = stored(site, submitted=True)
    newcomer = entry()
    content = roster(person | {"执业证取得时间": "1999-01-01"}, newcomer)
    plan = planned(site, "hospital", content)
    assert [str(problem.message) for problem in plan.rows[0].problems] == [
        "该医师的考核报名信息已提交，考核完成之前不能修改执业证取得时间"
    ]

    if only_good_rows:
        done = imported(site, "hospital", content, only_good_rows=True, update_existing=True)
        assert (done.created, done.changed, len(done.left_out)) == (1, 0, 1)
    else:
        with pytest.raises(ImportRefused, match="有1行不能导入"):
            imported(site, "hospital", content, update_existing=True)
    assert stored(site, submitted=True) == person


def test_what_no_case_has_fixed_may_change_during_it(site: Site) -> None:
    content = roster(stored(site, submitted=True) | {"职称": "医士"})

    assert imported(site, "hospital", content, update_existing=True).changed == 1


def test_the_error_workbook_holds_rows_that_may_not_be_changed(shared_site: Site) -> None:
    person: dict[str, Any] = stored(shared_site, submitted=True)
    content = roster(person | {"执业证取得时间": "1999-01-01"})

    again = planned(
        shared_site, "hospital", intake.error_sheet(planned(shared_site, "hospital", content))
    )

    assert [row.state for row in again.rows] == [RowState.CHANGED]
