"""Closed vocabularies, gathered here from app.vocabularies.

A member's name is stored, its value is the manual's Chinese word (and the msgid).
"""

from app.vocabularies.base import N_, Vocabulary
from app.vocabularies.bodies import (
    AgencyApplicationStatus,
    AgencyKind,
    AppointmentStatus,
    AuthorityLevel,
    BodyStatus,
    InstitutionGrade,
    InstitutionKind,
    Ownership,
)
from app.vocabularies.cases import (
    AssessmentStatus,
    AwayReason,
    DeferralStatus,
    EthicsGrade,
    EthicsItem,
    ExemptionStatus,
    HoldUp,
    OpinionPart,
    ParticipationStatus,
    Procedure,
    SimplifiedGround,
    Verdict,
)
from app.vocabularies.cycles import CycleStatus, ScheduleWindow
from app.vocabularies.exchange import (
    ApiScope,
    ConflictKind,
    ConflictStatus,
    DeliveryState,
    ImportKind,
    JobStatus,
    PracticeStatus,
    TransferSource,
    WebhookEvent,
)
from app.vocabularies.messages import Audience, MessageKind
from app.vocabularies.people import (
    AccountState,
    Category,
    Education,
    IdType,
    PhysicianLevel,
    Role,
    Sex,
    Title,
)
from app.vocabularies.requests import (
    CorrectedField,
    DisqualifyingActKind,
    OutsideOpinionStatus,
    RequestStatus,
)

__all__ = [
    "N_",
    "AccountState",
    "AgencyApplicationStatus",
    "AgencyKind",
    "ApiScope",
    "AppointmentStatus",
    "AssessmentStatus",
    "Audience",
    "AuthorityLevel",
    "AwayReason",
    "BodyStatus",
    "Category",
    "ConflictKind",
    "ConflictStatus",
    "CorrectedField",
    "CycleStatus",
    "DeferralStatus",
    "DeliveryState",
    "DisqualifyingActKind",
    "Education",
    "EthicsGrade",
    "EthicsItem",
    "ExemptionStatus",
    "HoldUp",
    "IdType",
    "ImportKind",
    "InstitutionGrade",
    "InstitutionKind",
    "JobStatus",
    "MessageKind",
    "OpinionPart",
    "OutsideOpinionStatus",
    "Ownership",
    "ParticipationStatus",
    "PhysicianLevel",
    "PracticeStatus",
    "Procedure",
    "RequestStatus",
    "Role",
    "ScheduleWindow",
    "Sex",
    "SimplifiedGround",
    "Title",
    "TransferSource",
    "Verdict",
    "Vocabulary",
    "WebhookEvent",
]
