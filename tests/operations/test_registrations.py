"""Registrations: who may choose 简易程序, what is missing, and what a save keeps."""

from datetime import date, datetime
from typing import Any

import pytest

from app.enums import (
    AssessmentStatus,
    CycleStatus,
    EthicsGrade,
    EthicsItem,
    Procedure,
    SimplifiedGround,
)
from app.models import Assessment, Cycle, Experience, Physician, Registration
from app.operations import eligibility, experiences, registrations
from app.operations.experiences import ExperienceInput
from app.rules import CycleRules
from tests.support.physicians import case_of, physician
from tests.support.site import Site

FIVE = SimplifiedGround.FIVE_YEARS_GOOD
TWELVE = SimplifiedGround.TWELVE_YEARS_CLEAN
OTHER = SimplifiedGround.PROVINCIAL
COUNTS_TO = date(2024, 10, 31)
GROUNDS = ("援外医疗队员",)
NOW = datetime(2026, 11, 23, 4, 0)

# licensed on, ground, good record, bad record, provincial ground → is 简易程序 open
ELIGIBILITY = [
    # art. 21 (1): five years of practice and a good record in the cycle
    (date(2019, 10, 31), FIVE, True, False, None, True),
    (date(2019, 11, 1), FIVE, True, False, None, False),
    (date(2019, 10, 31), FIVE, False, False, None, False),
    (date(2019, 10, 31), FIVE, None, False, None, False),
    (date(2019, 10, 31), FIVE, True, True, None, True),
    # art. 21 (2): twelve years of practice and no bad record in the cycle
    (date(2012, 10, 31), TWELVE, False, False, None, True),
    (date(2012, 11, 1), TWELVE, False, False, None, False),
    (date(2012, 10, 31), TWELVE, True, True, None, False),
    (date(2012, 10, 31), TWELVE, True, None, None, False),
    # art. 21 (3): another case set by the province
    (date(2024, 1, 1), OTHER, None, None, "援外医疗队员", True),
    (date(2024, 1, 1), OTHER, None, None, "自拟情形", False),
    (date(2024, 1, 1), OTHER, None, None, None, False),
    # no ground, no 简易程序
    (date(2000, 1, 1), None, True, False, None, False),
]


def planned(licensed_on: date, rules: CycleRules) -> Assessment:
    cycle = Cycle(starts_on=date(2024, 5, 10), last_day=COUNTS_TO, rules=rules.to_document())
    return Assessment(cycle=cycle, physician=Physician(licensed_on=licensed_on))


@pytest.mark.parametrize(("licensed", "ground", "good", "bad", "other", "is_open"), ELIGIBILITY)
def test_simplified_procedure_is_open_as_article_21_says(
    licensed: date,
    ground: SimplifiedGround | None,
    good: bool | None,
    bad: bool | None,
    other: str | None,
    is_open: bool,
) -> None:
    case = planned(licensed, CycleRules(provincial_grounds=GROUNDS))
    registration = Registration(
        simplified_ground=ground,
        has_good_record=good,
        has_bad_record=bad,
        provincial_ground=other,
    )

    reasons = eligibility.open_procedures(case, registration)

    assert reasons[Procedure.GENERAL] is None
    assert (reasons[Procedure.SIMPLIFIED] is None) is is_open


def test_years_of_practice_count_to_the_day_that_the_rules_name() -> None:
    licensed = date(2012, 12, 31)
    by_cycle = planned(licensed, CycleRules())
    by_rules = planned(licensed, CycleRules(practice_years_on=date(2024, 12, 31)))

    assert eligibility.practice_years(by_cycle) == 11
    assert eligibility.practice_years(by_rules) == 12


def test_a_province_without_further_grounds_closes_the_third() -> None:
    assert eligibility.years_objection(planned(date(2000, 1, 1), CycleRules()), OTHER) is not None


def test_gaps_name_every_missing_field_in_the_order_of_the_form(site: Site) -> None:
    who = physician(site, AssessmentStatus.AWAITING_FORM, is_begun=False)
    with site.session() as session:
        case = case_of(session, who)
        draft = registrations.open_draft(session, case, at=NOW)
        draft.phone = draft.department_id = None
        years = [row.year for row in draft.work_years]
        session.flush()

        found = [gap.field for gap in registrations.gaps(session, case)]

    work = [f"work.y{y}.{name}" for y in years for name in ("months_present", "annual_grade")]
    ethics = [f"ethics.{item.name}" for item in EthicsItem]
    records = ["has_good_record", "has_bad_record"]
    assert found == ["phone", "department_id", *records, *work, *ethics, "procedure"]


