"""待处理任务: how much waits for the acting person, in one statement."""

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.enums import (
    AssessmentStatus,
    CycleStatus,
    DeferralStatus,
    ExemptionStatus,
    ObjectionStatus,
    OutsideOpinionStatus,
    Procedure,
    RequestStatus,
    Role,
)
from app.models import (
    Assessment,
    Correction,
    Cycle,
    Deferral,
    Exemption,
    Institution,
    MentorshipChange,
    Objection,
    OutsideOpinion,
    PracticePlace,
    Recusal,
    TransferRequest,
)
from app.security.actor import Actor
from app.security.scope_session import KEPT

WAITING = {
    Role.INSTITUTION: AssessmentStatus.AWAITING_INSTITUTION,
    Role.AGENCY: AssessmentStatus.AWAITING_AGENCY,
}
"""The state of a case that waits for a role; requests beside the case have states of that name."""


def _number(model: Any, *where: Any, via: Any = None) -> Any:
    statement = select(func.count(model.id))
    if via is not None:
        statement = statement.join(Assessment, Assessment.id == via)
    return (
        statement.join(Cycle, Cycle.id == Assessment.cycle_id)
        .where(*where, Cycle.status == CycleStatus.OPEN)
        .scalar_subquery()
    )


def _cases(procedure: Procedure) -> Any:
    waits = Assessment.status == bindparam("case")
    return _number(Assessment, waits, Assessment.procedure == procedure)


def _waiting(model: Any, name: str, *where: Any) -> Any:
    waits = model.status == RequestStatus.AWAITING
    return select(func.count(model.id)).where(waits, *where).scalar_subquery().label(name)


_COMMON = (
    _cases(Procedure.GENERAL).label("general"),
    _cases(Procedure.SIMPLIFIED).label("simplified"),
    _number(Exemption, Exemption.status == bindparam("exempt"), via=Exemption.assessment_id).label(
        "exemption"
    ),
    _number(Deferral, Deferral.status == bindparam("defer"), via=Deferral.assessment_id).label(
        "deferral"
    ),
)
_OWN: Any = bindparam("own")
_COUNTS = {
    Role.INSTITUTION: select(
        *_COMMON,
        _waiting(MentorshipChange, "mentorship_change"),
        _waiting(Correction, "correction"),
        _waiting(PracticePlace, "practice_place"),
        _waiting(TransferRequest, "transfer", TransferRequest.from_institution_id == _OWN),
        select(func.count(OutsideOpinion.id))
        .where(
            OutsideOpinion.status == OutsideOpinionStatus.AWAITING,
            OutsideOpinion.place_institution_id == _OWN,
        )
        .scalar_subquery()
        .label("outside_opinion"),
        select(func.count(Institution.id))
        .where(Institution.may_apply_as_agency)
        .scalar_subquery()
        .label("may_apply"),
    ).execution_options(**KEPT),
    Role.AGENCY: select(
        *_COMMON,
        _number(Assessment, Assessment.status == AssessmentStatus.AWAITING_VERDICT).label(
            "verdict"
        ),
        select(func.count(Objection.id))
        .where(Objection.status == ObjectionStatus.AWAITING)
        .scalar_subquery()
        .label("objection"),
        _waiting(Recusal, "recusal"),
    ).execution_options(**KEPT),
}


def counts(session: Session, *, actor: Actor) -> dict[str, int]:
    """Count what waits for a role, by the names of its queues; cases of open cycles only.

    ``may_apply`` is not nought where 申请考核机构 is open to the institution (manual 1.4).
    """
    status = WAITING.get(actor.role)
    if status is None:
        return {}
    states: dict[str, Any] = {
        "case": status,
        "exempt": ExemptionStatus[status.name],
        "defer": DeferralStatus[status.name],
    }
    if actor.role is Role.INSTITUTION:
        states["own"] = actor.institution_id
    return dict(session.execute(_COUNTS[actor.role], states).mappings().one())
