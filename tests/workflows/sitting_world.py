"""What tests of sittings share: an examinee of the demo, papers begun, answered and handed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, PaperStatus
from app.models import Agency, Assessment, Cycle, Exemption, Paper, Question, Sitting
from app.operations import answers, sittings
from app.operations.answers import Entry, Saved
from app.rules import CycleRules
from app.security.actor import SYSTEM, Actor, acting_as, unscoped
from app.views.clock import now
from app.workflows.paper import PAPER
from tests.support.site import Site
from tests.workflows.world import physician_of

AT = now()
FIRST = 1_000_001
AGENCY = "长治医师定期考核中心"


@contextmanager
def session_of(site: Site, who: Actor) -> Iterator[Session]:
    """Act as somebody and commit at the end."""
    with site.app.app_context(), acting_as(who):
        session: Session = site.app.extensions["sqlalchemy"].session()
        try:
            yield session
            session.commit()
        finally:
            session.rollback()


class Examinee:
    """A physician of the demo with papers to sit, and what he or she does."""

    def __init__(
        self, site: Site, case_id: int, at: datetime = AT, *, rules: dict[str, Any] | None = None
    ) -> None:
        self.site, self.case_id, self.at = site, case_id, at
        self.actor = physician_of(site, case_id)
        if rules is not None:
            set_rules(site, **rules)

    def papers(self) -> list[tuple[str, int, PaperStatus]]:
        with self.site.session() as session:
            rows = session.scalars(
                select(Paper).where(Paper.assessment_id == self.case_id).order_by(Paper.id)
            )
            return [(one.name, one.round, one.status) for one in rows]

    def stands(self) -> AssessmentStatus:
        with self.site.session() as session:
            return session.get_one(Assessment, self.case_id).status

    def paper_id(self, name: str, number: int = 1) -> int:
        with self.site.session() as session:
            return session.scalars(
                select(Paper.id).where(
                    Paper.assessment_id == self.case_id, Paper.name == name, Paper.round == number
                )
            ).one()

    def begin(self, name: str = "公共知识", number: int = 1, at: datetime | None = None) -> int:
        with session_of(self.site, self.actor) as session:
            pk = self.paper_id_in(session, name, number)
            PAPER.fire(session, pk, "begin", actor=self.actor, at=at or self.at)
            sitting = sittings.current(session, pk)
            assert sitting is not None
            found = sitting.id
            sittings.open_sheet(session, sitting, device="device-1", at=at or self.at)
        return found

    def paper_id_in(self, session: Session, name: str, number: int) -> int:
        return session.scalars(
            select(Paper.id).where(
                Paper.assessment_id == self.case_id, Paper.name == name, Paper.round == number
            )
        ).one()

    def save(self, sitting_id: int, *entries: Entry, at: datetime | None = None) -> Saved:
        with session_of(self.site, self.actor) as session:
            saved = answers.save(session, sitting_id, entries, at=at or self.at)
        assert saved is not None
        return saved

    def answer(self, sitting_id: int, share: int, at: datetime | None = None) -> None:
        """Answer so many of a hundred questions rightly, the others wrongly."""
        self.save(sitting_id, *entries_for(self.site, sitting_id, share), at=at)

    def hand_in(self, sitting_id: int, at: datetime | None = None) -> None:
        with session_of(self.site, self.actor) as session:
            paper_id = session.get_one(Sitting, sitting_id).paper_id
            PAPER.fire(session, paper_id, "hand_in", actor=self.actor, at=at or self.at)

    def sit(self, share: int, name: str = "公共知识", number: int = 1) -> int:
        """Sit a paper from beginning to end."""
        pk = self.begin(name, number)
        self.answer(pk, share)
        self.hand_in(pk, self.at + timedelta(minutes=20))
        return pk


def entries_for(site: Site, sitting_id: int, share: int, first: int = FIRST) -> list[Entry]:
    """Give answers to a whole paper of which a share is right."""
    with site.session() as session:
        places = sittings.drawn(session.get_one(Sitting, sitting_id).places)
        keys = {
            row.id: row.answer
            for row in session.execute(
                select(Question.id, Question.answer).where(
                    Question.id.in_([one.question_id for one in places])
                )
            )
        }
    found = []
    for number, one in enumerate(places):
        shown = {chr(65 + one.order.index(ord(letter) - 65)) for letter in keys[one.question_id]}
        if number >= len(places) * share // 100:
            shown = {"B"} if shown == {"A"} else {"A"}
        found.append(Entry(first + number, one.question_id, "".join(sorted(shown)), False))
    return found


def set_rules(site: Site, **changes: Any) -> None:
    """Change the rules of every cycle."""
    with site.session() as session:
        for cycle in session.scalars(select(Cycle)):
            rules = CycleRules.from_document(cycle.rules or {}).with_rules(changes)
            cycle.rules = rules.to_document()
        session.commit()


def cases(site: Site, status: AssessmentStatus, *, papers: int = 2) -> list[int]:
    """List cases of the demo that wait for so many papers with a blueprint for each."""
    with site.session() as session, unscoped("a test looks for cases"):
        found = []
        waiting = (
            select(Assessment)
            .join(Agency, Agency.id == Assessment.agency_id)
            .where(Assessment.status == status, Agency.name == AGENCY)
            .order_by(Assessment.id)
        )
        for case in session.scalars(waiting):
            open_ones = [one for one in case.papers if one.status is PaperStatus.NOT_STARTED]
            can = all(sittings.blueprint_of(session, one) is not None for one in open_ones)
            asked = select(Exemption.id).where(Exemption.assessment_id == case.id)
            if len(open_ones) == papers and can and session.scalars(asked).first() is None:
                found.append(case.id)
    return found


def take(site: Site, action: str, paper_id: int, at: datetime) -> None:
    """Let the system take a step on a paper."""
    with session_of(site, SYSTEM) as session:
        PAPER.fire(session, paper_id, action, actor=SYSTEM, at=at)
