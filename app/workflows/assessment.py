"""考核: the main axis of a case, from 待填报信息 to 考核完成 (domain 3.2, T3 to T29, T38)."""

from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus as S
from app.enums import CycleStatus, OpinionPart, Role, ScheduleWindow, Verdict
from app.models import Assessment
from app.operations import opinions, registrations
from app.queries import cycles
from app.workflows.engine import Step, Text, Transition, Workflow


def _registration_is_open(step: Step) -> Text | None:
    cycle = step.subject.cycle
    if cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    returned = step.subject.status in (S.INSTITUTION_REJECTED, S.AGENCY_REJECTED)
    kind = ScheduleWindow.REVIEW if returned else ScheduleWindow.REGISTRATION
    if not cycles.is_open(cycle, kind, today=step.today):
        return _l("不在%(window)s内，不能提交。请联系本机构或隶属卫生行政部门。", window=kind.label)
    return None


def _may_submit(step: Step) -> Text | None:
    closed = _registration_is_open(step)
    if closed is not None:
        return closed
    return registrations.objection(step.session, step.subject)


def _may_review(step: Step) -> Text | None:
    cycle = step.subject.cycle
    if cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    if not cycles.is_open(cycle, ScheduleWindow.REVIEW, today=step.today):
        return _l("不在报名信息审核时间内，不能审核。请联系隶属卫生行政部门。")
    if step.actor.physician_id == step.subject.physician_id:
        return _l("不能审核本人的报名信息，请由其他人员审核。")
    return None


def _opinion_missing(step: Step) -> Text | None:
    given = {row.part for row in step.subject.opinions if row.role is step.actor.role}
    for part in OpinionPart:
        if part not in given:
            return _l("请对“%(part)s”给出合格或不合格的意见；不合格时须填写理由。", part=part.label)
    return None


def _record_opinions(step: Step) -> None:
    if step.facts is not None:
        opinions.record(step.session, step.subject, step.facts, actor=step.actor, at=step.at)


def _any_failed(step: Step) -> bool:
    return any(row.verdict is Verdict.FAIL for row in step.subject.opinions)


def _needs_paper(step: Step) -> bool:
    case = step.subject
    return bool(cycles.rules(case.cycle).papers(case.procedure))


def _note_opinions(step: Step) -> str | None:
    return opinions.summary(step.subject, role=step.actor.role) or None


def _submitted(step: Step) -> None:
    step.subject.submitted_at = step.at
    step.subject.returned_reason = None
    registrations.freeze(step.session, step.subject)


def _returned_to_physician(step: Step) -> None:
    step.subject.returned_reason = step.comment
    opinions.clear(step.session, step.subject, roles=frozenset({Role.INSTITUTION, Role.AGENCY}))


def _taken_back(step: Step) -> None:
    _returned_to_physician(step)
    step.subject.submitted_at = None
    step.subject.procedure = None


def _returned_to_institution(step: Step) -> None:
    step.subject.returned_reason = step.comment
    opinions.clear(step.session, step.subject, roles=frozenset({Role.AGENCY}))


def _passed_on(step: Step) -> None:
    step.subject.returned_reason = None


def _failed(step: Step) -> None:
    step.subject.result = Verdict.FAIL


def _passed(step: Step) -> None:
    step.subject.result = Verdict.PASS


_PHYSICIAN = frozenset({Role.PHYSICIAN})
_HOSPITAL = frozenset({Role.INSTITUTION})
_AGENCY = frozenset({Role.AGENCY})
_AUTHORITY = frozenset({Role.AUTHORITY})
_CLOCK = frozenset({Role.SYSTEM})
_SUBMITTED = frozenset(
    {
        S.AWAITING_INSTITUTION,
        S.INSTITUTION_REJECTED,
        S.AWAITING_AGENCY,
        S.AGENCY_REJECTED,
        S.AWAITING_EXAM,
    }
)

