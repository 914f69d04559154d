"""免考: asked by the physician, passed by the institution, then by the agency (T14 to T16)."""

from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus, Role
from app.enums import ExemptionStatus as E
from app.models import Exemption
from app.operations import exemptions, papers
from app.security.actor import SYSTEM
from app.workflows.engine import Step, Text, Transition, Workflow
from app.workflows.paper import PAPER
from app.workflows.paper_results import settle
from app.workflows.review_gates import not_oneself


def _may_ask(step: Step) -> Text | None:
    request = step.subject
    case = request.assessment
    closed = exemptions.objection(case, today=step.today)
    if closed is not None:
        return closed
    evidence = len(request.attachments)
    missing = exemptions.gaps(case, request, evidence=evidence, today=step.today)
    return missing[0].message if missing else None


def _may_pass(step: Step) -> Text | None:
    case = step.subject.assessment
    if case.status is not AssessmentStatus.AWAITING_EXAM:
        return _l("该医师当前考核状态为“%(status)s”，不能通过免考。", status=case.status.label)
    if not exemptions.papers(case):
        return _l("该医师的考核程序没有可以免考的科目，不能通过免考。")
    return not_oneself(step)


def _asked(step: Step) -> None:
    step.subject.returned_reason = None


def _refused(step: Step) -> None:
    step.subject.returned_reason = step.comment


def _exempted(step: Step) -> None:
    request = step.subject
    case = request.assessment
    request.papers = list(exemptions.papers(case))
    step.session.flush()  # papers and case move after the request, in the fixed order of locks
    for paper in papers.of_case(step.session, case):
        if paper.name in request.papers and paper.status not in papers.ENDED:
            PAPER.fire(step.session, paper.id, "exempt", actor=SYSTEM, at=step.at)
    settle(step.session, [case.id], at=step.at)  # T16, T28


def _note_papers(step: Step) -> str | None:
    return "、".join(exemptions.papers(step.subject.assessment)) or None


EXEMPTION = Workflow(
    name="exemption",
    label=_l("免考状态"),
    model=Exemption,
    initial=E.NONE,
    finals=frozenset({E.PASSED}),
    participation_of=lambda subject: subject.participation_id,
    transitions=(
        Transition(  # T14
            name="submit",
            label=_l("提交申请"),
            sources=frozenset({E.NONE, E.REJECTED}),
            target=E.AWAITING_INSTITUTION,
            roles=frozenset({Role.PHYSICIAN}),
            guard=_may_ask,
            effect=_asked,
            tone="primary",
        ),
        Transition(
            name="withdraw",
            label=_l("撤回申请"),
            sources=frozenset({E.AWAITING_INSTITUTION}),
            target=E.NONE,
            roles=frozenset({Role.PHYSICIAN}),
        ),
        Transition(  # T15
            name="institution_pass",
            label=_l("通过"),
            sources=frozenset({E.AWAITING_INSTITUTION}),
            target=E.AWAITING_AGENCY,
            roles=frozenset({Role.INSTITUTION}),
            guard=_may_pass,
            tone="primary",
        ),
        Transition(  # T15
            name="institution_reject",
            label=_l("驳回"),
            sources=frozenset({E.AWAITING_INSTITUTION}),
            target=E.REJECTED,
            roles=frozenset({Role.INSTITUTION}),
            guard=not_oneself,
            effect=_refused,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # T16
            name="agency_pass",
            label=_l("通过"),
            sources=frozenset({E.AWAITING_AGENCY}),
            target=E.PASSED,
            roles=frozenset({Role.AGENCY}),
            guard=_may_pass,
            effect=_exempted,
            note=_note_papers,
            tone="primary",
        ),
        Transition(  # T16
            name="agency_reject",
            label=_l("驳回"),
            sources=frozenset({E.AWAITING_AGENCY}),
            target=E.REJECTED,
            roles=frozenset({Role.AGENCY}),
            guard=not_oneself,
            effect=_refused,
            needs_comment=True,
            tone="danger",
        ),
    ),
)
