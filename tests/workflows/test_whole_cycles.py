"""Random whole cycles, all workflows together: the result is what the rules say of the facts.

A small reference in plain Python follows what was done and knows nothing of the program's code; after
every step it says where the case stands, and at the end what it came to, from the facts alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus as S
from app.enums import (
    CertificateStatus,
    FilingStatus,
    OpinionPart,
    PaperStatus,
    Procedure,
    RemedyStatus,
    ResultPart,
    ScheduleWindow,
    Verdict,
)
from app.models import Assessment, Paper
from app.operations import (
    certificates,
    conclusions,
    figures,
    judgements,
    objections,
    remedies,
)
from app.operations.opinions import OpinionInput
from app.queries import cycles
from app.rules import MARK_HOLDS, NO_MAKEUP, TWO_PROCTORS, CycleRules
from app.security.actor import SYSTEM, Actor, acting_as, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.conclusion import CONCLUSION
from app.workflows.objection import OBJECTION
from app.workflows.paper import PAPER
from tests.support.site import Site
from tests.workflows.world import AT, REASON, case_id

pytestmark = pytest.mark.embedded
PASS, FAIL = Verdict.PASS, Verdict.FAIL
PAPERS = ("公共知识", "业务水平")
DAY = timedelta(days=1)


@dataclass
class Facts:
    """What was done to one physician, and what the rules make of it."""

    rounds: int
    marks: int
    procedure: Procedure = Procedure.GENERAL
    unfit: bool = False
    scores: dict[str, list[int | None]] = field(default_factory=dict)  # None: absent
    changed: dict[ResultPart, Verdict] = field(default_factory=dict)
    is_lapsed: bool = False
    is_fraud: bool = False

    def wanted(self) -> tuple[str, ...]:
        return PAPERS if self.procedure is Procedure.GENERAL else PAPERS[:1]

    def is_passed(self, paper: str) -> bool:
        return any(
            score is not None and score >= self.marks for score in self.scores.get(paper, [])
        )

    def is_over(self, paper: str) -> bool:
        return self.is_passed(paper) or len(self.scores.get(paper, [])) > self.rounds

    def stands(self) -> S:
        """Where a case stands that was sent on to the examination."""
        open_ones = [one for one in self.wanted() if not self.is_over(one)]
        if not open_ones:
            return S.AWAITING_VERDICT
        first = [one for one in self.wanted() if not self.scores.get(one)]
        return S.AWAITING_EXAM if first else S.AWAITING_MAKEUP

    def result(self) -> Verdict | None:
        """What the facts come to; None: something is still to be sat."""
        if self.is_lapsed or self.is_fraud:
            return FAIL
        ethics = self.changed.get(ResultPart.ETHICS, FAIL if self.unfit else PASS)
        if FAIL in (ethics, self.changed.get(ResultPart.WORK, PASS)):
            return FAIL
        if ResultPart.EXAM in self.changed:
            return self.changed[ResultPart.EXAM]
        if any(not self.is_over(one) for one in self.wanted()):
            return None
        return PASS if all(self.is_passed(one) for one in self.wanted()) else FAIL


class Walk:
    """One case from the recheck on, through every workflow, in a transaction that nobody keeps."""

    def __init__(self, session: Session, pk: int, people: dict[str, Actor], facts: Facts) -> None:
        self.session, self.pk, self.people, self.facts = session, pk, people, facts
        self.at = AT
        self._set_rules()

    def _set_rules(self) -> None:
        cycle = self.case.cycle
        rules = CycleRules.from_document(cycle.rules or {}).with_rules(
            {
                "papers_general": PAPERS,
                "papers_simplified": PAPERS[:1],
                "makeup_rounds": self.facts.rounds,
                "pass_mark_physician": self.facts.marks,
                "pass_mark_assistant": self.facts.marks,
                "exam_rules": (MARK_HOLDS, TWO_PROCTORS, NO_MAKEUP),
            }
        )
        cycle.rules = rules.to_document()
        for kind in (ScheduleWindow.REVIEW, ScheduleWindow.EXAMINATION):
            window = cycles.window(cycle, kind)
            assert window is not None
            window.last_day = cycle.last_day
        self.session.flush()

    @property
    def case(self) -> Assessment:
        return self.session.get_one(Assessment, self.pk, populate_existing=True)

    def fire(self, workflow: Any, pk: int, action: str, who: str, **how: Any) -> None:
        actor = self.people[who]
        how.setdefault("comment", REASON)
        with acting_as(actor):
            workflow.fire(self.session, pk, action, actor=actor, at=self.at, **how)
        self.session.expire_all()

    def recheck(self) -> None:
        """The agency agrees with the hospital, or finds somebody unfit."""
        said = {OpinionPart.WORK: OpinionInput(PASS), OpinionPart.ETHICS: OpinionInput(PASS)}
        if self.facts.unfit:
            said[OpinionPart.ETHICS] = OpinionInput(FAIL, REASON)
        self.facts.procedure = self.case.procedure or Procedure.GENERAL
        self.fire(ASSESSMENT, self.pk, "agency_pass", "agency", facts=said)

    def open_papers(self) -> list[Paper]:
        found = select(Paper).where(
            Paper.assessment_id == self.pk, Paper.status == PaperStatus.NOT_STARTED
        )
        return list(self.session.scalars(found.order_by(Paper.id)))

    def sit(self, score: int | None) -> None:
        """Sit the next paper on paper, or be absent."""
        paper = self.open_papers()[0]
        name = paper.name
        if score is None:
            self.fire(PAPER, paper.id, "absent", "agency")
        else:
            self.fire(PAPER, paper.id, "enter", "agency", facts=score * 10)
            self.fire(PAPER, paper.id, "confirm", "other agency")
        self.facts.scores.setdefault(name, []).append(score)

    def check(self) -> None:
        """Compare the case with the reference."""
        case, expected = self.case, self.facts.result()
        judged = judgements.judge(case)
        if case.status is S.COMPLETED:
            assert case.result is judged.result is expected
            row = conclusions.of_case(self.session, self.pk)
            assert row is not None
            assert row.result is expected
        else:
            assert case.result is None
            assert case.status is self.facts.stands()
            if case.status is S.AWAITING_VERDICT:
                assert judged.result is expected

    def check_papers_of_results(self) -> None:
        """What hangs on the result is in step with it."""
        row = conclusions.of_case(self.session, self.pk)
        if row is None:
            return
        valid = certificates.valid(self.session, row.id)
        remedy = remedies.of_conclusion(self.session, row.id)
        is_settled = self.case.status is S.COMPLETED and row.status is FilingStatus.FILED
        if valid is not None:
            assert valid.status is CertificateStatus.VALID
            assert is_settled
            assert row.result is PASS
        goes_on = remedy is not None and remedy.status is not RemedyStatus.CANCELLED
        assert goes_on == (is_settled and row.result is FAIL)
        if self.case.status is not S.COMPLETED:
            assert row.status is FilingStatus.REOPENED

    def file(self) -> None:
        row = conclusions.of_case(self.session, self.pk)
        assert row is not None
        if row.status is FilingStatus.AWAITING:
            self.fire(CONCLUSION, row.id, "file", "authority")

    def issue(self) -> None:
        row = conclusions.of_case(self.session, self.pk)
        assert row is not None
        with acting_as(self.people["authority"]):
            certificates.issue_many(
                self.session, [row.id], actor=self.people["authority"], at=self.at
            )
        self.session.expire_all()

    def contest(self, part: ResultPart, verdict: Verdict) -> None:
        """Order a second look, which changes a part where that changes anything."""
        row = conclusions.of_case(self.session, self.pk)
        assert row is not None
        actor = self.people["authority"]
        with acting_as(actor):
            asked = objections.ask(self.session, row, reason=REASON, actor=actor, at=self.at)
        before = self.facts.result()
        after = Facts(**{**vars(self.facts), "changed": {**self.facts.changed, part: verdict}})
        if after.result() is before:
            self.fire(OBJECTION, asked.id, "uphold", "agency")
            return
        self.fire(OBJECTION, asked.id, "change", "agency", facts={part: verdict})
        self.facts = after

    def figures(self) -> None:
        """The kept figures equal a recount."""
        assert figures.differences(self.session) == {}


@pytest.fixture(scope="module")
def people(shared_site: Site) -> dict[str, Actor]:
    return {
        "agency": shared_site.actor("agency"),
        "other agency": shared_site.actor("agency-2"),
        "authority": shared_site.actor("province"),
        "hospital": shared_site.actor("hospital"),
        "system": SYSTEM,
    }


@pytest.fixture(scope="module")
def starts(shared_site: Site) -> dict[Procedure, int]:
    return {one: case_id(shared_site, S.AWAITING_AGENCY, one) for one in Procedure}


@pytest.fixture(scope="module")
def opened(shared_site: Site) -> Iterator[Session]:
    with shared_site.app.app_context(), unscoped("a test walks at random"):
        from app.extensions import db

        yield db.session()
        db.session.rollback()


SCORES = st.one_of(st.none(), st.sampled_from((0, 54, 55, 59, 60, 61, 100)))
LATER = st.sampled_from(("file", "issue", "contest", "fraud", "file", "issue"))
CHANGES = st.tuples(
    st.sampled_from((ResultPart.WORK, ResultPart.ETHICS, ResultPart.EXAM)), st.sampled_from(Verdict)
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_happens_the_result_is_what_the_rules_say(
    opened: Session, starts: dict[Procedure, int], people: dict[str, Actor], data: st.DataObject
) -> None:
    facts = Facts(
        rounds=data.draw(st.integers(0, 2), label="rounds"),
        marks=data.draw(st.sampled_from((55, 60)), label="mark"),
        unfit=data.draw(st.sampled_from((False, False, True)), label="unfit"),
    )
    procedure = data.draw(st.sampled_from(Procedure), label="procedure")
    try:
        _walk(Walk(opened, starts[procedure], people, facts), data)
    finally:
        opened.rollback()


def _walk(walk: Walk, data: st.DataObject) -> None:
    walk.recheck()
    walk.check()
    for _step in range(14):
        case = walk.case
        if case.status in (S.AWAITING_EXAM, S.AWAITING_MAKEUP):
            walk.sit(data.draw(SCORES, label="score"))
        elif case.status is S.AWAITING_VERDICT:
            walk.fire(ASSESSMENT, walk.pk, "conclude", "agency")
        else:
            _after(walk, data.draw(LATER, label="later"), data)
        walk.check()
        walk.check_papers_of_results()
    walk.figures()


def _after(walk: Walk, action: str, data: st.DataObject) -> None:
    """One of the things that happen to a case with a result."""
    if action == "file":
        walk.file()
    elif action == "issue":
        walk.issue()
    elif action == "contest":
        walk.contest(*data.draw(CHANGES, label="change"))
    elif walk.case.result is PASS:
        walk.fire(ASSESSMENT, walk.pk, "cancel_pass", "authority")
        walk.facts.is_fraud = True


def test_the_reference_reaches_every_end() -> None:
    both: dict[str, list[int | None]] = {"公共知识": [60], "业务水平": [59, 60]}
    assert Facts(rounds=1, marks=60, scores=both).result() is PASS
    assert Facts(rounds=1, marks=60, scores=both | {"业务水平": [59]}).result() is None
    assert Facts(rounds=0, marks=60, scores=both | {"公共知识": [None]}).result() is FAIL
    assert Facts(rounds=0, marks=60, unfit=True).result() is FAIL
    changed = {ResultPart.ETHICS: PASS}
    assert Facts(rounds=0, marks=60, unfit=True, changed=changed).result() is None
