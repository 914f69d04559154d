"""Role → what it may do, declared in code. Roles made in pages come beside these.

A permission is FAB's pair (``can_<verb>``, view class name). Roles say who, scoping says which
rows, guards say when.
"""

import re
from collections.abc import Mapping
from functools import cache

from app.enums import Role

Permission = tuple[str, str]

_LIST = ("list", "export")
_READ = ("list", "show", "export")
_EDIT = (*_READ, "add", "edit")
_TOLD = (*_READ, "confirm")

_EVERYONE: Mapping[str, tuple[str, ...]] = {
    "HomeView": ("see",),
    "MessageView": ("list", "export", "read", "prefer"),
    "JobView": (*_LIST, "show", "cancel", "download"),
}

_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "ApiTokenView": (*_READ, "add", "revoke"),
    "WebhookView": (*_EDIT, "resend"),
}

_PAGES: Mapping[Role, Mapping[str, tuple[str, ...]]] = {
    Role.SYSTEM_ADMIN: {
        "AuthorityView": _EDIT,
        "InstitutionView": _READ,
        "AgencyView": _READ,
        "AccountView": (*_READ, "add", "reset", "stop"),
        "SubjectView": _READ,
        "StepView": ("fire",),
    },
    Role.SECURITY_ADMIN: {
        "AccountView": (*_READ, "grant"),
        "RoleView": ("list", "add", "edit", "delete"),
        "PermissionView": _LIST,
        "RightsView": ("see",),
    },
    Role.AUDIT_ADMIN: {
        "TrailView": _READ,
        "PermissionView": _LIST,
        "RightsView": ("see",),
        "AccountView": _READ,
    },
    Role.AUTHORITY: {
        "AuthorityView": (*_EDIT, "reassign"),
        "InstitutionView": (*_EDIT, "reset", "reassign"),
        "InstitutionImportView": ("use",),
        "AuthorityImportView": ("use",),
        "AgencyView": (*_EDIT, "reset", "publish"),
        "CommitteeMemberView": _LIST,
        "PenaltyView": (*_READ, "add", "revoke"),
        "SpotCheckView": (*_READ, "add"),
        "SpotCheckItemView": (*_LIST, "edit"),
        "AppointmentView": (*_LIST, "add"),
        "AgencyApplicationReviewView": (*_LIST, "case"),
        "AgencyApplicationView": ("download",),
        "CycleView": _EDIT,
        "NationalRulesView": (*_READ, "add"),
        "QuestionView": _EDIT,
        "QuestionImportView": ("use",),
        "ResultImportView": ("use",),
        "BlueprintView": (*_READ, "add"),
        "ExamSessionView": (*_LIST, "add"),
        "ProctoringView": _LIST,
        "MakeupView": _LIST,
        "AccountView": (*_READ, "add", "reset", "stop"),
        "DepartmentView": _READ,
        "PhysicianView": (*_READ, "reveal", "plain_export", "move"),
        "ProgressView": (*_LIST, "case", "plain_export"),
        "PaperView": _LIST,
        "HistoryView": _LIST,
        "CertificateView": (*_LIST, "download"),
        "ConclusionView": (*_LIST, "issue"),
        "ObjectionView": (*_LIST, "case", "ask"),
        "RemedyView": (*_LIST, "case"),
        "StatisticsView": ("see", "export"),
        "ResultSummaryView": ("see",),
        "AttachmentView": ("download",),
        "TrailView": _READ,
        "SubjectView": _READ,
        "TransferRequestView": (*_LIST, "case"),
        "DisqualifyingActView": ("download",),
        "PortraitView": ("see",),
        "RegistryLinkView": ("see", "link"),
        "RegistryConflictView": _READ,
        "StepView": ("fire",),
        "DeputyView": ("use",),
        **_PROGRAMS,
        "AnnouncementView": (*_EDIT, "confirm", "publish"),
        "AnnouncementReadingView": _LIST,
    },
    Role.INSTITUTION: {
        "InstitutionProfileView": ("edit",),
        "AgencyApplicationView": ("use", "download"),
        "DepartmentView": (*_EDIT, "delete"),
        "PhysicianView": (*_READ, "add", "delete", "reset", "reveal", "away", "plain_export"),
        "RosterImportView": ("use",),
        "RegistryConflictView": _READ,
        "DepartmentImportView": ("use",),
        "ConductImportView": ("use",),
        "GeneralReviewView": (*_LIST, "case", "note", "batch"),
        "SimplifiedReviewView": (*_LIST, "case", "note", "batch"),
        "ExemptionReviewView": (*_LIST, "case"),
        "HoldUpView": (*_LIST, "remind"),
        "PenaltyView": _READ,
        "MentorshipView": (*_LIST, "add", "edit"),
        "MentorshipChangeView": (*_LIST, "case"),
        "CorrectionView": (*_LIST, "case", "reveal", "download"),
        "PracticePlaceView": (*_LIST, "case"),
        "TransferRequestView": (*_LIST, "add", "case"),
        "OutsideOpinionView": (*_LIST, "case"),
        "DisqualifyingActView": ("download", "note"),
        "PortraitView": ("see",),
        "DeferralReviewView": (*_LIST, "case"),
        "ProgressView": (*_LIST, "case", "plain_export"),
        "PaperView": _LIST,
        "ExamSessionView": _LIST,
        "ProctoringView": _LIST,
        "MakeupView": _LIST,
        "HistoryView": _LIST,
        "CertificateView": (*_LIST, "download"),
        "ObjectionView": (*_LIST, "case"),
        "RemedyView": (*_LIST, "case"),
        "StatisticsView": ("see", "export"),
        "ResultSummaryView": ("see",),
        "AttachmentView": ("download",),
        "SubjectView": _READ,
        "StepView": ("fire",),
        "DeputyView": ("use",),
        **_PROGRAMS,
        "AnnouncementView": _TOLD,
    },
    Role.AGENCY: {
        "GeneralRecheckView": (*_LIST, "case", "batch"),
        "SimplifiedRecheckView": (*_LIST, "case", "batch"),
        "VerdictView": (*_LIST, "case", "batch"),
        "HistoryView": _LIST,
        "ConclusionView": _LIST,
        "ObjectionView": (*_LIST, "case"),
        "RemedyView": (*_LIST, "case"),
        "ExemptionRecheckView": (*_LIST, "case"),
        "DeferralRecheckView": (*_LIST, "case"),
        "RecusalView": (*_LIST, "case", "declare"),
        "CommitteeMemberView": (*_LIST, "add", "edit", "delete"),
        "DisqualifyingActView": ("download", "note"),
        "PortraitView": ("see",),
        "EntrustedView": _LIST,
        "ProgressView": (*_LIST, "case"),
        "PaperView": (*_LIST, "enter"),
        "ScoreFileView": ("use",),
        "ExamSessionView": _LIST,
        "ProctoringView": (*_LIST, "watch"),
        "LiveSittingView": (*_LIST, "act"),
        "MakeupView": (*_LIST, "tell"),
        "StatisticsView": ("see", "export"),
        "ResultSummaryView": ("see",),
        "AttachmentView": ("download",),
        "StepView": ("fire",),
        "DeputyView": ("use",),
        **_PROGRAMS,
        "AnnouncementView": _TOLD,
    },
    Role.PROCTOR: {
        "ProgressView": ("list",),
        "PaperView": ("list",),
        "ExamSessionView": ("list",),
        "ProctoringView": (*_LIST, "watch"),
        "LiveSittingView": (*_LIST, "act"),
        "PortraitView": ("see",),
        "StepView": ("fire",),
        "AnnouncementView": _TOLD,
    },
    Role.PHYSICIAN: {
        "RegistrationView": ("use",),
        "SittingView": ("use",),
        "SheetView": ("use",),
        "PracticeView": ("use",),
        "ExemptionView": ("use",),
        "OwnMentorshipView": ("use",),
        "OwnPracticePlaceView": ("use",),
        "OwnCorrectionView": ("use",),
        "OwnRecusalView": ("use",),
        "HistoryView": _LIST,
        "CertificateView": (*_LIST, "download"),
        "ObjectionView": (*_LIST, "case", "ask"),
        "CorrectionView": ("download",),
        "DisqualifyingActView": ("download",),
        "PortraitView": ("see", "upload"),
        "DeferralView": ("use",),
        "AttachmentView": ("download", "upload"),
        "StepView": ("fire",),
        "AnnouncementView": _TOLD,
    },
}


COMMON: frozenset[Permission] = frozenset(
    (f"can_{verb}", view) for view, verbs in _EVERYONE.items() for verb in verbs
)
"""What everybody may, also under a hat that is limited to a role made in pages."""


@cache
def grants(role: Role) -> frozenset[Permission]:
    """Give every permission of a role of the code."""
    pages = {**_EVERYONE, **_PAGES.get(role, {})}
    return frozenset((f"can_{verb}", view) for view, verbs in pages.items() for verb in verbs)


def declared() -> Mapping[Role, frozenset[Permission]]:
    """Give the whole table; ``SYSTEM`` is no person and has no row."""
    return {role: grants(role) for role in Role if role is not Role.SYSTEM}


def fab_roles() -> dict[str, list[list[str]]]:
    """Give the table in FAB's form: anchored, for its entries are prefix patterns."""
    return {
        role.name: [[rf"{re.escape(view)}\Z", rf"{re.escape(verb)}\Z"] for verb, view in pairs]
        for role, pairs in ((r, sorted(p)) for r, p in declared().items())
    }
