"""批量通过: both opinions 合格 on routine cases, each with a step and a log entry of its own."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import N_, OpinionPart, Role, Verdict
from app.models import Assessment
from app.operations import batch_exceptions
from app.operations.opinions import OpinionInput
from app.security.actor import Actor
from app.workflows.assessment import ASSESSMENT
from app.workflows.bulk import BulkOutcome
from app.workflows.engine import NoSuchStep, StepRefused

SAID = N_("批量通过")
_STEP = {Role.INSTITUTION: "institution_submit", Role.AGENCY: "agency_pass"}
_CHANGED = _l("预览后有变化，请重新核对。")


def pass_routine(
    session: Session, wanted: Mapping[int, int], *, actor: Actor, at: datetime
) -> BulkOutcome:
    """Pass the cases that are still as they were seen; ``wanted`` maps ids to versions.

    Whatever changed since, or has an exception by now, is refused with the reason and stays as it
    is. The caller commits.
    """
    outcome = BulkOutcome()
    for case_id in sorted(wanted):
        case = session.get(Assessment, case_id, with_for_update=True, populate_existing=True)
        if case is None:
            continue  # of somebody else: it does not exist
        found = batch_exceptions.reasons(case, actor=actor)
        if case.version != wanted[case_id] or found:
            outcome.refused[case_id] = found[0] if found else _CHANGED
            continue
        _pass(session, case_id, outcome, actor=actor, at=at)
    return outcome


def _pass(
    session: Session, case_id: int, outcome: BulkOutcome, *, actor: Actor, at: datetime
) -> None:
    facts = {part: OpinionInput(Verdict.PASS) for part in OpinionPart}
    try:
        with session.begin_nested():
            ASSESSMENT.fire(
                session,
                case_id,
                _STEP[actor.role],
                actor=actor,
                at=at,
                comment=SAID,
                facts=facts,
            )
    except (StepRefused, NoSuchStep) as refusal:
        outcome.refused[case_id] = getattr(refusal, "reason", _CHANGED)
    else:
        outcome.done.append(case_id)
