"""The workflows' tables: nothing unreachable or ambiguous, and who may do what in which state."""

from collections import Counter
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from flask_babel.speaklater import LazyString
from hypothesis import given
from hypothesis import strategies as st

from app.enums import AssessmentStatus as S
from app.enums import OpinionPart, Procedure, Role, Verdict
from app.enums import ParticipationStatus as P
from app.rules import PAPERS, CycleRules
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import Step, Transition, Workflow
from app.workflows.participation import PARTICIPATION
from app.workflows.registry import WORKFLOWS

ALL = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)


def states(workflow: Workflow) -> set[Any]:
    return set(type(workflow.initial))


def reachable(workflow: Workflow) -> set[Any]:
    found = {workflow.initial}
    while True:
        more = {row.target for row in workflow.transitions if row.sources & found} | found
        if more == found:
            return found
        found = more


@ALL
def test_every_state_can_be_reached(workflow: Workflow) -> None:
    assert reachable(workflow) == states(workflow)


@ALL
def test_only_declared_final_states_have_no_exit(workflow: Workflow) -> None:
    with_exit = {source for row in workflow.transitions for source in row.sources}

    assert states(workflow) - with_exit == set(workflow.finals)


@ALL
def test_names_are_unique(workflow: Workflow) -> None:
    counted = Counter(row.name for row in workflow.transitions)

    assert [name for name, number in counted.items() if number > 1] == []


@ALL
def test_every_label_is_translatable_and_every_row_has_somebody_to_take_it(
    workflow: Workflow,
) -> None:
    assert isinstance(workflow.label, LazyString)
    assert [r.name for r in workflow.transitions if not isinstance(r.label, LazyString)] == []
    assert [r.name for r in workflow.transitions if not r.roles or not r.sources] == []


@ALL
def test_rows_of_one_button_say_when_they_are_meant(workflow: Workflow) -> None:
    cells = Counter(
        (row.button, role, source)
        for row in workflow.transitions
        for role in row.roles
        for source in row.sources
    )
    shared = {button for (button, _role, _source), number in cells.items() if number > 1}

    unsaid = [r.name for r in workflow.transitions if r.button in shared and r.when is None]
    assert unsaid == []


@ALL
def test_rows_of_one_button_record_and_ask_the_same(workflow: Workflow) -> None:
    by_button: dict[str, list[Transition]] = {}
    for row in workflow.transitions:
        by_button.setdefault(row.button, []).append(row)

    for rows in by_button.values():
        assert len({(r.record, r.needs_comment, str(r.label), r.roles) for r in rows}) == 1


def facts(verdicts: tuple[Verdict, ...], procedure: Procedure, papers: CycleRules) -> Step:
    roles = [role for role in (Role.INSTITUTION, Role.AGENCY) for _part in OpinionPart]
    opinions = [
        SimpleNamespace(role=role, verdict=verdict)
        for role, verdict in zip(roles, verdicts, strict=False)
    ]
    cycle = SimpleNamespace(rules=papers.to_document())
    case = SimpleNamespace(opinions=opinions, procedure=procedure, cycle=cycle)
    nothing: Any = None
    return Step(nothing, case, nothing, nothing)


papers = st.lists(st.sampled_from(PAPERS), unique=True).map(tuple)
rules = st.builds(CycleRules, papers_general=papers, papers_simplified=papers)


@given(
    verdicts=st.lists(st.sampled_from(Verdict), max_size=4).map(tuple),
    procedure=st.sampled_from(Procedure),
    cycle_rules=rules,
)
def test_whatever_the_facts_recheck_has_exactly_one_outcome(
    verdicts: tuple[Verdict, ...], procedure: Procedure, cycle_rules: CycleRules
) -> None:
    step = facts(verdicts, procedure, cycle_rules)

    meant = [row for row in ASSESSMENT.rows("agency_pass") if row.when and row.when(step)]

    if Verdict.FAIL in verdicts:
        expected = S.COMPLETED
    elif cycle_rules.papers(procedure):
        expected = S.AWAITING_EXAM
    else:
        expected = S.AWAITING_VERDICT
    assert [row.target for row in meant] == [expected]


NOBODY: dict[str, Any] = {}
AUTHORITY_RETURNS = {Role.AUTHORITY: {"authority_return": {S.AWAITING_FORM}}}
LAPSES = {Role.SYSTEM: {"lapse": {S.COMPLETED}}}
SUBMITS = {Role.PHYSICIAN: {"submit": {S.AWAITING_INSTITUTION}}}

