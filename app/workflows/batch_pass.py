"""批量通过 and 批量认定: routine cases, each with a step and a log entry of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.enums import N_, AssessmentStatus, OpinionPart, Role, Verdict
from app.models import Assessment
from app.operations import batch_exceptions, judgements, penalties
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
    facts = {part: OpinionInput(Verdict.PASS) for part in OpinionPart}
    step = _Step(_STEP[actor.role], SAID, facts, batch_exceptions.reasons)
    return _carry(session, wanted, step, actor=actor, at=at)


def verdict_exceptions(case: Assessment, *, actor: Actor) -> list[LazyString]:
    """List why a result cannot be decided in a batch: everything but a plain 合格."""
    if case.status is not AssessmentStatus.AWAITING_VERDICT:
        return [_l("当前状态为“%(status)s”，不在待认定之列", status=case.status.label)]
    found = []
    if case.physician_id == actor.physician_id:
        found.append(_l("不能审核本人的报名信息"))
    if any(paper.is_held for paper in case.papers):
        found.append(_l("有答卷被标记疑似"))
    judged = judgements.judge(case)
    if judged.result is None:
        found.append(_l("有科目尚无结果"))
    if judged.result is Verdict.FAIL:
        parts = "、".join(dict.fromkeys(str(one.part.value) for one in judged.failing))
        found.append(_l("按现有事实为不合格（%(parts)s），须逐件认定", parts=parts))
    if judged.result is Verdict.PASS and penalties.in_cycle(case.physician, case.cycle):
        found.append(_l("考核周期内有行政处罚"))
    return found


def conclude_routine(
    session: Session, wanted: Mapping[int, int], *, actor: Actor, at: datetime
) -> BulkOutcome:
    """Decide 合格 on the cases that are still as they were seen; the rest as in :func:`pass_routine`."""
    step = _Step("conclude", N_("批量认定"), None, verdict_exceptions)
    return _carry(session, wanted, step, actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class _Step:
    action: str
    comment: str
    facts: Any
    exceptions: Callable[..., Sequence[Any]]


def _carry(
    session: Session, wanted: Mapping[int, int], step: _Step, *, actor: Actor, at: datetime
) -> BulkOutcome:
    outcome = BulkOutcome()
    for case_id in sorted(wanted):
        case = session.get(Assessment, case_id, with_for_update=True, populate_existing=True)
        if case is None:
            continue  # of somebody else: it does not exist
        found = step.exceptions(case, actor=actor)
        if case.version != wanted[case_id] or found:
            outcome.refused[case_id] = found[0] if found else _CHANGED
            continue
        _take(session, case_id, step, outcome, actor=actor, at=at)
    return outcome


def _take(
    session: Session,
    case_id: int,
    step: _Step,
    outcome: BulkOutcome,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    how: dict[str, Any] = {"actor": actor, "at": at, "comment": step.comment, "facts": step.facts}
    try:
        with session.begin_nested():
            ASSESSMENT.fire(session, case_id, step.action, **how)
    except (StepRefused, NoSuchStep) as refusal:
        outcome.refused[case_id] = getattr(refusal, "reason", _CHANGED)
    else:
        outcome.done.append(case_id)
