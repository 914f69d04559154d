"""申请考核机构: asked by the institution, decided by its authority (art. 7; manual 1.4)."""

from flask_babel import lazy_gettext as _l

from app.enums import AgencyApplicationStatus as A
from app.enums import Role
from app.models import AgencyApplication
from app.operations import agency_applications, agency_standing
from app.operations.agency_standing import Qualification
from app.queries import cycles
from app.workflows.engine import Step, Text, Transition, Workflow


def _may_apply(step: Step) -> Text | None:
    application = step.subject
    closed = agency_applications.objection(
        application.institution, application.cycle, today=step.today
    )
    if closed is not None:
        return closed
    return None if application.files else _l("请先上传申请考核机构的附件表格。")


def _qualification(step: Step) -> Qualification:
    rules = cycles.rules(step.subject.cycle)
    return agency_standing.qualification(step.session, step.subject.institution, rules)


def _may_grant(step: Step) -> Text | None:
    taken = agency_applications.grant_objection(step.session, step.subject.institution)
    return taken or _qualification(step).objection


def _applied(step: Step) -> None:
    step.subject.applied_at = step.at
    step.subject.decided_at = None
    step.subject.returned_reason = None


def _granted(step: Step) -> None:
    step.subject.decided_at = step.at
    agency_applications.grant(
        step.session,
        step.subject.institution,
        kind=_qualification(step).kind,
        actor=step.actor,
        at=step.at,
    )


def _refused(step: Step) -> None:
    step.subject.decided_at = step.at
    step.subject.returned_reason = step.comment


AGENCY_APPLICATION = Workflow(
    name="agency_application",
    label=_l("审核状态"),
    model=AgencyApplication,
    initial=A.DRAFT,
    finals=frozenset({A.PASSED}),
    participation_of=lambda _subject: None,
    transitions=(
        Transition(
            name="submit",
            label=_l("提交申请"),
            sources=frozenset({A.DRAFT, A.REJECTED}),
            target=A.AWAITING,
            roles=frozenset({Role.INSTITUTION}),
            guard=_may_apply,
            effect=_applied,
            tone="primary",
        ),
        Transition(
            name="withdraw",
            label=_l("撤回申请"),
            sources=frozenset({A.AWAITING}),
            target=A.DRAFT,
            roles=frozenset({Role.INSTITUTION}),
        ),
        Transition(
            name="grant",
            label=_l("通过"),
            sources=frozenset({A.AWAITING}),
            target=A.PASSED,
            roles=frozenset({Role.AUTHORITY}),
            guard=_may_grant,
            effect=_granted,
            tone="primary",
        ),
        Transition(
            name="reject",
            label=_l("驳回"),
            sources=frozenset({A.AWAITING}),
            target=A.REJECTED,
            roles=frozenset({Role.AUTHORITY}),
            effect=_refused,
            needs_comment=True,
            tone="danger",
        ),
    ),
)
