"""免考 and 延考: who may ask and what is missing, as the articles and a cycle's rules say."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.enums import AssessmentStatus as S
from app.enums import CycleStatus, Procedure, ScheduleWindow
from app.models import Assessment, Cycle, CycleWindow, Deferral, Exemption
from app.operations import deferrals, exemptions
from app.rules import DEFERRAL_GROUNDS, EXEMPTION_GROUNDS, PAPERS, CycleRules

FIRST, LAST = date(2024, 5, 10), date(2024, 10, 31)
TODAY = date(2024, 7, 1)
COMMON, SKILL = PAPERS
GENERAL, SIMPLIFIED = Procedure.GENERAL, Procedure.SIMPLIFIED
OPEN = CycleRules()


def case(
    rules: CycleRules = OPEN,
    *,
    status: S = S.AWAITING_EXAM,
    procedure: Procedure = GENERAL,
    cycle_status: CycleStatus = CycleStatus.OPEN,
) -> Assessment:
    cycle = Cycle(
        starts_on=FIRST, last_day=LAST, rules=rules.to_document(), status=cycle_status, windows=[]
    )
    window = CycleWindow(
        kind=ScheduleWindow.EXAMINATION, starts_on=date(2024, 6, 1), last_day=date(2024, 9, 30)
    )
    cycle.windows.append(window)
    return Assessment(cycle=cycle, status=status, procedure=procedure)


BOTH = replace(OPEN, papers_simplified=PAPERS)
NARROW = replace(OPEN, exemption_from=date(2024, 7, 2), exemption_until=date(2024, 7, 4))

# rules, procedure, status, day → may 免考 be asked for
EXEMPTION = [
    # art. 23: 业务水平测评 is deemed 合格; whoever sits it may ask
    (OPEN, GENERAL, S.AWAITING_EXAM, TODAY, True),
    # the manual's sample row is 简易程序: open where that procedure sits 业务水平
    (OPEN, SIMPLIFIED, S.AWAITING_EXAM, TODAY, False),
    (BOTH, SIMPLIFIED, S.AWAITING_EXAM, TODAY, True),
    # T14: from 待参加测评 only
    (OPEN, GENERAL, S.AWAITING_AGENCY, TODAY, False),
    (OPEN, GENERAL, S.DEFERRED, TODAY, False),
    (OPEN, GENERAL, S.AWAITING_MAKEUP, TODAY, False),
    (OPEN, GENERAL, S.COMPLETED, TODAY, False),
    # without a window of its own that of the examination counts
    (OPEN, GENERAL, S.AWAITING_EXAM, date(2024, 5, 31), False),
    (OPEN, GENERAL, S.AWAITING_EXAM, date(2024, 9, 30), True),
    (OPEN, GENERAL, S.AWAITING_EXAM, date(2024, 10, 1), False),
    # a province may leave three days (domain 1.7)
    (NARROW, GENERAL, S.AWAITING_EXAM, date(2024, 7, 1), False),
    (NARROW, GENERAL, S.AWAITING_EXAM, date(2024, 7, 2), True),
    (NARROW, GENERAL, S.AWAITING_EXAM, date(2024, 7, 4), True),
    (NARROW, GENERAL, S.AWAITING_EXAM, date(2024, 7, 5), False),
    # rules without a ground, or without a paper to spare, know no 免考
    (replace(OPEN, exemption_grounds=()), GENERAL, S.AWAITING_EXAM, TODAY, False),
    (replace(OPEN, exempted_papers=()), GENERAL, S.AWAITING_EXAM, TODAY, False),
    (replace(OPEN, papers_general=(COMMON,)), GENERAL, S.AWAITING_EXAM, TODAY, False),
    # rules may spare every paper
    (replace(OPEN, exempted_papers=PAPERS), SIMPLIFIED, S.AWAITING_EXAM, TODAY, True),
]


@pytest.mark.parametrize(("rules", "procedure", "status", "day", "is_open"), EXEMPTION)
def test_exemption_can_be_asked_for_as_article_23_and_the_rules_say(
    rules: CycleRules, procedure: Procedure, status: S, day: date, is_open: bool
) -> None:
    reason = exemptions.objection(case(rules, procedure=procedure, status=status), today=day)

    assert (reason is None) is is_open


# ground, certificate, files → the fields that are wrong
CERTIFICATES = [
    # art. 23: in the cycle
    (EXEMPTION_GROUNDS[0], FIRST, 1, []),
    (EXEMPTION_GROUNDS[1], TODAY, 2, []),
    (EXEMPTION_GROUNDS[0], date(2024, 5, 9), 1, ["certificate_on"]),
    (EXEMPTION_GROUNDS[0], date(2024, 7, 2), 1, ["certificate_on"]),  # not of tomorrow
    (EXEMPTION_GROUNDS[0], None, 1, ["certificate_on"]),
    ("助理医师取得执业医师资格", TODAY, 1, ["ground"]),  # counts in some provinces only
    (None, None, 0, ["ground", "certificate_on", "attachment"]),
    (EXEMPTION_GROUNDS[0], TODAY, 0, ["attachment"]),
]


@pytest.mark.parametrize(("ground", "certificate", "files", "wrong"), CERTIFICATES)
def test_a_certificate_of_the_cycle_proves_a_ground_of_the_rules(
    ground: str | None, certificate: date | None, files: int, wrong: list[str]
) -> None:
    request = Exemption(ground=ground, certificate_on=certificate)

    found = exemptions.gaps(case(), request, evidence=files, today=TODAY)

    assert [gap.field for gap in found] == wrong


def test_another_ground_needs_other_rules_and_no_other_code() -> None:
    rules = replace(OPEN, exemption_grounds=("助理医师取得执业医师资格",))
    request = Exemption(ground="助理医师取得执业医师资格", certificate_on=TODAY)

    assert exemptions.gaps(case(rules), request, evidence=1, today=TODAY) == []


# rules, procedure, exempted → papers still to be sat
LEFT = [
    (OPEN, GENERAL, (SKILL,), (COMMON,)),
    (OPEN, GENERAL, (), PAPERS),
    (OPEN, SIMPLIFIED, (SKILL,), (COMMON,)),
    (replace(OPEN, papers_general=(SKILL,)), GENERAL, (SKILL,), ()),
    (replace(OPEN, papers_simplified=()), SIMPLIFIED, (), ()),
]


@pytest.mark.parametrize(("rules", "procedure", "exempted", "left"), LEFT)
def test_an_exempted_paper_is_not_sat(
    rules: CycleRules, procedure: Procedure, exempted: tuple[str, ...], left: tuple[str, ...]
) -> None:
    assert exemptions.papers_left(case(rules, procedure=procedure), exempted) == left


# rules, status, day → may 延考 be asked for
DEFERRAL = [
    (OPEN, S.AWAITING_EXAM, TODAY, True),  # T17
    (OPEN, S.AWAITING_EXAM, date(2024, 5, 20), True),  # illness is known before the window
    (OPEN, S.AWAITING_EXAM, date(2024, 9, 30), True),
    (OPEN, S.AWAITING_EXAM, date(2024, 10, 1), False),
    (OPEN, S.AWAITING_MAKEUP, TODAY, True),
    (OPEN, S.AWAITING_AGENCY, TODAY, False),
    (OPEN, S.DEFERRED, TODAY, False),
    (OPEN, S.COMPLETED, TODAY, False),
    (replace(OPEN, deferral_grounds=()), S.AWAITING_EXAM, TODAY, False),
]


@pytest.mark.parametrize(("rules", "status", "day", "is_open"), DEFERRAL)
def test_deferral_can_be_asked_for_as_the_rules_say(
    rules: CycleRules, status: S, day: date, is_open: bool
) -> None:
    assert (deferrals.objection(case(rules, status=status), today=day) is None) is is_open


def test_a_closed_cycle_takes_no_request() -> None:
    closed = case(cycle_status=CycleStatus.CLOSED)

    assert exemptions.objection(closed, today=TODAY) is not None
    assert deferrals.objection(closed, today=TODAY) is not None


HINDRANCES: list[tuple[dict[str, Any], int, list[str]]] = [
    ({"ground": DEFERRAL_GROUNDS[0], "hindered_from": TODAY, "hindered_until": TODAY}, 1, []),
    ({"ground": "不想参加", "hindered_from": TODAY, "hindered_until": TODAY}, 1, ["ground"]),
    ({"ground": DEFERRAL_GROUNDS[1], "hindered_from": TODAY}, 1, ["hindered_until"]),
    ({}, 0, ["ground", "hindered_from", "hindered_until", "attachment"]),
]


@pytest.mark.parametrize(("typed", "files", "wrong"), HINDRANCES)
def test_a_deferral_names_a_ground_of_the_rules_and_a_period_and_proves_it(
    typed: dict[str, Any], files: int, wrong: list[str]
) -> None:
    found = deferrals.gaps(case(), Deferral(**typed), evidence=files)

    assert [gap.field for gap in found] == wrong


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (None, False),
        (TODAY, False),
        (date(2024, 7, 2), True),
        (LAST, True),
        (date(2024, 11, 1), False),
    ],
)
def test_a_deferred_session_lies_ahead_and_in_the_cycle(day: date | None, is_open: bool) -> None:
    assert (deferrals.session_objection(case(), day, today=TODAY) is None) is is_open
