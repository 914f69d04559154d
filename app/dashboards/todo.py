"""待处理任务: how much waits for the acting person, in one statement."""

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.enums import (
    AssessmentStatus,
    CycleStatus,
    DeferralStatus,
    ExemptionStatus,
    MentorshipChangeStatus,
    Procedure,
    Role,
)
from app.models import (
    Assessment,
    Cycle,
    Deferral,
    Exemption,
    Institution,
    MentorshipChange,
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


_COUNTS = select(
    _cases(Procedure.GENERAL).label("general"),
    _cases(Procedure.SIMPLIFIED).label("simplified"),
    _number(Exemption, Exemption.status == bindparam("exempt"), via=Exemption.assessment_id).label(
        "exemption"
    ),
    _number(Deferral, Deferral.status == bindparam("defer"), via=Deferral.assessment_id).label(
        "deferral"
    ),
    select(func.count(MentorshipChange.id))
    .where(MentorshipChange.status == MentorshipChangeStatus.AWAITING)
    .scalar_subquery()
    .label("mentorship_change"),
    select(func.count(Institution.id))
    .where(Institution.may_apply_as_agency)
    .scalar_subquery()
    .label("may_apply"),
).execution_options(**KEPT)


def counts(session: Session, *, actor: Actor) -> dict[str, int]:
    """Count what waits in open cycles: ``general``, ``simplified``, ``exemption``, ``deferral``, ``mentorship_change``.

    ``may_apply`` is not nought where 申请考核机构 is open to the institution (manual 1.4).
    """
    status = WAITING.get(actor.role)
    if status is None:
        return {}
    states = {
        "case": status,
        "exempt": ExemptionStatus[status.name],
        "defer": DeferralStatus[status.name],
    }
    return dict(session.execute(_COUNTS, states).mappings().one())
