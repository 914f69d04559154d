"""Which decision on a request tells whom: 免考, 延考, and what one body decides alone."""

from collections.abc import Mapping
from typing import Any

from app.enums import N_, MessageKind, Role
from app.models import (
    Correction,
    Deferral,
    Exemption,
    MentorshipChange,
    Penalty,
    PracticePlace,
    Recusal,
    TransferRequest,
)
from app.operations import notice_people as people
from app.operations.notice import Notice

_K = MessageKind
_REASON = N_("原因：%(reason)s")


def _answered(model: Any, kind: MessageKind, title: str, body: str) -> tuple[Notice, ...]:
    link = "/exemption/" if model is Exemption else "/deferral/"
    return (Notice(kind=kind, title=title, body=body, to=people.physicians_of(model), link=link),)


_AGAIN = N_("可以修改后重新提交，或按期参加测评。驳回原因：%(reason)s")
_TO_AGENCY = N_("已提交考核机构，等待复核。")
OF_PENALTIES: Mapping[tuple[str, str], tuple[Notice, ...]] = {
    ("penalty", "record"): (
        Notice(
            kind=_K.RETURNED,
            title=N_("卫生行政部门登记了对您的行政处罚"),
            body=N_(
                "该记录将随考核提供给考核机构（管理办法第十七条）。如有不符，请联系登记的卫生行政部门。"
            ),
            to=people.physicians_of(Penalty),
            link="/",
        ),
    ),
}
OF_REQUESTS: Mapping[tuple[str, str], tuple[Notice, ...]] = {
    ("exemption", "institution_pass"): _answered(
        Exemption, _K.PASSED, N_("医疗卫生机构已审核您的免考申请"), _TO_AGENCY
    ),
    ("exemption", "institution_reject"): _answered(
        Exemption, _K.RETURNED, N_("免考申请被医疗卫生机构驳回"), _AGAIN
    ),
    ("exemption", "agency_pass"): _answered(
        Exemption, _K.PASSED, N_("免考申请已通过"), N_("免考科目视为合格，其余科目请按期参加测评。")
    ),
    ("exemption", "agency_reject"): _answered(
        Exemption, _K.RETURNED, N_("免考申请被考核机构驳回"), _AGAIN
    ),
    ("deferral", "institution_pass"): _answered(
        Deferral, _K.PASSED, N_("医疗卫生机构已审核您的延考申请"), _TO_AGENCY
    ),
    ("deferral", "institution_reject"): _answered(
        Deferral, _K.RETURNED, N_("延考申请被医疗卫生机构驳回"), _AGAIN
    ),
    ("deferral", "agency_reject"): _answered(
        Deferral, _K.RETURNED, N_("延考申请被考核机构驳回"), _AGAIN
    ),
}


def _decided(
    workflow: str, model: Any, link: str, *, accepted: tuple[str, str], rejected: str
) -> dict[tuple[str, str], tuple[Notice, ...]]:
    """Tell the physician how a request was decided."""
    to = people.physicians_of(model)
    title, body = accepted
    return {
        (workflow, "accept"): (Notice(kind=_K.PASSED, title=title, body=body, to=to, link=link),),
        (workflow, "reject"): (
            Notice(kind=_K.RETURNED, title=rejected, body=_REASON, to=to, link=link),
        ),
    }


OF_DECIDED: Mapping[tuple[str, str], tuple[Notice, ...]] = {
    **_decided(
        "mentorship_change",
        MentorshipChange,
        "/mentorship/",
        accepted=(N_("跟班带教修改申请已通过"), N_("记录已按您的申请修改。")),
        rejected=N_("跟班带教修改申请被驳回"),
    ),
    **_decided(
        "correction",
        Correction,
        "/correction/",
        accepted=(
            N_("更正申请已通过"),
            N_("您的信息已按申请更正。更正证件号码的，请用新号码登录。"),
        ),
        rejected=N_("更正申请被驳回"),
    ),
    **_decided(
        "practice_place",
        PracticePlace,
        "/practice-place/",
        accepted=(N_("多机构执业备案已通过"), N_("提交报名信息时将请该机构出具意见。")),
        rejected=N_("多机构执业备案被驳回"),
    ),
    **_decided(
        "recusal",
        Recusal,
        "/recusal/",
        accepted=(N_("回避申请已通过"), N_("该人员不再参与您的考核。")),
        rejected=N_("回避申请被驳回"),
    ),
    ("transfer_request", "accept"): (
        Notice(
            kind=_K.TAKING_PART,
            title=N_("您已转到新的执业机构"),
            body=N_("本周期的考核由新机构继续，您填写的内容都会保留。"),
            to=people.physicians_of(TransferRequest),
            link="/",
        ),
        Notice(
            kind=_K.PASSED,
            title=N_("调入申请已同意"),
            body=N_("医师已在本机构名单中。"),
            to=people.clerks_of(TransferRequest, Role.INSTITUTION, "institution_id"),
            link="/transfer-requests/case/{id}",
        ),
    ),
    ("transfer_request", "reject"): (
        Notice(
            kind=_K.RETURNED,
            title=N_("调入申请被驳回"),
            body=_REASON,
            to=people.clerks_of(TransferRequest, Role.INSTITUTION, "institution_id"),
            link="/transfer-requests/case/{id}",
        ),
    ),
}
