"""What hangs on a participation: the tables that follow when its owner or agency changes."""

from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.models import (
    AnswerSheet,
    Assessment,
    Attachment,
    ConductRecord,
    Deferral,
    DisqualifyingAct,
    EthicsAnswer,
    Exemption,
    Experience,
    Opinion,
    OutsideOpinion,
    Paper,
    Recusal,
    Registration,
    Remark,
    Sitting,
    SittingEvent,
    Snapshot,
    WorkYear,
)

_OF_PARTICIPATIONS: tuple[Any, ...] = (Assessment, Registration, Attachment)
_OF_REGISTRATIONS: tuple[Any, ...] = (WorkYear, EthicsAnswer, Experience)
_OF_CASES: tuple[Any, ...] = (
    Opinion,
    OutsideOpinion,
    ConductRecord,
    DisqualifyingAct,
    Remark,
    Exemption,
    Deferral,
    Recusal,
    AnswerSheet,
    SittingEvent,
    Snapshot,
    Sitting,
    Paper,
)


_LISTS = (
    "opinions",
    "outside_opinions",
    "conduct_records",
    "disqualifying_acts",
    "remarks",
    "papers",
)


def drop_case(session: Session, case: Assessment) -> None:
    """Delete a case with everything that hangs on it alone; the form of the physician stays."""
    files = select(Attachment.id).where(
        Attachment.participation_id == case.participation_id,
        or_(Attachment.exemption_id.is_not(None), Attachment.deferral_id.is_not(None)),
    )
    session.execute(delete(Attachment).where(Attachment.id.in_(files)))
    for model in _OF_CASES:
        session.execute(delete(model).where(model.assessment_id == case.id))
    session.expire(case, list(_LISTS))
    session.delete(case)


def hanging_on(participations: Any) -> list[tuple[Any, Any]]:
    """Pair each table below the chosen participations (a select of ids) with its criterion."""
    registrations = select(Registration.id).where(Registration.participation_id.in_(participations))
    cases = select(Assessment.id).where(Assessment.participation_id.in_(participations))
    return [
        *((m, m.participation_id.in_(participations)) for m in _OF_PARTICIPATIONS),
        *((m, m.registration_id.in_(registrations)) for m in _OF_REGISTRATIONS),
        *((m, m.assessment_id.in_(cases)) for m in _OF_CASES),
    ]
