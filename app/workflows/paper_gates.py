"""When a paper may be begun, scored, confirmed or ended: guards that give the reason."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.enums import (
    AssessmentStatus,
    CycleStatus,
    ExemptionStatus,
    Incident,
    PaperStatus,
    Verdict,
)
from app.exams import timing
from app.models import Assessment, Exemption, Paper
from app.operations import exemptions, papers, recusals
from app.queries import cycles, exam_sessions
from app.rules import IN_ORDER
from app.workflows.engine import Step, Text

SITTING = frozenset({AssessmentStatus.AWAITING_EXAM, AssessmentStatus.AWAITING_MAKEUP})


def case_is_sitting(step: Step) -> Text | None:
    """Say why no paper of the case can be sat now, or None."""
    case = step.subject.assessment
    if case.cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    if case.status not in SITTING:
        return _l(
            "该医师当前考核状态为“%(status)s”，不能参加测评或登记成绩。", status=case.status.label
        )
    return None


def may_record(step: Step) -> Text | None:
    """Say why the actor records no score of this case now, or None."""
    closed = case_is_sitting(step)
    return closed or recusals.bar(step.session, step.subject.assessment, actor=step.actor)


def has_score(step: Step) -> Text | None:
    """Say what is wrong with a score."""
    if isinstance(step.facts, int) and 0 <= step.facts <= papers.FULL:
        return None
    return _l("成绩应为0至100，最多一位小数。")


def entered_by_another(step: Step) -> Text | None:
    """Say why the actor does not confirm a score."""
    closed = may_record(step)
    if closed is not None:
        return closed
    if step.subject.entered_by_id != step.actor.account_id:
        return None
    return _l("成绩不能由录入人本人复核，请由另一人复核。")


def has_incident(step: Step) -> Text | None:
    """Say that the kind of incident is missing."""
    return None if isinstance(step.facts, Incident) else _l("请选择情况类别。")


def may_begin(step: Step) -> Text | None:
    """Say why a paper cannot be begun now, or None (T18)."""
    closed = case_is_sitting(step)
    if closed is not None:
        return closed
    paper: Paper = step.subject
    case: Assessment = paper.assessment
    others = papers.latest(papers.of_case(step.session, case))
    if any(one.status is PaperStatus.SITTING for one in others):
        return _l("您有一份试卷正在作答，请先完成并交卷。")
    return (
        _exemption_asked(step, case) or _out_of_order(paper.name, case, others) or _no_session(step)
    )


def _exemption_asked(step: Step, case: Assessment) -> Text | None:
    if step.subject.name not in exemptions.papers(case):
        return None
    waiting = (ExemptionStatus.AWAITING_INSTITUTION, ExemptionStatus.AWAITING_AGENCY)
    asked = select(Exemption.id).where(
        Exemption.assessment_id == case.id, Exemption.status.in_(waiting)
    )
    if step.session.scalar(asked.limit(1)) is None:
        return None
    return _l("该科目的免考申请正在审核，审核结束前不能参加测评。如需参加测评，请先撤回免考申请。")


def _out_of_order(asked: str, case: Assessment, others: list[Paper]) -> Text | None:
    rules = cycles.rules(case.cycle)
    if IN_ORDER not in rules.exam_rules or case.procedure is None:
        return None
    results = {one.name: one.result for one in others}
    for name in rules.papers(case.procedure):
        if name == asked:
            return None
        if results.get(name) is not Verdict.PASS:
            return _l("请先参加“%(paper)s”，合格后才能参加本科目。", paper=name)
    return None


def _no_session(step: Step) -> Text | None:
    found = exam_sessions.fitting(
        exam_sessions.of_cycle(step.session, step.subject.cycle_id), step.subject
    )
    if exam_sessions.open_now(found, at=step.at) is not None:
        return None
    coming = [one for one in found if one.last_day >= step.today]
    if not coming:
        return _l("尚未安排该科目的测评场次，请等待通知。")
    one = coming[0]
    return _l(
        "现在不在测评时间内：%(first)s至%(last)s，每日%(opens)s至%(closes)s。",
        first=one.starts_on, last=one.last_day, opens=timing.clock(one.opens),
        closes=timing.clock(one.closes),
    )  # fmt: skip