ASSESSMENT = Workflow(
    name="assessment",
    label=_l("考核状态"),
    model=Assessment,
    initial=S.AWAITING_FORM,
    finals=frozenset({S.COMPLETED}),
    participation_of=lambda subject: subject.participation_id,
    is_announced=True,
    transitions=(
        Transition(  # T5
            name="submit",
            label=_l("提交"),
            sources=registrations.WITH_PHYSICIAN,
            target=S.AWAITING_INSTITUTION,
            roles=_PHYSICIAN,
            guard=_may_submit,
            effect=_submitted,
            tone="primary",
        ),
        Transition(  # T8 and T9: a 不合格 opinion goes to recheck as well
            name="institution_submit",
            label=_l("提交"),
            sources=frozenset({S.AWAITING_INSTITUTION}),
            target=S.AWAITING_AGENCY,
            roles=_HOSPITAL,
            record=_record_opinions,
            gate=_may_review,
            guard=_opinion_missing,
            effect=_passed_on,
            note=_note_opinions,
            tone="primary",
        ),
        Transition(  # T7
            name="institution_reject",
            label=_l("驳回"),
            sources=frozenset({S.AWAITING_INSTITUTION}),
            target=S.INSTITUTION_REJECTED,
            roles=_HOSPITAL,
            guard=_may_review,
            effect=_returned_to_physician,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # T12
            name="agency_pass",
            action="agency_pass",
            label=_l("通过"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.AWAITING_EXAM,
            roles=_AGENCY,
            record=_record_opinions,
            when=lambda step: not _any_failed(step) and _needs_paper(step),
            gate=_may_review,
            guard=_opinion_missing,
            effect=_passed_on,
            note=_note_opinions,
            tone="primary",
        ),
        Transition(  # T13: the procedure asks for no paper
            name="agency_pass_without_paper",
            action="agency_pass",
            label=_l("通过"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.AWAITING_VERDICT,
            roles=_AGENCY,
            record=_record_opinions,
            when=lambda step: not _any_failed(step) and not _needs_paper(step),
            gate=_may_review,
            guard=_opinion_missing,
            effect=_passed_on,
            note=_note_opinions,
            tone="primary",
        ),
        Transition(  # T11, art. 22: one part failed is the whole failed, without an exam
            name="agency_confirm_fail",
            action="agency_pass",
            label=_l("通过"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.COMPLETED,
            roles=_AGENCY,
            record=_record_opinions,
            when=_any_failed,
            gate=_may_review,
            guard=_opinion_missing,
            effect=_failed,
            note=_note_opinions,
            tone="primary",
        ),
        Transition(  # T10, to the physician
            name="agency_reject",
            label=_l("驳回"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.AGENCY_REJECTED,
            roles=_AGENCY,
            guard=_may_review,
            effect=_returned_to_physician,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # T10, to the institution
            name="agency_return",
            label=_l("退回医疗卫生机构"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.AWAITING_INSTITUTION,
            roles=_AGENCY,
            guard=_may_review,
            effect=_returned_to_institution,
            needs_comment=True,
        ),
        Transition(  # T3: after 提交 only the authority can (manual 1.5)
            name="authority_return",
            label=_l("驳回"),
            sources=_SUBMITTED,
            target=S.AWAITING_FORM,
            roles=_AUTHORITY,
            effect=_taken_back,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # T17
            name="defer",
            label=_l("批准延考"),
            sources=frozenset({S.AWAITING_EXAM}),
            target=S.DEFERRED,
            roles=_CLOCK,
        ),
        Transition(  # T17, the deferred session begins
            name="resume",
            label=_l("延考场次开始"),
            sources=frozenset({S.DEFERRED}),
            target=S.AWAITING_EXAM,
            roles=_CLOCK,
        ),
        Transition(  # T25
            name="papers_failed",
            label=_l("试卷未通过"),
            sources=frozenset({S.AWAITING_EXAM}),
            target=S.AWAITING_MAKEUP,
            roles=_CLOCK,
        ),
        Transition(  # T26, T28
            name="papers_ended",
            label=_l("试卷全部结束"),
            sources=frozenset({S.AWAITING_EXAM, S.AWAITING_MAKEUP}),
            target=S.AWAITING_VERDICT,
            roles=_CLOCK,
        ),
        Transition(  # T29
            name="conclude_pass",
            label=_l("认定合格"),
            sources=frozenset({S.AWAITING_VERDICT}),
            target=S.COMPLETED,
            roles=_CLOCK,
            effect=_passed,
        ),
        Transition(  # T29
            name="conclude_fail",
            label=_l("认定不合格"),
            sources=frozenset({S.AWAITING_VERDICT}),
            target=S.COMPLETED,
            roles=_CLOCK,
            effect=_failed,
        ),
        Transition(  # T38: the cycle closes and nothing was handed in
            name="lapse",
            label=_l("周期结束未参加"),
            sources=registrations.WITH_PHYSICIAN,
            target=S.COMPLETED,
            roles=_CLOCK,
            effect=_failed,
        ),
    ),
)
