"""Who sees and who writes which rows: one table for the whole application.

A missing cell sees nothing. scope_session.py adds the cells to every statement and checks every
flush.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect

from app import models as m
from app.enums import Audience, Role
from app.security.actor import Actor
from app.security.cells import (
    Above,
    Announced,
    AnyOf,
    Below,
    Cell,
    Entrusted,
    Everything,
    InProvince,
    Nothing,
    Own,
    Worn,
)
from app.security.write_scopes import WRITES

R = Role
_ALL = Everything()
_MINE = Own("institution_id", "institution_id")
_SELF = Own("physician_id", "physician_id")
_AGENCY = Own("agency_id", "agency_id")
_BELOW = Below()

_CASE: Mapping[Role, Cell] = {
    R.AUTHORITY: _BELOW,
    R.INSTITUTION: _MINE,
    R.AGENCY: _AGENCY,
    R.PROCTOR: _AGENCY,
    R.PHYSICIAN: _SELF,
}
_BODY: Mapping[Role, Cell] = {
    R.AUTHORITY: Own("authority_id", "authority_id"),
    R.INSTITUTION: _MINE,
    R.AGENCY: _AGENCY,
}
_UPLOADER: Mapping[Role, Cell] = {
    R.INSTITUTION: _MINE,
    R.AUTHORITY: Own("authority_id", "authority_id"),
}
_BANK: Mapping[Role, Cell] = {  # nobody below, and no office next door, reads questions
    R.AUTHORITY: Own("authority_id", "authority_id")
}
_EVERYBODY: Mapping[Role, Cell] = {role: _ALL for role in Role if role not in (R.SYSTEM,)}
_HAT: Mapping[Role, Cell] = {
    role: Own("identity_id", "identity_id") for role in Role if role is not R.SYSTEM
}
_BY_PROVINCE: Mapping[Role, Cell] = {
    role: InProvince() for role in (R.AUTHORITY, R.INSTITUTION, R.AGENCY, R.PROCTOR, R.PHYSICIAN)
}
_PEOPLE = tuple(role for role in Role if role is not R.SYSTEM)
_ADDRESSEE: Mapping[Role, Cell] = dict.fromkeys(_PEOPLE, Own("account_id", "account_id"))


def _told(audience: Audience) -> Cell:
    return Announced(frozenset({Audience.ALL, audience}))


SCOPES: Mapping[type[Any], Mapping[Role, Cell]] = {
    m.Authority: _EVERYBODY,
    m.Institution: {
        R.SYSTEM_ADMIN: _ALL,
        R.SECURITY_ADMIN: _ALL,
        R.AUDIT_ADMIN: _ALL,
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: Own("id", "institution_id"),
        R.PHYSICIAN: Own("id", "institution_id"),
        R.AGENCY: AnyOf(Entrusted("id"), Own("id", "institution_id")),
        R.PROCTOR: Entrusted("id"),
    },
    m.Agency: {
        R.SYSTEM_ADMIN: _ALL,
        R.SECURITY_ADMIN: _ALL,
        R.AUDIT_ADMIN: _ALL,
        R.AUTHORITY: AnyOf(_BELOW, Above()),
        R.INSTITUTION: InProvince(),
        R.PHYSICIAN: InProvince(),
        R.AGENCY: Own("id", "agency_id"),
        R.PROCTOR: Own("id", "agency_id"),
    },
    m.Appointment: {
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: _MINE,
        R.PHYSICIAN: _MINE,
        R.AGENCY: _AGENCY,
        R.PROCTOR: _AGENCY,
    },
    m.AgencyApplication: {R.AUTHORITY: _BELOW, R.INSTITUTION: _MINE},
    m.AgencyApplicationFile: {R.AUTHORITY: _BELOW, R.INSTITUTION: _MINE},
    m.Department: {
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: _MINE,
        R.PHYSICIAN: _MINE,
        R.AGENCY: Entrusted(),
        R.PROCTOR: Entrusted(),
    },
    m.DepartmentSubject: {
        R.AUTHORITY: InProvince(),
        R.INSTITUTION: _MINE,
        R.PHYSICIAN: _MINE,
        R.AGENCY: Entrusted(),
        R.PROCTOR: Entrusted(),
    },
    m.Account: {
        R.SYSTEM_ADMIN: _ALL,
        R.SECURITY_ADMIN: _ALL,
        R.AUDIT_ADMIN: _ALL,
        R.AUTHORITY: AnyOf(Own("id", "account_id"), Worn(_BELOW)),
        R.INSTITUTION: AnyOf(Own("id", "account_id"), Worn(_MINE)),
        R.AGENCY: Own("id", "account_id"),
        R.PROCTOR: Own("id", "account_id"),
        R.PHYSICIAN: Own("id", "account_id"),
    },
    m.Identity: {
        R.SYSTEM_ADMIN: _ALL,
        R.SECURITY_ADMIN: _ALL,
        R.AUDIT_ADMIN: _ALL,
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: AnyOf(_MINE, Own("account_id", "account_id")),
        R.AGENCY: AnyOf(_AGENCY, Own("account_id", "account_id")),
        R.PROCTOR: Own("account_id", "account_id"),
        R.PHYSICIAN: Own("account_id", "account_id"),
    },
    m.Physician: {
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: _MINE,
        R.AGENCY: Entrusted(),
        R.PROCTOR: Entrusted(),
        R.PHYSICIAN: Own("id", "physician_id"),
    },
    m.Cycle: _BY_PROVINCE,
    m.CycleWindow: _BY_PROVINCE,
    m.NationalRules: {R.AUTHORITY: _ALL},
    m.Question: _BANK,
    m.QuestionGroup: _BANK,
    m.QuestionFigure: _BANK,
    m.QuestionImage: _BANK,
    m.Blueprint: _BANK,
    m.ProgressDay: {R.AUTHORITY: _BELOW},
    m.Participation: _CASE,
    m.Figure: {role: cell for role, cell in _CASE.items() if role is not R.PHYSICIAN},
    m.Assessment: _CASE,
    m.Registration: _CASE,
    m.WorkYear: _CASE,
    m.EthicsAnswer: _CASE,
    m.Experience: _CASE,
    m.Opinion: _CASE,
    m.OutsideOpinion: {
        **_CASE,
        R.INSTITUTION: AnyOf(_MINE, Own("place_institution_id", "institution_id")),
    },
    m.ConductRecord: _CASE,
    m.DisqualifyingAct: _CASE,
    m.Paper: _CASE,
    m.ExamSession: _BY_PROVINCE,
    m.Sitting: _CASE,
    m.AnswerSheet: _CASE,  # lists of sittings ask it whether they have ended
    m.AnswerEntry: {R.PHYSICIAN: _SELF},
    m.SittingEvent: {R.AGENCY: _AGENCY, R.PROCTOR: _AGENCY, R.PHYSICIAN: _SELF},
    m.Snapshot: {R.AGENCY: _AGENCY, R.PROCTOR: _AGENCY, R.PHYSICIAN: _SELF},
    m.Recusal: {R.AUTHORITY: _BELOW, R.AGENCY: _AGENCY, R.PHYSICIAN: _SELF},
    m.Remark: _CASE,
    m.CommitteeMember: {R.AUTHORITY: _BELOW, R.AGENCY: _AGENCY},
    m.Penalty: {
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: _MINE,
        R.AGENCY: Entrusted(),
        R.PHYSICIAN: _SELF,
    },
    m.SpotCheck: {R.AUTHORITY: _BELOW},
    m.SpotCheckItem: {R.AUTHORITY: _BELOW},
    m.Conclusion: {role: cell for role, cell in _CASE.items() if role is not R.PROCTOR},
    m.Certificate: {
        role: cell for role, cell in _CASE.items() if role not in (R.PROCTOR, R.AGENCY)
    },
    m.Objection: {role: cell for role, cell in _CASE.items() if role is not R.PROCTOR},
    m.Remedy: {role: cell for role, cell in _CASE.items() if role is not R.PROCTOR},
    m.Attachment: _CASE,
    m.Exemption: _CASE,
    m.Deferral: _CASE,
    m.Mentorship: {R.AUTHORITY: _BELOW, R.INSTITUTION: _MINE, R.PHYSICIAN: _SELF},
    m.MentorshipChange: {R.AUTHORITY: _BELOW, R.INSTITUTION: _MINE, R.PHYSICIAN: _SELF},
    m.Correction: {R.AUTHORITY: _BELOW, R.INSTITUTION: _MINE, R.PHYSICIAN: _SELF},
    m.PracticePlace: {R.AUTHORITY: _BELOW, R.INSTITUTION: _MINE, R.PHYSICIAN: _SELF},
    m.Portrait: {
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: _MINE,
        R.AGENCY: Entrusted(),
        R.PROCTOR: Entrusted(),
        R.PHYSICIAN: _SELF,
    },
    m.TransferRequest: {
        R.AUTHORITY: AnyOf(_BELOW, Below("from_path")),
        R.INSTITUTION: AnyOf(_MINE, Own("from_institution_id", "institution_id")),
        R.PHYSICIAN: _SELF,
    },
    m.RegistryLink: {
        R.SYSTEM_ADMIN: _ALL,
        R.AUTHORITY: InProvince(),
        R.INSTITUTION: InProvince(),
    },
    m.RegistryRecord: {R.AUTHORITY: Own("province_id", "authority_id")},
    m.RegistryConflict: {
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: AnyOf(_MINE, Own("target_id", "institution_id")),
    },
    m.Transfer: {
        R.AUTHORITY: AnyOf(_BELOW, Below("from_path")),
        R.INSTITUTION: AnyOf(_MINE, Own("from_institution_id", "institution_id")),
        R.PHYSICIAN: _SELF,
    },
    m.Upload: {R.PHYSICIAN: _SELF},
    m.UploadPiece: {R.PHYSICIAN: _SELF},
    m.RosterUpload: _UPLOADER,
    m.RosterChunk: _UPLOADER,
    m.TrailEntry: {
        R.SYSTEM_ADMIN: Own("account_id", "account_id"),
        R.SECURITY_ADMIN: Own("account_id", "account_id"),
        R.AUDIT_ADMIN: _ALL,
        R.AUTHORITY: _BELOW,
        R.INSTITUTION: _MINE,
        R.AGENCY: _AGENCY,
        R.PROCTOR: Own("account_id", "account_id"),
        R.PHYSICIAN: _SELF,
    },
    m.ApiToken: _BODY,
    m.WebhookEndpoint: _BODY,
    m.WebhookDelivery: _BODY,
    m.Message: _ADDRESSEE,
    m.MessagePreference: _ADDRESSEE,
    m.MailAddress: _ADDRESSEE,
    m.MailOutbox: {},
    m.Announcement: {
        R.AUTHORITY: AnyOf(_BELOW, Announced(frozenset({Audience.ALL}))),
        R.INSTITUTION: _told(Audience.INSTITUTIONS),
        R.PHYSICIAN: _told(Audience.PHYSICIANS),
        R.AGENCY: _told(Audience.AGENCIES),
        R.PROCTOR: _told(Audience.AGENCIES),
    },
    m.AnnouncementReading: {
        **_ADDRESSEE,
        R.AUTHORITY: AnyOf(Own("authority_id", "authority_id"), Own("account_id", "account_id")),
    },
    m.Job: _HAT,
    m.JobFile: _HAT,
    m.JobFilePart: _HAT,
}

PUBLIC: frozenset[type[Any]] = frozenset(
    {
        m.Subject,
        m.WebSession,
        m.LoginGuard,
        m.Setting,
        m.PageRoleScope,
        m.IdempotentAnswer,
        m.WorkerBeat,
        m.PeriodicRun,
        m.TrailSeal,
    }
)
"""Models without rows of anybody: reference data, and what only sessions and workers touch."""


def readable(model: type[Any], actor: Actor) -> Cell:
    """Give the cell that rules what ``actor`` may see of ``model``."""
    if actor.role is Role.SYSTEM:
        return _ALL
    return SCOPES[model].get(actor.role, Nothing())


def writable(model: type[Any], actor: Actor) -> Cell:
    """Give the cell that rules what ``actor`` may write of ``model``."""
    if actor.role is Role.SYSTEM:
        return _ALL
    table = WRITES.get(model, SCOPES[model])
    return table.get(actor.role, Nothing())


def may_write(row: Any, actor: Actor) -> bool:
    """Say whether ``actor`` may write a row that was read: one may know bodies one cannot manage."""
    return writable(type(row), actor).holds(inspect(row).dict, actor)
