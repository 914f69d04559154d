"""What follows when a case is concluded, again, or no longer: 结论, 证书 and 处置 stay in step."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.enums import RemedyStatus, ResultGround
from app.models import Conclusion
from app.operations import certificates, conclusions, judgements, remedies
from app.security.actor import SYSTEM, unscoped
from app.workflows.certificate import CERTIFICATE
from app.workflows.conclusion import CONCLUSION
from app.workflows.engine import Step
from app.workflows.remedy import REMEDY

_WHY = "what follows from a result that the actor was allowed to decide"
_GOING_ON = frozenset(RemedyStatus) - {
    RemedyStatus.PASSED,
    RemedyStatus.DEREGISTERED,
    RemedyStatus.CANCELLED,
}


def conclude(step: Step) -> None:
    """Store the result and what it rests on; it waits for 备案 (again)."""
    case, session = step.subject, step.session
    judged = judgements.judge(case)
    case.result = judged.result
    with unscoped(_WHY):
        found, is_known = conclusions.store(session, case, judged, by=step.actor.name, at=step.at)
        if is_known:
            CONCLUSION.fire(session, found.id, "renew", actor=SYSTEM, at=step.at)
            _undo(session, found, why=step.comment, at=step.at)


def reopen(step: Step) -> None:
    """Take the result back: the case goes on."""
    case, session = step.subject, step.session
    case.result = None
    with unscoped(_WHY):
        found = conclusions.of_case(session, case.id)
        if found is not None:
            CONCLUSION.fire(session, found.id, "reopen", actor=SYSTEM, at=step.at)
            _undo(session, found, why=step.comment, at=step.at)


def lapse(step: Step) -> None:
    """Conclude a case in which nothing was handed in (T38)."""
    judgements.rule(step.subject, conclusions.LAPSED)
    conclude(step)


def cancel_pass(step: Step) -> None:
    """Turn a 合格 that was obtained by fraud into 不合格 (T37, art. 31)."""
    line = judgements.Reason(
        part=conclusions.LAPSED.part,
        ground=ResultGround.FRAUD,
        verdict=conclusions.LAPSED.verdict,
        fact=step.comment or "",
    )
    judgements.rule(step.subject, line)
    conclude(step)


def _undo(session: Session, found: Conclusion, *, why: str | None, at: datetime) -> None:
    """A certificate and a disposal of the former result do not stand any more."""
    session.flush()
    known = certificates.valid(session, found.id)
    if known is not None:
        said = why or found.result.value
        CERTIFICATE.fire(session, known.id, "revoke", actor=SYSTEM, at=at, comment=said)
    remedy = remedies.of_conclusion(session, found.id)
    if remedy is not None and remedy.status in _GOING_ON:
        REMEDY.fire(session, remedy.id, "cancel", actor=SYSTEM, at=at)
