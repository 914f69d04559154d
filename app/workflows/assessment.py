"""考核: the main axis of a case, from 待填报信息 to 考核完成 (domain 3.2, T3 to T29, T38)."""

from functools import partial

from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus as S
from app.enums import Role
from app.models import Assessment
from app.operations import registrations
from app.workflows import assessment_rules as rules
from app.workflows.engine import Transition, Workflow

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
    bulk_effects=dict.fromkeys(
        ("papers_failed", "papers_ended", "papers_reopened", "papers_resumed"), rules.nothing_more
    ),
    transitions=(
        Transition(  # T5
            name="submit",
            label=_l("提交"),
            sources=registrations.WITH_PHYSICIAN,
            target=S.AWAITING_INSTITUTION,
            roles=_PHYSICIAN,
            guard=rules.may_submit,
            effect=rules.submitted,
            tone="primary",
        ),
        Transition(  # T6
            name="take_back",
            label=_l("撤回"),
            sources=frozenset({S.AWAITING_INSTITUTION}),
            target=S.AWAITING_FORM,
            roles=_PHYSICIAN,
            guard=rules.not_opened,
            effect=rules.withdrawn,
        ),
        Transition(  # T8 and T9: a 不合格 opinion goes to recheck as well
            name="institution_submit",
            label=_l("提交"),
            sources=frozenset({S.AWAITING_INSTITUTION}),
            target=S.AWAITING_AGENCY,
            roles=_HOSPITAL,
            record=rules.record_opinions,
            gate=rules.may_review,
            guard=rules.opinion_missing,
            effect=rules.passed_on,
            note=rules.note_opinions,
            tone="primary",
        ),
        Transition(  # T7
            name="institution_reject",
            label=_l("驳回"),
            sources=frozenset({S.AWAITING_INSTITUTION}),
            target=S.INSTITUTION_REJECTED,
            roles=_HOSPITAL,
            record=rules.record_remarks,
            gate=rules.may_review,
            effect=rules.returned_to_physician,
            note=rules.note_remarks,
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
            record=rules.record_opinions,
            when=lambda step: not rules.any_failed(step) and rules.needs_paper(step),
            gate=rules.may_review,
            guard=rules.opinion_missing,
            effect=rules.to_examination,
            note=rules.note_opinions,
            tone="primary",
        ),
        Transition(  # T13: the procedure asks for no paper
            name="agency_pass_without_paper",
            action="agency_pass",
            label=_l("通过"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.AWAITING_VERDICT,
            roles=_AGENCY,
            record=rules.record_opinions,
            when=lambda step: not rules.any_failed(step) and not rules.needs_paper(step),
            gate=rules.may_review,
            guard=rules.opinion_missing,
            effect=rules.passed_on,
            note=rules.note_opinions,
            tone="primary",
        ),
        Transition(  # T11, art. 22: one part failed is the whole failed, without an exam
            name="agency_confirm_fail",
            action="agency_pass",
            label=_l("通过"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.COMPLETED,
            roles=_AGENCY,
            record=rules.record_opinions,
            when=rules.any_failed,
            gate=rules.may_review,
            guard=rules.opinion_missing,
            effect=rules.failed,
            note=rules.note_opinions,
            tone="primary",
        ),
        Transition(  # T10, to the physician
            name="agency_reject",
            label=_l("驳回"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.AGENCY_REJECTED,
            roles=_AGENCY,
            record=rules.record_remarks,
            gate=rules.may_review,
            effect=rules.returned_to_physician,
            note=rules.note_remarks,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # T10, art. 21: the physician may go on by 一般程序 only
            name="agency_not_simplified",
            label=_l("不符合简易程序"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.AGENCY_REJECTED,
            roles=_AGENCY,
            gate=rules.may_review,
            guard=rules.is_simplified,
            effect=rules.simplified_refused,
            needs_comment=True,
        ),
        Transition(  # T10, to the institution
            name="agency_return",
            label=_l("退回医疗卫生机构"),
            sources=frozenset({S.AWAITING_AGENCY}),
            target=S.AWAITING_INSTITUTION,
            roles=_AGENCY,
            guard=rules.may_review,
            effect=rules.returned_to_institution,
            needs_comment=True,
        ),
        Transition(  # T3: after 提交 only the authority can (manual 1.5)
            name="authority_return",
            label=_l("驳回"),
            sources=_SUBMITTED,
            target=S.AWAITING_FORM,
            roles=_AUTHORITY,
            guard=rules.nothing_sat,
            effect=rules.taken_back,
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
            judges=(),
        ),
        Transition(  # T26, T28
            name="papers_ended",
            label=_l("试卷全部结束"),
            sources=frozenset({S.AWAITING_EXAM, S.AWAITING_MAKEUP}),
            target=S.AWAITING_VERDICT,
            roles=_CLOCK,
            judges=(),
        ),
        Transition(  # T23, T24: a mark or its withdrawal leaves something to be sat again
            name="papers_reopened",
            label=_l("须参加补考"),
            sources=frozenset({S.AWAITING_VERDICT}),
            target=S.AWAITING_MAKEUP,
            roles=_CLOCK,
            judges=(),
        ),
        Transition(  # T24: a restored paper may be sat again in its round
            name="papers_resumed",
            label=_l("须继续测评"),
            sources=frozenset({S.AWAITING_VERDICT}),
            target=S.AWAITING_EXAM,
            roles=_CLOCK,
            judges=(),
        ),
        Transition(  # T29
            name="conclude_pass",
            label=_l("认定合格"),
            sources=frozenset({S.AWAITING_VERDICT}),
            target=S.COMPLETED,
            roles=_CLOCK,
            guard=rules.nothing_held,
            effect=rules.passed,
        ),
        Transition(  # T29
            name="conclude_fail",
            label=_l("认定不合格"),
            sources=frozenset({S.AWAITING_VERDICT}),
            target=S.COMPLETED,
            roles=_CLOCK,
            guard=rules.nothing_held,
            effect=rules.failed,
        ),
        Transition(  # T38: the cycle closes and nothing was handed in
            name="lapse",
            label=_l("周期结束未参加"),
            sources=registrations.WITH_PHYSICIAN,
            target=S.COMPLETED,
            roles=_CLOCK,
            effect=rules.failed,
        ),
        Transition(  # the authority stops the participation: 离世, 注销注册
            name="halt",
            label=_l("停止考核"),
            sources=frozenset(S) - {S.COMPLETED, S.HALTED},
            target=S.HALTED,
            roles=_CLOCK,
            record=rules.remember_where,
        ),
        *(
            Transition(  # the authority takes that back: the case goes on where it stood
                name=f"go_on_{where.name.lower()}",
                action="go_on",
                label=_l("恢复考核"),
                sources=frozenset({S.HALTED}),
                target=where,
                roles=_CLOCK,
                when=partial(rules.stood, where),
                effect=rules.forget_where,
            )
            for where in S
            if where not in (S.COMPLETED, S.HALTED)
        ),
    ),
)
