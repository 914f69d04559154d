"""What each URL's argument names, and a body with everything a form could ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import models as m
from app.enums import ImportKind, Procedure, QuestionStatus, Role
from tests.security import foreign_results

GENERAL = m.Assessment.procedure == Procedure.GENERAL
_HAS_IMAGE = m.Question.id.in_(select(m.QuestionImage.question_id))
SIMPLIFIED = m.Assessment.procedure == Procedure.SIMPLIFIED


@dataclass(frozen=True)
class Names:
    """The model an argument names a row of; ``where`` narrows to rows the page is for."""

    argument: str
    model: type[Any]
    where: tuple[Any, ...] = ()
    column: str = "id"


_DOWNLOAD = "kind: csv or xlsx, no row"
_ROLE = "a role made in pages belongs to no body; only the security administrator gets there"
_PROGRAMS = "set up by the body itself: tests of the pages ask with other bodies"
_BY_TOKEN = "rows for tokens, nothing for sessions: tests/api asks with tokens of other bodies"
_JOB = "one's own job, planted by tests/views/test_job.py: the demo has none"
_ONE_PROVINCE = "the demo's are all of one province: tests/views/test_registry_pages.py asks"
_PUBLIC = "reference data or a file of the application"


def _upload(kind: ImportKind) -> Names:
    return Names("token", m.RosterUpload, (m.RosterUpload.kind == kind,), column="token")


ROUTES: Mapping[str, Names | str] = {
    "AccountView.grant": Names("pk", m.Identity),
    "AccountView.hat": Names("pk", m.Identity),
    "AccountView.take_hat": Names("pk", m.Identity),
    "DeputyView.end": "a hat that one gave oneself: test_hats.py",
    "RightsView.person": Names("pk", m.Identity),
    "RightsView.people": "a permission belongs to no body; only security and audit get there",
    "AccountView.reset": Names("pk", m.Identity, (m.Identity.role == Role.INSTITUTION,)),
    "AccountView.show": Names("pk", m.Identity),
    "AccountView.start": Names("pk", m.Identity, (m.Identity.role == Role.INSTITUTION,)),
    "AccountView.stop": Names("pk", m.Identity, (m.Identity.role == Role.INSTITUTION,)),
    "AgencyView.edit": Names("pk", m.Agency),
    "AgencyView.reset": Names("pk", m.Agency),
    "AgencyView.show": Names("pk", m.Agency),
    "AgencyView.bar": Names("pk", m.Agency),
    "CommitteeMemberView.edit": Names("pk", m.CommitteeMember),
    "CommitteeMemberView.delete": Names("pk", m.CommitteeMember),
    "PenaltyView.show": Names("pk", m.Penalty),
    "PenaltyView.revoke": Names("pk", m.Penalty),
    "SpotCheckView.show": Names("pk", m.SpotCheck),
    "SpotCheckItemView.edit": Names("pk", m.SpotCheckItem),
    "SpotCheckItemView.case": Names("pk", m.SpotCheckItem),
    "AnnouncementView.confirm": Names("pk", m.Announcement),
    "AnnouncementView.edit": Names("pk", m.Announcement),
    "AnnouncementView.publish": Names("pk", m.Announcement),
    "AnnouncementView.show": Names("pk", m.Announcement),
    "AnnouncementView.withdraw": Names("pk", m.Announcement),
    "AttachmentView.delete": Names("pk", m.Attachment),
    "AttachmentView.download": Names("pk", m.Attachment),
    "AttachmentView.upload": Names("participation_id", m.Participation),
    "AttachmentView.begin": Names("participation_id", m.Participation),
    "AttachmentView.piece": "an upload by its secret: test_upload.py",
    "AuthorityView.edit": Names("pk", m.Authority),
    "AuthorityView.show": Names("pk", m.Authority),
    "AuthorityView.superior": Names("pk", m.Authority),
    "AgencyApplicationView.file": Names("pk", m.AgencyApplicationFile),
    "AgencyApplicationReviewView.case": Names("pk", m.AgencyApplication),
    "MentorshipView.edit": Names("pk", m.Mentorship),
    "MentorshipChangeView.case": Names("pk", m.MentorshipChange),
    "OwnMentorshipView.change": Names("pk", m.Mentorship),
    "CorrectionView.case": Names("pk", m.Correction),
    "CorrectionView.reveal": Names("pk", m.Correction),
    "CorrectionView.file": Names("pk", m.Correction),
    "PracticePlaceView.case": Names("pk", m.PracticePlace),
    "TransferRequestView.case": Names("pk", m.TransferRequest),
    "OutsideOpinionView.case": Names(
        "pk", m.OutsideOpinion, (m.OutsideOpinion.place_institution_id.is_not(None),)
    ),
    "RecusalView.case": Names("pk", m.Recusal),
    "RecusalView.declare": Names("pk", m.Assessment),
    "DisqualifyingActView.add": Names("pk", m.Assessment),
    "DisqualifyingActView.strike": Names("pk", m.Assessment),
    "DisqualifyingActView.file": Names("pk", m.DisqualifyingAct),
    "PortraitView.see": Names(
        "pk", m.Physician, (m.Physician.id.in_(select(m.Portrait.physician_id)),)
    ),
    "ExemptionReviewView.case": Names("pk", m.Exemption),
    "ExemptionRecheckView.case": Names("pk", m.Exemption),
    "DeferralReviewView.case": Names("pk", m.Deferral),
    "DeferralRecheckView.case": Names("pk", m.Deferral),
    "QuestionView.show": Names("pk", m.Question),
    "QuestionView.edit": Names("pk", m.Question, (m.Question.status == QuestionStatus.DRAFT,)),
    "QuestionView.image": Names("pk", m.Question, (_HAS_IMAGE,)),
    **{
        f"BlueprintView.{name}": Names("pk", m.Blueprint)
        for name in ("show", "preview", "edit", "remove")
    },
    **{f"ExamSessionView.{name}": Names("pk", m.ExamSession) for name in ("edit", "remove")},
    "SittingView.prepare": Names("pk", m.Paper),
    **{
        f"{view}.{name}": Names("pk", m.Sitting)
        for view, names in {
            "SittingView": ("sit", "hand_in", "after"),
            "SheetView": ("open", "sync", "snapshot"),
            "ProctoringView": ("sitting",),
            "LiveSittingView": ("write", "pause", "extend", "terminate", "go_on"),
        }.items()
        for name in names
    },
    "SittingView.image": "the question is in the query: tests/views/test_sitting.py asks",
    **{
        f"PracticeView.{name}": "for every physician of the province: tests/views/test_practice.py"
        for name in ("question", "image")
    },
    "ProctoringView.photo": Names("pk", m.Snapshot),
    "NationalRulesView.show": "one document for all authorities",
    "CycleView.edit": Names("pk", m.Cycle),
    "CycleView.show": Names("pk", m.Cycle),
    "DepartmentView.delete": Names("pk", m.Department),
    "DepartmentView.edit": Names("pk", m.Department),
    "DepartmentView.move": Names("pk", m.Department),
    "DepartmentView.show": Names("pk", m.Department),
    "GeneralRecheckView.case": Names("pk", m.Assessment, (GENERAL,)),
    "GeneralRecheckView.next_case": Names("pk", m.Assessment, (GENERAL,)),
    "GeneralReviewView.add_notes": Names("pk", m.Assessment, (GENERAL,)),
    "GeneralReviewView.remove_note": Names("pk", m.Assessment, (GENERAL,)),
    "GeneralReviewView.case": Names("pk", m.Assessment, (GENERAL,)),
    "GeneralReviewView.next_case": Names("pk", m.Assessment, (GENERAL,)),
    "InstitutionView.edit": Names("pk", m.Institution),
    "InstitutionView.reset": Names("pk", m.Institution),
    "InstitutionView.show": Names("pk", m.Institution),
    "InstitutionView.superior": Names("pk", m.Institution),
    "MessageView.open": Names("pk", m.Message),
    "MessageView.text": Names("pk", m.Message),
    "PhysicianView.away": Names("pk", m.Participation),
    "PhysicianView.delete": Names("pk", m.Physician),
    "PhysicianView.reset": Names("pk", m.Physician),
    "PhysicianView.move": Names("pk", m.Physician),
    "PhysicianView.reveal": Names("pk", m.Physician),
    "PhysicianView.show": Names("pk", m.Physician),
    "ProgressView.case": Names("pk", m.Assessment),
    "ConductImportView.confirm": _upload(ImportKind.CONDUCT),
    "ConductImportView.errors": _upload(ImportKind.CONDUCT),
    "ConductImportView.report": _upload(ImportKind.CONDUCT),
    "DepartmentImportView.confirm": _upload(ImportKind.DEPARTMENT),
    "DepartmentImportView.errors": _upload(ImportKind.DEPARTMENT),
    "DepartmentImportView.report": _upload(ImportKind.DEPARTMENT),
    "InstitutionImportView.confirm": _upload(ImportKind.INSTITUTION),
    "InstitutionImportView.errors": _upload(ImportKind.INSTITUTION),
    "InstitutionImportView.report": _upload(ImportKind.INSTITUTION),
    "QuestionImportView.confirm": _upload(ImportKind.QUESTION),
    "QuestionImportView.errors": _upload(ImportKind.QUESTION),
    "QuestionImportView.report": _upload(ImportKind.QUESTION),
    "AuthorityImportView.confirm": _upload(ImportKind.AUTHORITY),
    "AuthorityImportView.errors": _upload(ImportKind.AUTHORITY),
    "AuthorityImportView.report": _upload(ImportKind.AUTHORITY),
    "RosterImportView.confirm": _upload(ImportKind.PHYSICIAN),
    "RosterImportView.errors": _upload(ImportKind.PHYSICIAN),
    "RosterImportView.report": _upload(ImportKind.PHYSICIAN),
    "SimplifiedRecheckView.case": Names("pk", m.Assessment, (SIMPLIFIED,)),
    "SimplifiedRecheckView.next_case": Names("pk", m.Assessment, (SIMPLIFIED,)),
    "SimplifiedReviewView.add_notes": Names("pk", m.Assessment, (SIMPLIFIED,)),
    "SimplifiedReviewView.remove_note": Names("pk", m.Assessment, (SIMPLIFIED,)),
    "SimplifiedReviewView.case": Names("pk", m.Assessment, (SIMPLIFIED,)),
    "SimplifiedReviewView.next_case": Names("pk", m.Assessment, (SIMPLIFIED,)),
    "TrailView.show": Names("pk", m.TrailEntry),
    **foreign_results.routes(Names),
    # rows, but named by another argument: tests of their own
    "StepView.fire": "workflow, pk and action: every step of every workflow",
    "StepView.fire_many": "ids are in the body",
    "SwitchView.take": "an identity of the own account only, whatever one may read",
    "JobView.cancel": _JOB,
    "JobView.file": _JOB,
    "JobView.show": _JOB,
    # no rows of anybody
    "AccountView.export": _DOWNLOAD,
    "AgencyView.export": _DOWNLOAD,
    "CommitteeMemberView.export": _DOWNLOAD,
    "PenaltyView.export": _DOWNLOAD,
    "SpotCheckView.export": _DOWNLOAD,
    "SpotCheckItemView.export": _DOWNLOAD,
    "AnnouncementReadingView.export": _DOWNLOAD,
    "AnnouncementView.export": _DOWNLOAD,
    "AppointmentView.export": _DOWNLOAD,
    "AuthorityView.export": _DOWNLOAD,
    "CycleView.export": _DOWNLOAD,
    "NationalRulesView.export": _DOWNLOAD,
    "QuestionView.export": _DOWNLOAD,
    "PaperView.export": _DOWNLOAD,
    "BlueprintView.export": _DOWNLOAD,
    "ExamSessionView.export": _DOWNLOAD,
    "ProctoringView.export": _DOWNLOAD,
    "LiveSittingView.export": _DOWNLOAD,
    "MakeupView.export": _DOWNLOAD,
    "DepartmentView.export": _DOWNLOAD,
    "EntrustedView.export": _DOWNLOAD,
    "AgencyApplicationReviewView.export": _DOWNLOAD,
    "MentorshipView.export": _DOWNLOAD,
    "MentorshipChangeView.export": _DOWNLOAD,
    "CorrectionView.export": _DOWNLOAD,
    "StatisticsView.export": _DOWNLOAD,
    "PracticePlaceView.export": _DOWNLOAD,
    "TransferRequestView.export": _DOWNLOAD,
    "OutsideOpinionView.export": _DOWNLOAD,
    "RecusalView.export": _DOWNLOAD,
    "ExemptionReviewView.export": _DOWNLOAD,
    "HoldUpView.export": _DOWNLOAD,
    "ExemptionRecheckView.export": _DOWNLOAD,
    "DeferralReviewView.export": _DOWNLOAD,
    "DeferralRecheckView.export": _DOWNLOAD,
    "GeneralRecheckView.export": _DOWNLOAD,
    "GeneralReviewView.export": _DOWNLOAD,
    "InstitutionView.export": _DOWNLOAD,
    "MessageView.export": _DOWNLOAD,
    "RegistryConflictView.export": _DOWNLOAD,
    "RegistryConflictView.show": _ONE_PROVINCE,
    "PermissionView.export": _DOWNLOAD,
    "JobView.export": _DOWNLOAD,
    "PhysicianView.export": _DOWNLOAD,
    "ProgressView.export": _DOWNLOAD,
    "SimplifiedRecheckView.export": _DOWNLOAD,
    "SimplifiedReviewView.export": _DOWNLOAD,
    "SubjectView.export": _DOWNLOAD,
    "TrailView.export": _DOWNLOAD,
    "RoleView.delete": _ROLE,
    "RoleView.edit": _ROLE,
    "LanguageView.choose": _PUBLIC,
    "SubjectView.show": _PUBLIC,
    "static": _PUBLIC,
    # programs
    "ApiTokenView.export": _DOWNLOAD,
    "WebhookView.export": _DOWNLOAD,
    "ApiTokenView.show": _PROGRAMS,
    "ApiTokenView.revoke": _PROGRAMS,
    "WebhookView.show": _PROGRAMS,
    "WebhookView.edit": _PROGRAMS,
    "WebhookView.resend": _PROGRAMS,
    "api.get_institution": _BY_TOKEN,
    "api.get_department": _BY_TOKEN,
    "api.get_physician": _BY_TOKEN,
    "api.get_participation": _BY_TOKEN,
    "api.confirm_participation": _BY_TOKEN,
    "api.withdraw_participation": _BY_TOKEN,
    "api.get_case": _BY_TOKEN,
    "api.list_case_trail": _BY_TOKEN,
}

BODY: Mapping[str, Any] = {
    "comment": "核对资料",
    "reason": "核对资料",
    "version": "1",
    "name": "外来名称",
    "subjects": ["1", "2"],
    "contact_person": "外来人",
    "contact_phone": "0352-5000000",
    "kind": "HOSPITAL",
    "grade": "SECOND_A",
    "ownership": "NON_PROFIT",
    "uscc": "12140213000000000X",
    "label": "09",
    "work_verdict": "PASS",
    "ethics_verdict": "PASS",
    "away_reason": "STUDY",
    "away_from": "2024-01-02",
    "outside_place": "外来医院",
    "outside_content": "外来意见",
    "conduct_kind": "good",
    "conduct_place": "外来医院",
    "conduct_closed_on": "2024-01-02",
    "conduct_outcome": "外来结果",
    "act_kind": "PENALTY",
    "act_occurred_on": "2024-01-02",
    "act_found_by": "外来机关",
    "act_document": "外来文书",
    "act": "1",
    "content": "外来意见",
    "assessor": "1",
    "mode": "good",
    "existing": "update",
    "create_departments": "y",
    "roles": ["1"],
    "supervisor": "外来老师",
    "host_department": "外来科",
    "started_on": "2024-01-02",
    "ended_on": "2024-01-03",
    "ground": "外来事由",
    "note": "外来说明",
    "certificate_on": "2024-01-02",
    "hindered_from": "2024-01-02",
    "hindered_until": "2024-01-03",
    "session_on": "2099-01-02",
    "post": "MEMBER",
    "unit": "外来单位",
    "finding": "CONFIRMED",
    "cycles": "2",
    "accepts": "1",
    "statement": "外来说明",
    "text": "外来消息",
    "incident": "NETWORK",
    "why": "外来原因",
    "minutes": "5",
    "mark_reason": "OTHER",
    "suspended_from": "2024-01-02",
    "months": "3",
    "document": "外来文书",
    "part_exam": "FAIL",
    "next": "/",
    "back": "/",
}
