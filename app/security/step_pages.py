"""Which page a step belongs to: whoever may not open any of its pages may not take it either."""

from collections.abc import Mapping
from types import MappingProxyType

from app.security.roles import Permission


def _pages(verb: str, *views: str) -> tuple[Permission, ...]:
    return tuple((f"can_{verb}", view) for view in views)


STEP_PAGES: Mapping[str, tuple[Permission, ...]] = MappingProxyType(
    {
        "participation": _pages("list", "PhysicianView"),
        "assessment": (
            *_pages("use", "RegistrationView"),
            *_pages("case", "GeneralReviewView", "SimplifiedReviewView"),
            *_pages("case", "GeneralRecheckView", "SimplifiedRecheckView", "ProgressView"),
            *_pages("case", "VerdictView"),
        ),
        "conclusion": _pages("issue", "ConclusionView"),
        "certificate": _pages("issue", "ConclusionView"),
        "objection": _pages("case", "ObjectionView"),
        "remedy": _pages("case", "RemedyView"),
        "paper": (
            *_pages("use", "SittingView"),
            *_pages("enter", "PaperView"),
            *_pages("watch", "ProctoringView"),
        ),
        "proctoring": _pages("watch", "ProctoringView"),
        "exemption": (
            *_pages("use", "ExemptionView"),
            *_pages("case", "ExemptionReviewView", "ExemptionRecheckView"),
        ),
        "deferral": (
            *_pages("use", "DeferralView"),
            *_pages("case", "DeferralReviewView", "DeferralRecheckView"),
        ),
        "mentorship_change": (
            *_pages("use", "OwnMentorshipView"),
            *_pages("case", "MentorshipChangeView"),
        ),
        "correction": (*_pages("use", "OwnCorrectionView"), *_pages("case", "CorrectionView")),
        "practice_place": (
            *_pages("use", "OwnPracticePlaceView"),
            *_pages("case", "PracticePlaceView"),
        ),
        "outside_opinion": _pages(
            "case", "OutsideOpinionView", "GeneralReviewView", "SimplifiedReviewView"
        ),
        "transfer_request": _pages("case", "TransferRequestView"),
        "recusal": (*_pages("use", "OwnRecusalView"), *_pages("case", "RecusalView")),
        "cycle": _pages("edit", "CycleView"),
        "question": _pages("edit", "QuestionView"),
        "agency_application": (
            *_pages("use", "AgencyApplicationView"),
            *_pages("case", "AgencyApplicationReviewView"),
        ),
        "appointment": _pages("add", "AppointmentView"),
        "department": _pages("edit", "DepartmentView"),
        "institution": _pages("edit", "InstitutionView"),
        "agency": _pages("edit", "AgencyView"),
        "authority": _pages("edit", "AuthorityView"),
        "registry_conflict": _pages("show", "RegistryConflictView"),
    }
)
"""Workflow → permissions, one of which its steps need besides ``can_fire``."""
