"""Which step on a result tells whom: 认定, 备案, 发证, 复核申请 and 后续处置 (art. 15, 24, 26)."""

from collections.abc import Mapping

from app.enums import N_, MessageKind, Role
from app.models import Assessment, Certificate, Objection, Remedy
from app.operations import notice_people as people
from app.operations.notice import Notice
from app.operations.notice_people import To

_K = MessageKind
_HISTORY = "/history/list/"
_CASE = people.physicians_of(Assessment)
_REASON = N_("原因：%(reason)s")


def _one(title: str, body: str, to: To, link: str, *, is_daily: bool = False) -> Notice:
    return Notice(kind=_K.RESULT, title=title, body=body, to=to, link=link, is_daily=is_daily)


_HOUSE = _one(
    N_("本机构医师的考核结果已认定"),
    N_("请在历史考核结果查询中查看。"),
    people.clerks_of(Assessment, Role.INSTITUTION, "institution_id"),
    _HISTORY,
    is_daily=True,
)
RESULT = (
    _one(
        N_("您的考核结果已认定"),
        N_("请查看考核结果通知书。如有异议，可在收到之日起的规定期限内提出复核申请。"),
        _CASE,
        _HISTORY,
    ),
    _HOUSE,
)
_REMEDY = people.physicians_of(Remedy)
_OBJECTOR = people.physicians_of(Objection)
_TO_AGENCY = people.clerks_of(Objection, Role.AGENCY, "agency_id")

OF_RESULTS: Mapping[tuple[str, str], tuple[Notice, ...]] = {
    ("assessment", "conclude_pass"): RESULT,
    ("assessment", "conclude_fail"): RESULT,
    ("assessment", "lapse"): RESULT,
    ("assessment", "revise"): (
        _one(N_("您的考核结果已改判"), N_("请查看新的考核结果通知书。"), _CASE, _HISTORY),
        _HOUSE,
    ),
    ("assessment", "reopen"): (
        _one(N_("您须参加测评"), N_("复核改判后，请在测评时间内参加测评。"), _CASE, "/exam/"),
    ),
    ("assessment", "cancel_pass"): (
        _one(N_("您的合格结果已被撤销"), _REASON, _CASE, _HISTORY),
        _HOUSE,
    ),
    ("certificate", "issue"): (
        _one(
            N_("您的合格证书已发放"),
            N_("可在历史考核结果查询中下载。"),
            people.physicians_of(Certificate),
            _HISTORY,
        ),
    ),
    ("certificate", "revoke"): (
        _one(N_("您的合格证书已被撤销"), _REASON, people.physicians_of(Certificate), _HISTORY),
    ),
    ("certificate", "replace"): (
        _one(
            N_("您的合格证书已补发"),
            N_("原证书失效，请下载新的证书。"),
            people.physicians_of(Certificate),
            _HISTORY,
        ),
    ),
    ("objection", "ask"): (
        _one(
            N_("收到复核申请"),
            N_("请在答复期限内办理（管理办法第二十四条）。"),
            _TO_AGENCY,
            "/objections/case/{id}",
        ),
    ),
    ("objection", "order"): (
        _one(
            N_("卫生行政部门责令复核"),
            N_("请在答复期限内办理。复核理由：%(reason)s"),
            _TO_AGENCY,
            "/objections/case/{id}",
        ),
    ),
    ("objection", "uphold"): (
        _one(
            N_("复核申请已答复：维持"), N_("答复：%(reason)s"), _OBJECTOR, "/objections/case/{id}"
        ),
    ),
    ("objection", "change"): (
        _one(
            N_("复核申请已答复：改判"), N_("答复：%(reason)s"), _OBJECTOR, "/objections/case/{id}"
        ),
    ),
    ("remedy", "suspend"): (
        _one(
            N_("您被责令暂停执业活动"),
            N_("请按要求接受培训，期满后参加再次考核。如有异议，请联系作出决定的卫生行政部门。"),
            _REMEDY,
            _HISTORY,
        ),
        _one(
            N_("本机构有医师被责令暂停执业"),
            N_("请安排跟班带教。"),
            people.clerks_of(Remedy, Role.INSTITUTION, "institution_id"),
            "/remedies/case/{id}",
        ),
    ),
    ("remedy", "end_training"): (
        _one(
            N_("有医师等待再次考核"),
            N_("培训已结束，暂停执业期满后请组织再次考核。"),
            people.clerks_of(Remedy, Role.AGENCY, "agency_id"),
            "/remedies/case/{id}",
        ),
    ),
    ("remedy", "pass_again"): (
        _one(N_("再次考核合格"), N_("您可以继续执业。"), _REMEDY, _HISTORY),
    ),
    ("remedy", "fail_again"): (
        _one(N_("再次考核不合格"), N_("将依法报送注销注册。"), _REMEDY, _HISTORY),
    ),
}