def test_simplified_procedure_asks_for_a_ground_and_a_statement(site: Site) -> None:
    who = physician(site, AssessmentStatus.AWAITING_FORM, is_begun=False)
    with site.session() as session:
        case = case_of(session, who)
        draft = registrations.open_draft(session, case, at=NOW)
        draft.procedure = Procedure.SIMPLIFIED
        draft.statement = "　短　"
        session.flush()

        found = registrations.gaps(session, case)

    assert [gap.field for gap in found][-2:] == ["simplified_ground", "statement"]


def test_every_save_is_a_version_even_when_only_a_part_changed(site: Site) -> None:
    who = physician(site, AssessmentStatus.AWAITING_FORM, is_begun=False)
    with site.session() as session:
        draft = registrations.open_draft(session, case_of(session, who), at=NOW)
        before = draft.version
        values = {"ethics": {EthicsItem.RIGHTS: EthicsGrade.GOOD}}
        registrations.save(draft, values, at=NOW)
        session.flush()

        assert draft.version == before + 1


def row(place: str, *, at: int | None = None) -> ExperienceInput:
    return ExperienceInput(at, {"started_on": date(2020, 1, 1), "place": place})


def test_experiences_become_the_typed_rows_and_an_unreadable_one_stays(site: Site) -> None:
    who = physician(site, AssessmentStatus.AWAITING_FORM, is_begun=False)
    with site.session() as session:
        draft = registrations.open_draft(session, case_of(session, who), at=NOW)
        experiences.save_experiences(draft, [row("甲院"), row("乙院"), row("丙院")])
        session.flush()
        first, second, _third = (one.id for one in draft.experiences)
        typed = [row("甲院新址", at=first), ExperienceInput(second, None), row("丁院")]

        experiences.save_experiences(draft, typed)
        session.flush()
        session.expire_all()

        assert [(one.id, one.place) for one in draft.experiences][:2] == [
            (first, "甲院新址"),
            (second, "乙院"),
        ]
        assert [one.place for one in draft.experiences][2:] == ["丁院"]
        assert session.query(Experience).filter_by(place="丙院").count() == 0


def test_an_experience_of_somebody_else_is_never_taken_over(site: Site) -> None:
    mine = physician(site, AssessmentStatus.AWAITING_FORM, is_begun=False)
    theirs = physician(site, AssessmentStatus.AWAITING_AGENCY)
    with site.session() as session:
        foreign = registrations.find(
            session, participation_id=case_of(session, theirs).participation_id
        )
        assert foreign is not None
        victim = foreign.experiences[0]
        draft = registrations.open_draft(session, case_of(session, mine), at=NOW)

        experiences.save_experiences(draft, [row("冒用", at=victim.id)])
        session.flush()

        assert victim.place != "冒用"
        assert victim.registration_id == foreign.id


def test_more_experiences_than_the_form_has_room_for_are_refused() -> None:
    too_many = [row("甲院")] * (experiences.MAX_EXPERIENCES + 1)

    with pytest.raises(experiences.TooManyExperiences):
        experiences.save_experiences(Registration(), too_many)


def set_status(row: Any, status: Any) -> None:
    """Put a row that is never stored into a state."""
    row.__dict__["status"] = status


@pytest.mark.parametrize("status", AssessmentStatus)
def test_the_form_is_the_physicians_only_until_it_is_submitted(status: AssessmentStatus) -> None:
    case = Assessment(cycle=Cycle())
    set_status(case.cycle, CycleStatus.OPEN)
    set_status(case, status)

    is_closed = registrations.editable_objection(case) is not None

    assert is_closed is (status not in registrations.WITH_PHYSICIAN)


def test_a_closed_cycle_closes_the_form() -> None:
    case = Assessment(cycle=Cycle())
    set_status(case.cycle, CycleStatus.CLOSED)
    set_status(case, AssessmentStatus.AWAITING_FORM)

    assert registrations.editable_objection(case) is not None
