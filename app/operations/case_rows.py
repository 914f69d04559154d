"""What hangs on a participation: the tables that follow when its owner or agency changes."""

from typing import Any

from sqlalchemy import select

from app.models import (
    Assessment,
    Attachment,
    ConductRecord,
    EthicsAnswer,
    Experience,
    Opinion,
    OutsideOpinion,
    Registration,
    WorkYear,
)

_OF_PARTICIPATIONS: tuple[Any, ...] = (Assessment, Registration, Attachment)
_OF_REGISTRATIONS: tuple[Any, ...] = (WorkYear, EthicsAnswer, Experience)
_OF_CASES: tuple[Any, ...] = (Opinion, OutsideOpinion, ConductRecord)


def hanging_on(participations: Any) -> list[tuple[Any, Any]]:
    """Pair each table below the chosen participations (a select of ids) with its criterion."""
    registrations = select(Registration.id).where(Registration.participation_id.in_(participations))
    cases = select(Assessment.id).where(Assessment.participation_id.in_(participations))
    return [
        *((m, m.participation_id.in_(participations)) for m in _OF_PARTICIPATIONS),
        *((m, m.registration_id.in_(registrations)) for m in _OF_REGISTRATIONS),
        *((m, m.assessment_id.in_(cases)) for m in _OF_CASES),
    ]
