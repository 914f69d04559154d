"""One case and everybody who has to do with its result: what tests of results share."""

from typing import Any

from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import Verdict
from app.models import Assessment, Certificate, Conclusion, Remedy
from app.operations import certificates, objections
from app.security.actor import Actor, unscoped
from app.workflows.assessment import ASSESSMENT
from app.workflows.conclusion import CONCLUSION
from app.workflows.objection import OBJECTION
from tests.support.site import Site
from tests.workflows.sitting_world import AT, Examinee, cases, session_of
from tests.workflows.world import REASON, physician_of


def passed_case(site: Site) -> "World":
    """Let a case of the demo pass its paper."""
    examinee = Examinee(site, cases(site, S.AWAITING_EXAM, papers=1)[0])
    examinee.sit(90)
    return World(site, examinee.case_id)


class World:
    """One case and everybody who has to do with its result."""

    def __init__(self, site: Site, pk: int) -> None:
        self.site, self.pk = site, pk
        self.agency, self.office = site.actor("agency"), site.actor("province")
        self.hospital = site.actor("hospital")
        self.physician = physician_of(site, pk)

    def take(self, workflow: Any, pk: int, action: str, who: Actor, **how: Any) -> None:
        how.setdefault("at", AT)
        with session_of(self.site, who) as session:
            workflow.fire(session, pk, action, actor=who, **how)

    def conclude(self, at: Any = AT) -> None:
        self.take(ASSESSMENT, self.pk, "conclude", self.agency, at=at)

    def file(self) -> None:
        self.take(CONCLUSION, self.conclusion.id, "file", self.office)

    def object(self, who: Actor | None = None, at: Any = AT) -> int:
        actor = who or self.physician
        with session_of(self.site, actor) as session:
            row = session.get_one(Conclusion, self.conclusion.id)
            return objections.ask(session, row, reason=REASON, actor=actor, at=at).id

    def answer(self, pk: int, action: str, facts: Any = None) -> None:
        self.take(OBJECTION, pk, action, self.agency, comment="经复核，答复如下。", facts=facts)

    def issue(self) -> int:
        with session_of(self.site, self.office) as session:
            done = certificates.issue_many(session, [self.conclusion.id], actor=self.office, at=AT)
        assert done.refused == {}
        return done.ids[0]

    def _one(self, model: Any, *where: Any) -> Any:
        with self.site.session() as session, unscoped("a test looks"):
            found = session.scalars(select(model).where(*where).order_by(model.id.desc())).first()
            if found is not None:
                session.expunge(found)
            return found

    @property
    def case(self) -> Assessment:
        found: Assessment = self._one(Assessment, Assessment.id == self.pk)
        return found

    @property
    def conclusion(self) -> Conclusion:
        found: Conclusion = self._one(Conclusion, Conclusion.assessment_id == self.pk)
        return found

    @property
    def certificate(self) -> Certificate:
        found: Certificate = self._one(Certificate, Certificate.conclusion_id == self.conclusion.id)
        return found

    @property
    def remedy(self) -> Remedy:
        found: Remedy = self._one(Remedy, Remedy.conclusion_id == self.conclusion.id)
        return found

    def stands(self) -> tuple[S, Verdict | None]:
        return self.case.status, self.case.result
