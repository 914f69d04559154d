"""延考: asked by the physician, passed by the institution, approved by the agency (T17)."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import DeferralStatus as D
from app.enums import Role
from app.models import Deferral
from app.operations import deferrals
from app.periods import local_day
from app.security.actor import SYSTEM
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import Step, Text, Transition, Workflow
from app.workflows.review_gates import not_oneself


def _may_ask(step: Step) -> Text | None:
    request = step.subject
    case = request.assessment
    closed = deferrals.objection(case, today=step.today)
    if closed is not None:
        return closed
    missing = deferrals.gaps(case, request, evidence=len(request.attachments))
    return missing[0].message if missing else None


def _may_pass(step: Step) -> Text | None:
    case = step.subject.assessment
    if case.status not in deferrals.DEFERRABLE:
        return _l("该医师当前考核状态为“%(status)s”，不能批准延考。", status=case.status.label)
    return not_oneself(step)


def _session_missing(step: Step) -> Text | None:
    request = step.subject
    return deferrals.session_objection(request.assessment, request.session_on, today=step.today)


def _set_session(step: Step) -> None:
    step.subject.session_on = step.facts


def _note_session(step: Step) -> str | None:
    day = step.subject.session_on
    return day.isoformat() if day is not None else None


def _asked(step: Step) -> None:
    step.subject.returned_reason = None


def _refused(step: Step) -> None:
    step.subject.returned_reason = step.comment
    step.subject.session_on = None


def _deferred(step: Step) -> None:
    step.session.flush()  # the case moves after the request, in the fixed order of locks
    ASSESSMENT.fire(step.session, step.subject.assessment_id, "defer", actor=SYSTEM, at=step.at)


def begin_sessions(session: Session, *, at: datetime) -> int:
    """Bring back to 待参加测评, or 待参加补考, every case whose deferred session has begun; for a periodic task."""
    cases = deferrals.begun(session, today=local_day(at))
    for case_id in cases:
        ASSESSMENT.fire(session, case_id, "resume", actor=SYSTEM, at=at)
    return len(cases)


DEFERRAL = Workflow(
    name="deferral",
    label=_l("延考状态"),
    model=Deferral,
    initial=D.NONE,
    finals=frozenset({D.APPROVED}),
    participation_of=lambda subject: subject.participation_id,
    transitions=(
        Transition(
            name="submit",
            label=_l("提交申请"),
            sources=frozenset({D.NONE, D.REJECTED}),
            target=D.AWAITING_INSTITUTION,
            roles=frozenset({Role.PHYSICIAN}),
            guard=_may_ask,
            effect=_asked,
            tone="primary",
        ),
        Transition(
            name="withdraw",
            label=_l("撤回申请"),
            sources=frozenset({D.AWAITING_INSTITUTION}),
            target=D.NONE,
            roles=frozenset({Role.PHYSICIAN}),
        ),
        Transition(
            name="institution_pass",
            label=_l("通过"),
            sources=frozenset({D.AWAITING_INSTITUTION}),
            target=D.AWAITING_AGENCY,
            roles=frozenset({Role.INSTITUTION}),
            guard=_may_pass,
            tone="primary",
        ),
        Transition(
            name="institution_reject",
            label=_l("驳回"),
            sources=frozenset({D.AWAITING_INSTITUTION}),
            target=D.REJECTED,
            roles=frozenset({Role.INSTITUTION}),
            guard=not_oneself,
            effect=_refused,
            needs_comment=True,
            tone="danger",
        ),
        Transition(
            name="agency_approve",
            label=_l("批准"),
            sources=frozenset({D.AWAITING_AGENCY}),
            target=D.APPROVED,
            roles=frozenset({Role.AGENCY}),
            gate=_may_pass,
            record=_set_session,
            guard=_session_missing,
            effect=_deferred,
            note=_note_session,
            tone="primary",
        ),
        Transition(
            name="agency_reject",
            label=_l("驳回"),
            sources=frozenset({D.AWAITING_AGENCY}),
            target=D.REJECTED,
            roles=frozenset({Role.AGENCY}),
            guard=not_oneself,
            effect=_refused,
            needs_comment=True,
            tone="danger",
        ),
    ),
)
