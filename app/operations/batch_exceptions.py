"""批量通过: which cases are no routine and must be looked at one by one, as one table.

Nothing here judges a physician: a case without an exception is one in which neither the physician
nor anybody else has said anything that a reviewer would have to weigh.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.enums import AssessmentStatus, EthicsGrade, Procedure, Role, Verdict
from app.models import Assessment, Registration
from app.operations import penalties
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason to look at a case; ``holds`` gets case, registration and the reviewer."""

    name: str
    reason: LazyString
    holds: Callable[[Assessment, Registration, Actor], bool]


def _poor(grades: Sequence[Any]) -> bool:
    return any(grade is EthicsGrade.POOR for grade in grades)


def _failed_by_institution(case: Assessment) -> bool:
    return any(row.verdict is Verdict.FAIL for row in case.opinions)


EXCEPTIONS: tuple[Ground, ...] = (
    Ground(
        "own",
        _l("不能审核本人的报名信息"),
        lambda case, _sent, actor: case.physician_id == actor.physician_id,
    ),
    Ground(
        "failed",
        _l("医疗卫生机构评定有不合格"),
        lambda case, _sent, _actor: _failed_by_institution(case),
    ),
    Ground(
        "returned",
        _l("曾被驳回或退回"),
        lambda case, _sent, _actor: case.return_count > 0,
    ),
    Ground(
        "declared",
        _l("医师申报有不良执业行为记录"),
        lambda _case, sent, _actor: sent.has_bad_record is not False,
    ),
    Ground(
        "recorded",
        _l("有不良执业行为记录"),
        lambda case, _sent, _actor: any(not row.is_good for row in case.conduct_records),
    ),
    Ground(
        "penalties",
        _l("考核周期内有行政处罚"),
        lambda case, _sent, _actor: bool(penalties.in_cycle(case.physician, case.cycle)),
    ),
    Ground(
        "acts",
        _l("已登记第二十七条规定的不合格情形"),
        lambda case, _sent, _actor: bool(case.disqualifying_acts),
    ),
    Ground(
        "outside",
        _l("有多执业机构其它意见"),
        lambda case, _sent, _actor: bool(case.outside_opinions),
    ),
    Ground(
        "complaints",
        _l("有医疗差错或投诉"),
        lambda _case, sent, _actor: any(row.complaints for row in sent.work_years),
    ),
    Ground(
        "annual",
        _l("年度考核等次有“较差”"),
        lambda _case, sent, _actor: _poor([row.annual_grade for row in sent.work_years]),
    ),
    Ground(
        "ethics",
        _l("职业道德自评有“较差”"),
        lambda _case, sent, _actor: _poor([row.grade for row in sent.ethics_answers]),
    ),
    Ground(
        "evidence",
        _l("申请简易程序而未上传证明材料"),
        lambda case, sent, _actor: (
            sent.procedure is Procedure.SIMPLIFIED and not case.participation.attachments
        ),
    ),
)


_WAITS_FOR = {
    Role.INSTITUTION: AssessmentStatus.AWAITING_INSTITUTION,
    Role.AGENCY: AssessmentStatus.AWAITING_AGENCY,
}


def reasons(case: Assessment, *, actor: Actor) -> list[LazyString]:
    """List why a case cannot be passed in a batch; empty for a routine one."""
    if case.status is not _WAITS_FOR.get(actor.role):
        return [_l("当前状态为“%(status)s”，不在待审核之列", status=case.status.label)]
    sent = case.participation.registration
    if sent is None:
        return [_l("没有报名信息")]
    return [one.reason for one in EXCEPTIONS if one.holds(case, sent, actor)]
