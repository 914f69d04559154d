"""考核: the guards, records and effects of the table in ``assessment`` (domain 3.2)."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus as S
from app.enums import CycleStatus, OpinionPart, Procedure, Role, ScheduleWindow, Verdict
from app.models import Sitting
from app.operations import (
    conclusions,
    disqualifying_acts,
    judgements,
    opinions,
    papers,
    practice_places,
    recusals,
    registrations,
    remarks,
)
from app.queries import cycles
from app.security.actor import SYSTEM
from app.workflows.engine import Step, Text


def registration_is_open(step: Step) -> Text | None:
    cycle = step.subject.cycle
    if cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    returned = step.subject.status in (S.INSTITUTION_REJECTED, S.AGENCY_REJECTED)
    kind = ScheduleWindow.REVIEW if returned else ScheduleWindow.REGISTRATION
    if not cycles.is_open(cycle, kind, today=step.today):
        return _l("不在%(window)s内，不能提交。请联系本机构或隶属卫生行政部门。", window=kind.label)
    return None


def may_submit(step: Step) -> Text | None:
    closed = registration_is_open(step)
    if closed is not None:
        return closed
    return registrations.objection(step.session, step.subject)


def may_review(step: Step) -> Text | None:
    cycle = step.subject.cycle
    if cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    if not cycles.is_open(cycle, ScheduleWindow.REVIEW, today=step.today):
        return _l("不在报名信息审核时间内，不能审核。请联系隶属卫生行政部门。")
    return _bar(step)


def _bar(step: Step) -> Text | None:
    if "bar" not in step.memo:
        step.memo["bar"] = recusals.bar(step.session, step.subject, actor=step.actor)
    found: Text | None = step.memo["bar"]
    return found


def opinion_missing(step: Step) -> Text | None:
    given = {row.part for row in step.subject.opinions if row.role is step.actor.role}
    for part in OpinionPart:
        if part not in given:
            return _l("请对“%(part)s”给出合格或不合格的意见；不合格时须填写理由。", part=part.label)
    return disqualifying_acts.objection(step.subject, role=step.actor.role)


def record_opinions(step: Step) -> None:
    if step.facts is not None:
        opinions.record(step.session, step.subject, step.facts, actor=step.actor, at=step.at)


def any_failed(step: Step) -> bool:
    return any(row.verdict is Verdict.FAIL for row in step.subject.opinions)


def needs_paper(step: Step) -> bool:
    case = step.subject
    return bool(cycles.rules(case.cycle).papers(case.procedure))


def note_opinions(step: Step) -> str | None:
    return opinions.summary(step.subject, role=step.actor.role) or None


def submitted(step: Step) -> None:
    step.subject.submitted_at = step.at
    step.subject.opened_at = None
    step.subject.returned_reason = None
    remarks.clear(step.session, step.subject)
    registrations.freeze(step.session, step.subject)
    practice_places.ask_opinions(step.session, step.subject, today=step.today, at=step.at)


def not_opened(step: Step) -> Text | None:
    if step.subject.cycle.status is not CycleStatus.OPEN:
        return _l("本周期尚未开放或已经结束。")
    if step.subject.opened_at is None:
        return None
    return _l("本机构已开始审核，不能撤回。如需修改，请联系本机构驳回。")


def record_remarks(step: Step) -> None:
    if step.facts is not None:
        remarks.record(step.session, step.subject, step.facts, actor=step.actor, at=step.at)


def note_remarks(step: Step) -> str | None:
    return remarks.summary(step.subject) or None


def returned_to_physician(step: Step) -> None:
    step.subject.returned_reason = step.comment
    step.subject.return_count += 1
    opinions.clear(step.session, step.subject, roles=frozenset({Role.INSTITUTION, Role.AGENCY}))


def is_simplified(step: Step) -> Text | None:
    if step.subject.procedure is Procedure.SIMPLIFIED:
        return None
    return _l("该医师申报的是一般程序。")


def simplified_refused(step: Step) -> None:
    returned_to_physician(step)
    step.subject.simplified_refused = True


def nothing_sat(step: Step) -> Text | None:
    """Say that papers have been sat, which nobody undoes; a case goes back before 测评 only (T3)."""
    sat = select(Sitting.id).where(Sitting.assessment_id == step.subject.id).limit(1)
    if step.session.scalar(sat) is None:
        return None
    return _l("该医师已参加测评，不能再驳回报名信息。")


def taken_back(step: Step) -> None:
    returned_to_physician(step)
    papers.drop(step.session, step.subject)
    step.subject.submitted_at = None
    step.subject.procedure = None


def withdrawn(step: Step) -> None:
    step.subject.submitted_at = None
    step.subject.procedure = None
    step.subject.returned_reason = None


def returned_to_institution(step: Step) -> None:
    step.subject.returned_reason = step.comment
    step.subject.return_count += 1
    opinions.clear(step.session, step.subject, roles=frozenset({Role.AGENCY}))


def passed_on(step: Step) -> None:
    step.subject.returned_reason = None
    if step.subject.opened_at is None:
        step.subject.opened_at = step.at  # passed in a batch: nobody opened it


def to_examination(step: Step) -> None:
    """The case goes on to the papers that its procedure asks for."""
    passed_on(step)
    case = step.subject
    names = cycles.rules(case.cycle).papers(case.procedure)
    papers.hand_out(step.session, case, names, number=1, at=step.at)


def nothing_more(_session: Session, _ids: Sequence[int], _at: datetime) -> None:
    """A case that moves with its papers changes nothing else."""


def is_makeup(step: Step) -> bool:
    """Say whether what the case has to sit is a further round."""
    return any(paper.round > 1 for paper in step.subject.papers)


def may_conclude(step: Step) -> Text | None:
    """Say why no result can be decided now (T29): a mark is open, or a part is not judged."""
    case = step.subject
    if case.cycle.status is CycleStatus.DRAFT:
        return _l("本周期尚未开放或已经结束。")
    if any(paper.is_held for paper in case.papers):
        return _l("有答卷被标记疑似，处理完毕后才能认定考核结果。")
    if judgements.judge(case).result is None:
        return _l("有科目尚无结果，不能认定考核结果。")
    return _bar(step)


def comes_to(result: Verdict, step: Step) -> bool:
    """Say whether the facts of the case come to a result."""
    return judgements.judge(step.subject).result is result


def is_decided(step: Step) -> Text | None:
    """Say that the facts come to no result yet."""
    if judgements.judge(step.subject).result is not None:
        return None
    return _l("有科目尚无结果，不能认定考核结果。")


def is_undecided(step: Step) -> Text | None:
    """Say that the facts come to a result already, so that nothing is left to be sat."""
    if judgements.judge(step.subject).result is None:
        return None
    return _l("现有事实足以认定考核结果，无需重新考核。")


def may_cancel(step: Step) -> Text | None:
    """Say why a 合格 cannot be taken away (art. 31), or None."""
    if step.subject.result is Verdict.PASS:
        return None
    return _l("考核结果不是合格，无需撤销。")


def lapsed_together(session: Session, ids: Sequence[int], at: datetime) -> None:
    conclusions.lapse(session, ids, by=SYSTEM.name, at=at)


def remember_where(step: Step) -> None:
    """Keep where a case stands that is stopped."""
    step.subject.halted_from = step.subject.status


def stood(where: S, step: Step) -> bool:
    """Say whether a stopped case stood there."""
    return step.subject.halted_from is where


def forget_where(step: Step) -> None:
    """A case that goes on was never stopped."""
    step.subject.halted_from = None