# state → role → button → outcomes; a role that is not named takes no step there
ASSESSMENT_TABLE: dict[S, dict[Role, dict[str, set[S]]]] = {
    S.AWAITING_FORM: SUBMITS | LAPSES,
    S.AWAITING_INSTITUTION: {
        Role.INSTITUTION: {
            "institution_submit": {S.AWAITING_AGENCY},
            "institution_reject": {S.INSTITUTION_REJECTED},
        },
        Role.PHYSICIAN: {"take_back": {S.AWAITING_FORM}},
    }
    | AUTHORITY_RETURNS,
    S.INSTITUTION_REJECTED: SUBMITS | LAPSES | AUTHORITY_RETURNS,
    S.AWAITING_AGENCY: {
        Role.AGENCY: {
            "agency_pass": {S.AWAITING_EXAM, S.AWAITING_VERDICT, S.COMPLETED},
            "agency_reject": {S.AGENCY_REJECTED},
            "agency_return": {S.AWAITING_INSTITUTION},
            "agency_not_simplified": {S.AGENCY_REJECTED},
        }
    }
    | AUTHORITY_RETURNS,
    S.AGENCY_REJECTED: SUBMITS | LAPSES | AUTHORITY_RETURNS,
    S.AWAITING_EXAM: {
        Role.SYSTEM: {
            "defer": {S.DEFERRED},
            "papers_failed": {S.AWAITING_MAKEUP},
            "papers_ended": {S.AWAITING_VERDICT},
        }
    }
    | AUTHORITY_RETURNS,
    S.DEFERRED: {Role.SYSTEM: {"resume": {S.AWAITING_EXAM, S.AWAITING_MAKEUP}}},
    S.AWAITING_MAKEUP: {Role.SYSTEM: {"papers_ended": {S.AWAITING_VERDICT}, "defer": {S.DEFERRED}}},
    S.AWAITING_VERDICT: {
        Role.AGENCY: {"conclude": {S.COMPLETED}},
        Role.SYSTEM: {
            "papers_reopened": {S.AWAITING_MAKEUP},
            "papers_resumed": {S.AWAITING_EXAM},
        },
    },
    S.COMPLETED: {
        Role.SYSTEM: {"revise": {S.COMPLETED}, "reopen": {S.AWAITING_EXAM}},
        Role.AUTHORITY: {"cancel_pass": {S.COMPLETED}},
    },
    S.HALTED: {Role.SYSTEM: {"go_on": set(S) - {S.COMPLETED, S.HALTED}}},
}
for _state, _roles in ASSESSMENT_TABLE.items():
    if _state not in (S.COMPLETED, S.HALTED):  # wherever it stands, it may have to stand still
        ASSESSMENT_TABLE[_state] = _roles | {
            Role.SYSTEM: {**_roles.get(Role.SYSTEM, {}), "halt": {S.HALTED}}
        }
STOPS = {Role.AUTHORITY: {"die": {P.AWAY}, "deregister": {P.AWAY}}}
MOVES = {Role.SYSTEM: {"move": {P.MOVED}}}
LEAVES = {Role.SYSTEM: {"move": {P.MOVED}, "registry_leave": {P.AWAY}}}
PARTICIPATION_TABLE: dict[P, dict[Role, dict[str, set[P]]]] = {
    P.UNCONFIRMED: {Role.INSTITUTION: {"confirm": {P.CONFIRMED}, "leave": {P.AWAY}}}
    | LEAVES
    | STOPS,
    P.CONFIRMED: {Role.INSTITUTION: {"withdraw": {P.UNCONFIRMED}}} | MOVES | STOPS,
    P.AWAY: {
        Role.INSTITUTION: {
            "change_absence": {P.AWAY},
            "come_back": {P.UNCONFIRMED},
            "rehire": {P.UNCONFIRMED},
        },
        Role.SYSTEM: {"move": {P.MOVED}, "absence_ends": {P.UNCONFIRMED}},
        Role.AUTHORITY: {
            **STOPS[Role.AUTHORITY],
            "reinstate": {P.UNCONFIRMED, P.CONFIRMED},
        },
    },
    P.MOVED: {},
}


def cell(workflow: Workflow, state: Any, role: Role) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for row in workflow.transitions:
        if state in row.sources and role in row.roles:
            found.setdefault(row.button, set()).add(row.target)
    return found


@pytest.mark.parametrize(("state", "role"), list(product(S, Role)))
def test_a_case_moves_only_as_the_table_says(state: S, role: Role) -> None:
    assert cell(ASSESSMENT, state, role) == ASSESSMENT_TABLE[state].get(role, NOBODY)


@pytest.mark.parametrize(("state", "role"), list(product(P, Role)))
def test_a_participation_moves_only_as_the_table_says(state: P, role: Role) -> None:
    assert cell(PARTICIPATION, state, role) == PARTICIPATION_TABLE[state].get(role, NOBODY)


def test_sending_back_always_asks_for_the_reason() -> None:
    back = {r.name for r in ASSESSMENT.transitions if r.needs_comment}

    assert back == {
        "institution_reject",
        "agency_reject",
        "agency_not_simplified",
        "agency_return",
        "authority_return",
        "cancel_pass",
    }
