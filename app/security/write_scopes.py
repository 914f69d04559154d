"""Who writes which rows, where that is narrower (or, for one's own trail, wider) than reading.

Part of the one table of the scope: ``scoping.py`` puts it beside what may be read.
"""

from collections.abc import Mapping
from typing import Any

from app import models as m
from app.enums import Role
from app.security.cells import AnyOf, Below, ByNation, Cell, Everything, Own

R = Role
_ALL = Everything()
_MINE = Own("institution_id", "institution_id")
_SELF = Own("physician_id", "physician_id")
_AGENCY = Own("agency_id", "agency_id")
_BELOW = Below()
_ADDRESSEE: Mapping[Role, Cell] = dict.fromkeys(
    (role for role in Role if role is not R.SYSTEM), Own("account_id", "account_id")
)

WRITES: Mapping[type[Any], Mapping[Role, Cell]] = {
    m.Authority: {R.SYSTEM_ADMIN: _ALL, R.AUTHORITY: Below("path")},
    m.Institution: {R.AUTHORITY: _BELOW, R.INSTITUTION: Own("id", "institution_id")},
    m.Agency: {R.AUTHORITY: _BELOW},
    m.Appointment: {R.AUTHORITY: _BELOW},
    m.Cycle: {R.AUTHORITY: Own("province_id", "authority_id")},
    m.CycleWindow: {R.AUTHORITY: Own("province_id", "authority_id")},
    m.Account: {
        R.SYSTEM_ADMIN: _ALL,
        R.SECURITY_ADMIN: _ALL,
        **{
            role: Own("id", "account_id")
            for role in (R.AUDIT_ADMIN, R.AUTHORITY, R.INSTITUTION, R.AGENCY, R.PROCTOR)
        },
        R.PHYSICIAN: Own("id", "account_id"),
    },
    m.Mentorship: {R.INSTITUTION: _MINE},
    m.MentorshipChange: {R.INSTITUTION: _MINE, R.PHYSICIAN: _SELF},
    m.Correction: {R.INSTITUTION: _MINE, R.PHYSICIAN: _SELF},
    m.PracticePlace: {R.INSTITUTION: _MINE, R.PHYSICIAN: _SELF},
    m.Portrait: {R.PHYSICIAN: _SELF},
    m.Recusal: {R.AGENCY: _AGENCY, R.PHYSICIAN: _SELF},
    m.TransferRequest: {
        R.AUTHORITY: Below("from_path"),
        R.INSTITUTION: AnyOf(_MINE, Own("from_institution_id", "institution_id")),
    },
    m.Figure: {},
    m.ProgressDay: {},
    m.NationalRules: {R.AUTHORITY: ByNation()},
    m.Sitting: {R.AGENCY: _AGENCY, R.PROCTOR: _AGENCY, R.PHYSICIAN: _SELF},
    m.AnswerSheet: {R.AGENCY: _AGENCY, R.PROCTOR: _AGENCY, R.PHYSICIAN: _SELF},
    m.Conclusion: {R.AUTHORITY: _BELOW},  # an agency's own follow from its steps on cases
    m.Certificate: {R.AUTHORITY: _BELOW},
    m.Objection: {R.AUTHORITY: _BELOW, R.AGENCY: _AGENCY, R.PHYSICIAN: _SELF},
    m.Remedy: {R.AUTHORITY: _BELOW, R.INSTITUTION: _MINE, R.AGENCY: _AGENCY},
    m.ExamSession: {R.AUTHORITY: Own("authority_id", "authority_id")},
    m.CommitteeMember: {R.AGENCY: _AGENCY},
    m.Penalty: {R.AUTHORITY: _BELOW},
    m.SpotCheck: {R.AUTHORITY: Own("authority_path", "authority_path")},
    m.SpotCheckItem: {R.AUTHORITY: Own("authority_path", "authority_path")},
    m.TrailEntry: dict.fromkeys(Role, _ALL),
    m.RegistryLink: {R.AUTHORITY: Own("province_id", "authority_id")},
    m.RegistryConflict: {R.AUTHORITY: Own("province_id", "authority_id")},
    m.Transfer: {R.AUTHORITY: Own("province_id", "authority_id")},
    m.Announcement: {R.AUTHORITY: Own("authority_id", "authority_id")},
    m.AnnouncementReading: _ADDRESSEE,
}
