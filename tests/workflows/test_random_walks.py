"""Random people try random steps at random times: the program does what the reference model says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus as S
from app.enums import AwayReason, OpinionPart, Procedure, Role, ScheduleWindow, Verdict
from app.enums import ParticipationStatus as P
from app.models import Assessment, CycleWindow, Participation, Registration, TrailEntry
from app.operations import case_opening
from app.operations.opinions import OpinionInput
from app.queries import cycles
from app.security.actor import SYSTEM, Actor, acting_as, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import NoSuchStep, StepForbidden, StepRefused
from app.workflows.participation import PARTICIPATION, Absence
from tests.support.site import Site
from tests.workflows import reference
from tests.workflows.reference import Move, State
from tests.workflows.world import AT, REASON, case_id, physician_of

STEPS = 14
WORKFLOWS = {"participation": PARTICIPATION, "assessment": ASSESSMENT}
ACCOUNTS = {
    "hospital": "hospital",
    "agency": "agency",
    "authority": "province",
    "other hospital": "hospital-3",
    "other authority": "province-sn",
}
LAST_DAY = (AT + timedelta(days=20)).date()
ABSENCES = {
    reference.PASS: Absence(AwayReason.STUDY, AT.date()),
    reference.RETIRED: Absence(AwayReason.RETIRED, AT.date()),
    reference.ENDING: Absence(AwayReason.AID, AT.date(), LAST_DAY),
}
START = State(participation=P.CONFIRMED, case=S.INSTITUTION_REJECTED, is_submitted=True)


@pytest.fixture(scope="module")
def start(shared_site: Site) -> int:
    """A case whose form is complete, sent back by its hospital."""
    return case_id(shared_site, S.INSTITUTION_REJECTED, Procedure.GENERAL)


@pytest.fixture(scope="module")
def people(shared_site: Site, start: int) -> dict[str, Actor]:
    other = case_id(shared_site, S.AGENCY_REJECTED)
    found = {name: shared_site.actor(username) for name, username in ACCOUNTS.items()}
    agency = found["agency"]
    return found | {
        "physician": physician_of(shared_site, start),
        "other physician": physician_of(shared_site, other),
        "other agency": replace(agency, agency_id=(agency.agency_id or 0) + 1_000_000),
        "system": SYSTEM,
    }


class Walk:
    """One physician's way through one cycle, in a transaction that nobody keeps."""

    def __init__(self, session: Session, start: int, people: dict[str, Actor]) -> None:
        case = session.get_one(Assessment, start)
        self.session, self.people = session, people
        self.participation_id = case.participation_id
        self.cycle = case.cycle
        self.whens = self._lay_windows()

    def _lay_windows(self) -> dict[str, datetime]:
        ends = {ScheduleWindow.REGISTRATION: 10, ScheduleWindow.REVIEW: 20}
        for kind, days in ends.items():
            window: CycleWindow | None = cycles.window(self.cycle, kind)
            assert window is not None
            window.last_day = (AT + timedelta(days=days)).date()
        self.session.flush()
        whens = {reference.INSIDE: 0, reference.LATE: 15, reference.OVER: 25}
        return {name: AT + timedelta(days=number) for name, number in whens.items()}

    def ask_for_papers(self, has_papers: bool) -> None:
        """Let the cycle's rules ask for papers, or for none (art. 21)."""
        papers = ["公共知识"] if has_papers else []
        self.cycle.rules = (self.cycle.rules or {}) | {
            "papers_general": papers,
            "papers_simplified": papers,
        }
        self.session.flush()

    def fill(self, is_filled: bool) -> None:
        """Let the form be complete, or lack its telephone number."""
        statement = select(Registration).where(
            Registration.participation_id == self.participation_id
        )
        self.session.scalars(statement).one().phone = "13800000000" if is_filled else None
        self.session.flush()

    def open(self, at: datetime) -> bool:
        """Let the institution look at the case, if it waits there; say whether it has been seen."""
        case = self.case()
        if case is None:
            return False
        case_opening.note(self.session, case.id, at=at)
        self.session.expire(case)
        return case.opened_at is not None

    def case(self) -> Assessment | None:
        statement = select(Assessment).where(Assessment.participation_id == self.participation_id)
        return self.session.scalars(statement).one_or_none()

    def state(self, *, is_filled: bool) -> State:
        """Read where everything stands."""
        self.session.expire_all()
        case = self.case()
        told = {None: None, Verdict.PASS: reference.PASS, Verdict.FAIL: reference.FAIL}
        participation = self.session.get_one(Participation, self.participation_id)
        if case is None:
            absence = _absence(participation)
            return State(participation=participation.status, is_filled=is_filled, absence=absence)
        by_hospital = [row for row in case.opinions if row.role in (Role.INSTITUTION, Role.AGENCY)]
        return State(
            participation=participation.status,
            case=case.status,
            is_submitted=case.submitted_at is not None,
            is_failed=any(row.verdict is Verdict.FAIL for row in by_hospital),
            is_filled=is_filled,
            is_opened=case.opened_at is not None,
            result=told[case.result],
            absence=_absence(participation),
            halted_from=case.halted_from,
            is_lapsed=bool(case.rulings),
        )

    def entries(self) -> list[tuple[str, str]]:
        """List what was logged of the two axes: action and the person's name."""
        statement = (
            select(TrailEntry.action, TrailEntry.actor_name)
            .where(
                TrailEntry.participation_id == self.participation_id,
                TrailEntry.subject.in_(WORKFLOWS),
            )
            .order_by(TrailEntry.id)
        )
        return [(action, name) for action, name in self.session.execute(statement)]

    def attempt(self, move: Move) -> str | None:
        """Try a move as its actor; give how it was refused, or None when it was done."""
        case = self.case()
        pk = self.participation_id if move.axis == "participation" else case and case.id
        assert pk is not None
        actor = self.people[move.who]
        save = self.session.begin_nested()
        self.session.expire_all()
        try:
            with acting_as(actor):
                WORKFLOWS[move.axis].fire(
                    self.session,
                    pk,
                    move.action,
                    actor=actor,
                    at=self.whens[move.when],
                    **_said(move),
                )
        except NoSuchStep:
            save.rollback()
            return reference.UNSEEN
        except StepForbidden:
            save.rollback()
            return reference.FORBIDDEN
        except StepRefused:
            save.rollback()
            return reference.REFUSED
        save.commit()
        return None


