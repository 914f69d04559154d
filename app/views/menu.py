"""The one list of views, and the manual's menu made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from app.views import paths

MODULES: Mapping[str, tuple[str, ...]] = {
    "signin.login": ("LoginView",),
    "signin.password": ("PasswordView",),
    "signin.switch": ("SwitchView",),
    "language": ("LanguageView",),
    "steps": ("StepView",),
    "institution_profile": ("InstitutionProfileView",),
    "department": ("DepartmentView",),
    "physician": ("PhysicianView",),
    "roster_import": (
        "RosterImportView",
        "DepartmentImportView",
        "InstitutionImportView",
        "AuthorityImportView",
        "ConductImportView",
        "QuestionImportView",
        "ResultImportView",
    ),
    "review": ("GeneralReviewView", "SimplifiedReviewView"),
    "recheck": ("GeneralRecheckView", "SimplifiedRecheckView"),
    "verdict": ("VerdictView",),
    "history": ("HistoryView",),
    "conclusion": ("ConclusionView",),
    "certificate": ("CertificateView",),
    "verify": ("VerifyView",),
    "objection": ("ObjectionView",),
    "remedy": ("RemedyView",),
    "result_summary": ("ResultSummaryView",),
    "exemption": ("ExemptionView", "ExemptionReviewView", "ExemptionRecheckView"),
    "deferral": ("DeferralView", "DeferralReviewView", "DeferralRecheckView"),
    "mentorship": ("MentorshipView", "MentorshipChangeView"),
    "own_mentorship": ("OwnMentorshipView",),
    "correction": ("OwnCorrectionView", "CorrectionView"),
    "practice_place": ("OwnPracticePlaceView", "PracticePlaceView"),
    "transfer_request": ("TransferRequestView",),
    "outside_opinion": ("OutsideOpinionView",),
    "recusal": ("OwnRecusalView", "RecusalView"),
    "disqualifying_act": ("DisqualifyingActView",),
    "portrait": ("PortraitView",),
    "progress": ("ProgressView",),
    "paper": ("PaperView",),
    "score_file": ("ScoreFileView",),
    "hold_up": ("HoldUpView",),
    "statistics": ("StatisticsView",),
    "registration": ("RegistrationView",),
    "attachment": ("AttachmentView",),
    "entrusted": ("EntrustedView",),
    "authority": ("AuthorityView",),
    "institution": ("InstitutionView",),
    "agency": ("AgencyView",),
    "appointment": ("AppointmentView",),
    "committee": ("CommitteeMemberView",),
    "penalty": ("PenaltyView",),
    "national_rules": ("NationalRulesView",),
    "question": ("QuestionView",),
    "blueprint": ("BlueprintView",),
    "exam_session": ("ExamSessionView",),
    "sitting": ("SittingView",),
    "practice": ("PracticeView",),
    "sheet": ("SheetView",),
    "proctoring": ("ProctoringView",),
    "live_sitting": ("LiveSittingView",),
    "makeup": ("MakeupView",),
    "spot_check": ("SpotCheckView", "SpotCheckItemView"),
    "agency_application": ("AgencyApplicationView", "AgencyApplicationReviewView"),
    "cycle": ("CycleView",),
    "account": ("AccountView",),
    "deputy": ("DeputyView",),
    "rights": ("RightsView",),
    "role": ("RoleView",),
    "permission": ("PermissionView",),
    "trail": ("TrailView",),
    "subject": ("SubjectView",),
    "api_token": ("ApiTokenView",),
    "webhook": ("WebhookView",),
    "registry_conflict": ("RegistryConflictView",),
    "registry_link": ("RegistryLinkView",),
    "message": ("MessageView",),
    "announcement": ("AnnouncementView",),
    "announcement_reading": ("AnnouncementReadingView",),
    "job": ("JobView",),
}
"""Module → view classes, in the order in which they are registered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry: drawn when the person has ``permission`` on ``view``, and what it ``needs``."""

    label: Any
    view: str = ""
    permission: str = "can_list"
    method: str = "list"
    count: str | None = None
    needs: str | None = None  # a count that must not be nought
    children: tuple["Entry", ...] = ()


MENU: tuple[Entry, ...] = (
    Entry(_l("首页"), "HomeView", "can_see", "index"),
    Entry(_l("考核报名"), "RegistrationView", "can_use", "index"),
    Entry(_l("参加测评"), "SittingView", "can_use", "index"),
    Entry(_l("免考申请"), "ExemptionView", "can_use", "index"),
    Entry(_l("延考申请"), "DeferralView", "can_use", "index"),
    Entry(_l("跟班带教"), "OwnMentorshipView", "can_use", "index"),
    Entry(_l("多机构执业备案"), "OwnPracticePlaceView", "can_use", "index"),
    Entry(_l("更正申请"), "OwnCorrectionView", "can_use", "index"),
    Entry(_l("回避申请"), "OwnRecusalView", "can_use", "index"),
    Entry(_l("本机构信息"), "InstitutionProfileView", "can_edit", "edit"),
    Entry(_l("科室信息"), "DepartmentView"),
    Entry(
        _l("申请考核机构"),
        "AgencyApplicationView",
        "can_use",
        "index",
        needs="may_apply",
    ),
    Entry(
        _l("医师管理"),
        children=(
            Entry(_l("医师列表"), "PhysicianView"),
            Entry(_l("更正申请审核"), "CorrectionView", count="correction"),
            Entry(_l("多机构执业备案审核"), "PracticePlaceView", count="practice_place"),
            Entry(_l("调入调出"), "TransferRequestView", count="transfer"),
            Entry(_l("待匹配"), "RegistryConflictView"),
        ),
    ),
    Entry(
        _l("考核管理"),
        children=(
            Entry(_l("一般程序审核"), "GeneralReviewView", count="general"),
            Entry(_l("简易程序审核"), "SimplifiedReviewView", count="simplified"),
            Entry(_l("一般程序复核"), "GeneralRecheckView", count="general"),
            Entry(_l("简易程序复核"), "SimplifiedRecheckView", count="simplified"),
            Entry(_l("结果认定"), "VerdictView", count="verdict"),
            Entry(_l("免考审核"), "ExemptionReviewView", count="exemption"),
            Entry(_l("免考复核"), "ExemptionRecheckView", count="exemption"),
            Entry(_l("延考审核"), "DeferralReviewView", count="deferral"),
            Entry(_l("延考复核"), "DeferralRecheckView", count="deferral"),
            Entry(_l("多执业机构意见"), "OutsideOpinionView", count="outside_opinion"),
            Entry(_l("回避审核"), "RecusalView", count="recusal"),
            Entry(_l("跟班带教"), "MentorshipView"),
            Entry(_l("跟班带教修改申请"), "MentorshipChangeView", count="mentorship_change"),
        ),
    ),
    Entry(
        _l("进度管理"),
        children=(
            Entry(_l("考核进度"), "ProgressView"),
            Entry(_l("测评进度"), "PaperView"),
            Entry(_l("考场监控"), "LiveSittingView"),
            Entry(_l("监考管理"), "ProctoringView"),
            Entry(_l("滞后医师"), "HoldUpView"),
        ),
    ),
    Entry(_l("补考管理"), "MakeupView"),
    Entry(_l("考核统计"), "StatisticsView", "can_see", "index"),
    Entry(_l("历史考核结果查询"), "HistoryView"),
    Entry(
        _l("结果管理"),
        children=(
            Entry(_l("考核结果备案"), "ConclusionView"),
            Entry(_l("合格证书"), "CertificateView"),
            Entry(_l("复核申请"), "ObjectionView", count="objection"),
            Entry(_l("后续处置"), "RemedyView"),
            Entry(_l("考核结果汇总"), "ResultSummaryView", "can_see", "index"),
        ),
    ),
    Entry(
        _l("监督管理"),
        children=(
            Entry(_l("行政处罚"), "PenaltyView"),
            Entry(_l("抽查"), "SpotCheckView"),
            Entry(_l("抽查登记"), "SpotCheckItemView"),
        ),
    ),
    Entry(
        _l("测评管理"),
        children=(
            Entry(_l("题库"), "QuestionView"),
            Entry(_l("组卷方案"), "BlueprintView"),
            Entry(_l("测评场次"), "ExamSessionView"),
        ),
    ),
    Entry(_l("受委托机构"), "EntrustedView"),
    Entry(_l("考核周期"), "CycleView"),
    Entry(_l("全国考核规则"), "NationalRulesView"),
    Entry(
        _l("机构管理"),
        children=(
            Entry(_l("下级行政机构"), "AuthorityView"),
            Entry(_l("医疗卫生机构管理"), "InstitutionView"),
            Entry(_l("考核机构管理"), "AgencyView"),
            Entry(_l("考核委员会"), "CommitteeMemberView"),
            Entry(_l("考核机构审批"), "AgencyApplicationReviewView"),
            Entry(_l("考核机构指派"), "AppointmentView"),
            Entry(_l("注册系统对接"), "RegistryLinkView", "can_see", "index"),
        ),
    ),
    Entry(
        _l("系统管理"),
        children=(
            Entry(_l("账号管理"), "AccountView"),
            Entry(_l("代理"), "DeputyView", "can_use", "index"),
            Entry(_l("角色管理"), "RoleView"),
            Entry(_l("权限查询"), "PermissionView"),
            Entry(_l("操作审计"), "TrailView"),
            Entry(_l("诊疗科目"), "SubjectView"),
            Entry(_l("接口令牌"), "ApiTokenView"),
            Entry(_l("状态推送"), "WebhookView"),
        ),
    ),
    Entry(_l("公告"), "AnnouncementView"),
    Entry(_l("消息"), "MessageView"),
    Entry(_l("任务"), "JobView"),
)


def register(builder: Any) -> None:
    """Register every view."""
    for module, names in MODULES.items():
        if find_spec(f"app.views.{module.partition('.')[0]}") is None:
            continue
        found = import_module(f"app.views.{module}")
        for name in names:
            builder.add_view_no_menu(getattr(found, name))


def drawn(access: Any, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Give the entries that ``access(permission, view)`` allows, empty groups left out."""
    return _drawn(MENU, access, counts)


def _drawn(
    entries: Sequence[Entry], access: Any, counts: Mapping[str, int]
) -> list[dict[str, Any]]:
    found = []
    for entry in entries:
        children = _drawn(entry.children, access, counts)
        if entry.view and not access(entry.permission, entry.view):
            continue
        if entry.needs is not None and not counts.get(entry.needs):
            continue
        if not entry.view and not children:
            continue
        found.append(
            {
                "label": entry.label,
                "url": paths.to(f"{entry.view}.{entry.method}") if entry.view else None,
                "active": bool(entry.view) and request.blueprint == entry.view,
                "count": counts.get(entry.count) if entry.count else None,
                "children": children,
            }
        )
    return found
