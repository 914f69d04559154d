"""Every entity, declarations only: gathered here from the area files of app.tables.

Every table owned by a body carries ``province_id`` and the ids its scope compares
(``institution_id``, ``agency_id``, ``authority_path``), so that a scope is one indexed
comparison. ``authority_path`` is "/1/14/203/": the ids from the nation down to the superior
authority. Instants are naive UTC, days are local dates, ``last_day`` is inclusive as printed.
"""

from app.tables.accounts import Account, Identity, LoginGuard, PageRoleScope, Setting, WebSession
from app.tables.agency_applications import AgencyApplication, AgencyApplicationFile
from app.tables.api import ApiToken, IdempotentAnswer, WebhookDelivery, WebhookEndpoint
from app.tables.bodies import (
    Agency,
    Appointment,
    Authority,
    Department,
    DepartmentSubject,
    Institution,
    Subject,
)
from app.tables.cases import Assessment, Participation
from app.tables.committees import CommitteeMember
from app.tables.cycles import Cycle, CycleWindow, NationalRules
from app.tables.evidence import (
    Attachment,
    ConductRecord,
    DisqualifyingAct,
    Opinion,
    OutsideOpinion,
    Remark,
)
from app.tables.exams import Blueprint, Question, QuestionFigure, QuestionGroup, QuestionImage
from app.tables.exchange import RosterChunk, RosterUpload
from app.tables.figures import Figure, ProgressDay
from app.tables.jobs import Job, JobFile, JobFilePart, PeriodicRun, WorkerBeat
from app.tables.mentorships import Mentorship, MentorshipChange
from app.tables.messages import (
    Announcement,
    AnnouncementReading,
    MailAddress,
    MailOutbox,
    Message,
    MessagePreference,
)
from app.tables.oversight import Penalty, SpotCheck, SpotCheckItem
from app.tables.papers import Paper
from app.tables.physicians import Physician
from app.tables.registrations import EthicsAnswer, Experience, Registration, WorkYear
from app.tables.registry import RegistryConflict, RegistryLink, RegistryRecord, Transfer
from app.tables.requests import Correction, Portrait, PracticePlace, Recusal, TransferRequest
from app.tables.results import Certificate, Conclusion, Objection, Remedy
from app.tables.side_cases import Deferral, Exemption
from app.tables.sittings import (
    AnswerEntry,
    AnswerSheet,
    ExamSession,
    Sitting,
    SittingEvent,
    Snapshot,
)
from app.tables.trail import TrailEntry, TrailSeal
from app.tables.uploads import Upload, UploadPiece

__all__ = [
    "Account",
    "Agency",
    "AgencyApplication",
    "AgencyApplicationFile",
    "Announcement",
    "AnnouncementReading",
    "AnswerEntry",
    "AnswerSheet",
    "ApiToken",
    "Appointment",
    "Assessment",
    "Attachment",
    "Authority",
    "Blueprint",
    "Certificate",
    "CommitteeMember",
    "Conclusion",
    "ConductRecord",
    "Correction",
    "Cycle",
    "CycleWindow",
    "Deferral",
    "Department",
    "DepartmentSubject",
    "DisqualifyingAct",
    "EthicsAnswer",
    "ExamSession",
    "Exemption",
    "Experience",
    "Figure",
    "IdempotentAnswer",
    "Identity",
    "Institution",
    "Job",
    "JobFile",
    "JobFilePart",
    "LoginGuard",
    "MailAddress",
    "MailOutbox",
    "Mentorship",
    "MentorshipChange",
    "Message",
    "MessagePreference",
    "NationalRules",
    "Objection",
    "Opinion",
    "OutsideOpinion",
    "PageRoleScope",
    "Paper",
    "Participation",
    "Penalty",
    "PeriodicRun",
    "Physician",
    "Portrait",
    "PracticePlace",
    "ProgressDay",
    "Question",
    "QuestionFigure",
    "QuestionGroup",
    "QuestionImage",
    "Recusal",
    "Registration",
    "RegistryConflict",
    "RegistryLink",
    "RegistryRecord",
    "Remark",
    "Remedy",
    "RosterChunk",
    "RosterUpload",
    "Setting",
    "Sitting",
    "SittingEvent",
    "Snapshot",
    "SpotCheck",
    "SpotCheckItem",
    "Subject",
    "TrailEntry",
    "TrailSeal",
    "Transfer",
    "TransferRequest",
    "Upload",
    "UploadPiece",
    "WebSession",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WorkYear",
    "WorkerBeat",
]