def _absence(seat: Participation) -> str | None:
    if seat.away_reason is None:
        return None
    if seat.away_reason is AwayReason.RETIRED:
        return reference.RETIRED
    if seat.away_reason is AwayReason.DECEASED:
        return reference.STOPPED
    return reference.ENDING if seat.away_until is not None else reference.PASS


def _said(move: Move) -> dict[str, Any]:
    if move.action in ("leave", "change_absence"):
        return {"facts": ABSENCES.get(move.said)}
    if move.action not in reference.JUDGED:
        return {"comment": REASON if move.said else None}
    opinions = {OpinionPart.WORK: OpinionInput(Verdict.PASS)}
    if move.said == reference.PASS:
        opinions[OpinionPart.ETHICS] = OpinionInput(Verdict.PASS)
    elif move.said == reference.FAIL:
        opinions[OpinionPart.ETHICS] = OpinionInput(Verdict.FAIL, REASON)
    return {"facts": opinions}


@pytest.fixture(scope="module")
def opened(shared_site: Site) -> Iterator[Session]:
    with shared_site.app.app_context(), unscoped("a test walks at random"):
        from app.extensions import db

        yield db.session()
        db.session.rollback()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data())
def test_program_and_reference_model_never_part(
    opened: Session, start: int, people: dict[str, Actor], data: st.DataObject
) -> None:
    try:
        _walk(Walk(opened, start, people), data)
    finally:
        opened.rollback()


def _walk(walk: Walk, data: st.DataObject) -> None:
    has_papers = data.draw(st.booleans(), label="papers")
    walk.ask_for_papers(has_papers)
    state = START
    for _step in range(STEPS):
        is_filled = data.draw(st.sampled_from((True, True, True, False)), label="filled")
        walk.fill(is_filled)
        state = replace(state, is_filled=is_filled)
        if data.draw(st.booleans(), label="opened"):
            state = replace(state, is_opened=walk.open(AT))
        move = data.draw(_moves(state, has_papers), label="move")
        before = walk.entries()
        expected = reference.after(state, move, has_papers=has_papers)

        refusal = walk.attempt(move)

        logged = walk.entries()[len(before) :]
        if isinstance(expected, str):
            assert (refusal, logged) == (expected, [])
        else:
            follows = [SYSTEM.name] if expected.case is S.HALTED or state.case is S.HALTED else []
            state = expected
            assert refusal is None
            assert [name for _action, name in logged] == [walk.people[move.who].name, *follows]
        assert walk.state(is_filled=is_filled) == state


def _moves(state: State, has_papers: bool) -> st.SearchStrategy[Move]:
    """Half of what is tried can be done: a walk of blunders alone gets nowhere."""
    every = list(reference.moves(state))
    legal = [
        move
        for move in every
        if isinstance(reference.after(state, move, has_papers=has_papers), State)
    ]
    return (
        st.one_of(st.sampled_from(legal), st.sampled_from(every))
        if legal
        else st.sampled_from(every)
    )


def test_the_walks_can_reach_every_state() -> None:
    seen, edge = {START}, [START]
    while edge:
        state = edge.pop()
        for move in reference.moves(state):
            for has_papers in (True, False):
                following = reference.after(state, move, has_papers=has_papers)
                if isinstance(following, State) and following not in seen:
                    seen.add(following)
                    edge.append(following)

    assert {state.case for state in seen} == {None, *S}
    assert {state.participation for state in seen} == set(P) - {P.MOVED}


def test_the_reference_model_knows_every_step() -> None:
    state = State(participation=P.CONFIRMED, case=S.AWAITING_FORM)
    known = {(move.axis, move.action) for move in reference.moves(state)}

    assert known == {
        (name, row.button)
        for name, workflow in WORKFLOWS.items()
        for row in workflow.transitions
        if row.name not in ("move", "registry_leave")  # transfers have tests of their own
        and row.button not in ("deregister", "halt", "go_on")  # as "die"; what follows from it
    }
