"""后续处置: 暂停执业, 培训/跟班带教, 再次考核 and its two ends (T32 to T34; art. 26)."""

from flask_babel import lazy_gettext as _l

from app.enums import RemedyStatus as R
from app.enums import Role, Verdict
from app.models import Remedy
from app.operations import remedies
from app.operations.remedies import Suspension
from app.queries import cycles
from app.rules import CycleRules
from app.workflows.engine import Step, Text, Transition, Workflow


def _rules(step: Step) -> CycleRules:
    case = step.subject.conclusion.assessment
    return cycles.rules(case.cycle) if case is not None else CycleRules()


def _may_suspend(step: Step) -> Text | None:
    if isinstance(step.facts, Suspension):
        return remedies.suspension_objection(step.facts, _rules(step))
    return None if step.subject.suspended_from else _l("请填写暂停执业的起始日期和月数。")


def _record_order(step: Step) -> None:
    said, row = step.facts, step.subject
    if not isinstance(said, Suspension) or remedies.suspension_objection(said, _rules(step)):
        return
    row.months, row.document = said.months, said.document.strip()
    row.suspended_from, row.suspended_until = said.starts_on, said.last_day


def _note_order(step: Step) -> str:
    row = step.subject
    return f"{row.suspended_from}—{row.suspended_until}，{row.document}"


def _may_train(step: Step) -> Text | None:
    if remedies.trainings(step.session, step.subject):
        return None
    return _l("请先在“跟班带教”中新增暂停执业期间的培训记录。")


def _may_end_training(step: Step) -> Text | None:
    done = [
        row
        for row in remedies.trainings(step.session, step.subject)
        if row.ended_on is not None and row.log and row.evaluation is Verdict.PASS
    ]
    if done:
        return None
    return _l("跟班带教须有带教记录、结束日期，且评价为合格，才能进入再次考核。")


def _may_assess(step: Step) -> Text | None:
    last = step.subject.suspended_until
    if last is None or step.today > last:
        return None
    return _l("暂停执业期满（%(day)s）后才能再次考核。", day=last)


def _assessed(step: Step) -> None:
    step.subject.reassessed_on, step.subject.remark = step.today, step.comment


def _said(step: Step) -> None:
    step.subject.remark = step.comment


_AUTHORITY = frozenset({Role.AUTHORITY})
_HOSPITAL = frozenset({Role.INSTITUTION})
_AGENCY = frozenset({Role.AGENCY})
_CLOCK = frozenset({Role.SYSTEM})

REMEDY = Workflow(
    name="remedy",
    label=_l("后续处置"),
    model=Remedy,
    initial=R.PENDING,
    finals=frozenset({R.PASSED, R.DEREGISTERED}),
    participation_of=lambda subject: subject.participation_id,
    transitions=(
        Transition(  # T32
            name="suspend",
            label=_l("责令暂停执业"),
            sources=frozenset({R.PENDING}),
            target=R.SUSPENDED,
            roles=_AUTHORITY,
            record=_record_order,
            guard=_may_suspend,
            note=_note_order,
            tone="danger",
        ),
        Transition(
            name="train",
            label=_l("开始培训"),
            sources=frozenset({R.SUSPENDED}),
            target=R.TRAINING,
            roles=_HOSPITAL,
            guard=_may_train,
            tone="primary",
        ),
        Transition(
            name="end_training",
            label=_l("培训结束"),
            sources=frozenset({R.TRAINING}),
            target=R.AWAITING,
            roles=_HOSPITAL,
            guard=_may_end_training,
            tone="primary",
        ),
        Transition(  # T33
            name="pass_again",
            label=_l("再次考核合格"),
            sources=frozenset({R.AWAITING}),
            target=R.PASSED,
            roles=_AGENCY,
            guard=_may_assess,
            effect=_assessed,
            needs_comment=True,
            tone="primary",
        ),
        Transition(  # T34
            name="fail_again",
            label=_l("再次考核不合格"),
            sources=frozenset({R.AWAITING}),
            target=R.REPORTED,
            roles=_AGENCY,
            guard=_may_assess,
            effect=_assessed,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # 医师法 art. 17
            name="deregister",
            label=_l("登记注销注册"),
            sources=frozenset({R.REPORTED}),
            target=R.DEREGISTERED,
            roles=_AUTHORITY,
            effect=_said,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # the result no longer stands
            name="cancel",
            label=_l("解除处置"),
            sources=frozenset(R) - {R.PASSED, R.DEREGISTERED, R.CANCELLED},
            target=R.CANCELLED,
            roles=_CLOCK,
        ),
        Transition(  # and stands again
            name="renew",
            label=_l("重新处置"),
            sources=frozenset({R.CANCELLED}),
            target=R.PENDING,
            roles=_CLOCK,
        ),
    ),
)
