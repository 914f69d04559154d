"""Random people try random steps on 免考, 延考 and the case between them, as the model says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus as S
from app.enums import DeferralStatus, ExemptionStatus, Procedure, ScheduleWindow
from app.models import Assessment, Deferral, Exemption, TrailEntry
from app.operations import attachments, side_cases
from app.queries import cycles
from app.rules import DEFERRAL_GROUNDS, EXEMPTION_GROUNDS
from app.security.actor import SYSTEM, Actor, acting_as, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.deferral import DEFERRAL
from app.workflows.engine import NoSuchStep, StepForbidden, StepRefused
from app.workflows.exemption import EXEMPTION
from tests.security.foreign_requests import PDF
from tests.support.site import Site
from tests.workflows import reference, reference_requests
from tests.workflows.reference import Move
from tests.workflows.reference_requests import Requests
from tests.workflows.test_random_walks import ACCOUNTS
from tests.workflows.world import AT, REASON, case_id, physician_of

STEPS = 12
WORKFLOWS = {"assessment": ASSESSMENT, "exemption": EXEMPTION, "deferral": DEFERRAL}
SESSION = (AT + timedelta(days=20)).date()


@pytest.fixture(scope="module")
def start(shared_site: Site) -> int:
    return case_id(shared_site, S.AWAITING_EXAM, Procedure.GENERAL)


@pytest.fixture(scope="module")
def people(shared_site: Site, start: int) -> dict[str, Actor]:
    found = {name: shared_site.actor(username) for name, username in ACCOUNTS.items()}
    agency = found["agency"]
    return found | {
        "physician": physician_of(shared_site, start),
        "other physician": physician_of(shared_site, case_id(shared_site, S.AGENCY_REJECTED)),
        "other agency": replace(agency, agency_id=(agency.agency_id or 0) + 1_000_000),
        "system": SYSTEM,
    }


KINDS: dict[str, Any] = {"exemption": Exemption, "deferral": Deferral}


class Walk:
    """One case before the exam and what is asked for in it, in a transaction nobody keeps."""

    def __init__(self, session: Session, start: int, people: dict[str, Actor]) -> None:
        self.session, self.people, self.case_id = session, people, start
        case = session.get_one(Assessment, start)
        self.participation_id = case.participation_id
        self._forget(case)
        window = cycles.window(case.cycle, ScheduleWindow.EXAMINATION)
        assert window is not None
        window.last_day = (AT + timedelta(days=10)).date()
        self.ids = {"assessment": start, **self._draft(case)}
        session.flush()

    def _forget(self, case: Assessment) -> None:
        for model in KINDS.values():
            for row in self.session.scalars(
                select(model).where(model.assessment_id == case.id)
            ).all():
                for file in row.attachments:
                    self.session.delete(file)
                self.session.flush()
                self.session.delete(row)
        self.session.flush()

    def _draft(self, case: Assessment) -> dict[str, int]:
        found = {}
        for axis, model in KINDS.items():
            row: Any = side_cases.open_draft(self.session, model, case, at=AT)
            attachments.store_evidence(
                self.session, row, filename="证明.pdf", content=PDF, actor=SYSTEM, at=AT
            )
            found[axis] = row.id
        return found

    def ask_for(self, *, has_common: bool) -> None:
        """Let the procedure ask for one paper, or for two."""
        cycle = self.session.get_one(Assessment, self.case_id).cycle
        papers = ["公共知识", "业务水平"] if has_common else ["业务水平"]
        cycle.rules = (cycle.rules or {}) | {
            "papers_general": papers,
            "exempted_papers": ["业务水平"],
            "exemption_grounds": list(EXEMPTION_GROUNDS),
            "deferral_grounds": list(DEFERRAL_GROUNDS),
        }
        self.session.flush()

    def fill(self, is_complete: bool) -> None:
        """Let both requests be complete, or lack their ground."""
        exemption = self.session.get_one(Exemption, self.ids["exemption"])
        deferral = self.session.get_one(Deferral, self.ids["deferral"])
        exemption.ground = EXEMPTION_GROUNDS[0] if is_complete else None
        exemption.certificate_on = AT.date()
        deferral.ground = DEFERRAL_GROUNDS[0] if is_complete else None
        deferral.hindered_from = deferral.hindered_until = AT.date()
        self.session.flush()

    def state(self, *, is_complete: bool) -> Requests:
        self.session.expire_all()
        return Requests(
            self.session.get_one(Assessment, self.case_id).status,
            self.session.get_one(Exemption, self.ids["exemption"]).status,
            self.session.get_one(Deferral, self.ids["deferral"]).status,
            is_complete,
        )

    def entries(self) -> int:
        """Count what was logged of the three axes."""
        statement = select(func.count(TrailEntry.id)).where(
            TrailEntry.participation_id == self.participation_id,
            TrailEntry.subject.in_(WORKFLOWS),
        )
        return self.session.scalars(statement).one()

    def attempt(self, move: Move) -> str | None:
        """Try a move as its actor; give how it was refused, or None when it was done."""
        actor = self.people[move.who]
        save = self.session.begin_nested()
        self.session.expire_all()
        try:
            with acting_as(actor):
                WORKFLOWS[move.axis].fire(
                    self.session,
                    self.ids[move.axis],
                    move.action,
                    actor=actor,
                    at=self._moment(move),
                    comment=REASON if move.said else None,
                    facts=SESSION if move.action == "agency_approve" and move.said else None,
                )
        except NoSuchStep:
            refusal = reference.UNSEEN
        except StepForbidden:
            refusal = reference.FORBIDDEN
        except StepRefused:
            refusal = reference.REFUSED
        else:
            save.commit()
            return None
        save.rollback()
        return refusal

    @staticmethod
    def _moment(move: Move) -> datetime:
        return AT if move.when == reference.INSIDE else AT + timedelta(days=12)


@pytest.fixture(scope="module")
def opened(shared_site: Site) -> Iterator[Session]:
    with shared_site.app.app_context(), unscoped("a test walks at random"):
        from app.extensions import db

        yield db.session()
        db.session.rollback()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_program_and_reference_model_never_part(
    opened: Session, start: int, people: dict[str, Actor], data: st.DataObject
) -> None:
    try:
        _walk(Walk(opened, start, people), data)
    finally:
        opened.rollback()


def _walk(walk: Walk, data: st.DataObject) -> None:
    has_common = data.draw(st.booleans(), label="two papers")
    walk.ask_for(has_common=has_common)
    state = Requests()
    for _step in range(STEPS):
        is_complete = data.draw(st.sampled_from((True, True, True, False)), label="complete")
        walk.fill(is_complete)
        state = replace(state, is_complete=is_complete)
        move = data.draw(_moves(state, has_common), label="move")
        before = walk.entries()
        expected = reference_requests.after(state, move, has_common=has_common)

        refusal = walk.attempt(move)

        logged = walk.entries() - before
        if isinstance(expected, str):
            assert (refusal, logged) == (expected, 0)
        else:
            assert (refusal, logged) == (None, reference_requests.entries(state, expected))
            state = expected
        assert walk.state(is_complete=is_complete) == state


def _moves(state: Requests, has_common: bool) -> st.SearchStrategy[Move]:
    every = list(reference_requests.moves())
    legal = [
        move
        for move in every
        if isinstance(reference_requests.after(state, move, has_common=has_common), Requests)
    ]
    either = st.one_of(st.sampled_from(legal), st.sampled_from(every)) if legal else None
    return either if either is not None else st.sampled_from(every)


def test_the_walks_can_reach_every_state() -> None:
    seen, edge = {Requests()}, [Requests()]
    while edge:
        state = edge.pop()
        for move in reference_requests.moves():
            for has_common in (True, False):
                following = reference_requests.after(state, move, has_common=has_common)
                if isinstance(following, Requests) and following not in seen:
                    seen.add(following)
                    edge.append(following)

    assert {state.exemption for state in seen} == set(ExemptionStatus)
    assert {state.deferral for state in seen} == set(DeferralStatus)


def test_the_reference_model_knows_every_step() -> None:
    known = {(move.axis, move.action) for move in reference_requests.moves()}

    assert {pair for pair in known if pair[0] != "assessment"} == {
        (name, row.button)
        for name in ("exemption", "deferral")
        for row in WORKFLOWS[name].transitions
    }
