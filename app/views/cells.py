"""How a value looks in a cell, on a page and in an export."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app.enums import (
    AccountState,
    AgencyApplicationStatus,
    AgencyStatus,
    AppointmentStatus,
    AssessmentStatus,
    BodyStatus,
    CertificateStatus,
    ConflictStatus,
    CycleStatus,
    DeferralStatus,
    DeliveryState,
    ExemptionStatus,
    FilingStatus,
    Finding,
    JobStatus,
    MarkStatus,
    ObjectionStatus,
    OutsideOpinionStatus,
    PaperStatus,
    ParticipationStatus,
    QuestionStatus,
    RemedyStatus,
    RequestStatus,
    Verdict,
    Vocabulary,
)
from app.periods import full_years, local_time
from app.views import words
from app.views.clock import today

_TONES: dict[Vocabulary, str] = {
    AssessmentStatus.AWAITING_FORM: "plain",
    AssessmentStatus.AWAITING_INSTITUTION: "wait",
    AssessmentStatus.INSTITUTION_REJECTED: "bad",
    AssessmentStatus.AWAITING_AGENCY: "wait",
    AssessmentStatus.AGENCY_REJECTED: "bad",
    AssessmentStatus.AWAITING_EXAM: "info",
    AssessmentStatus.DEFERRED: "plain",
    AssessmentStatus.AWAITING_MAKEUP: "wait",
    AssessmentStatus.AWAITING_VERDICT: "info",
    AssessmentStatus.COMPLETED: "ok",
    AssessmentStatus.HALTED: "plain",
    ExemptionStatus.NONE: "plain",
    ExemptionStatus.AWAITING_INSTITUTION: "wait",
    ExemptionStatus.AWAITING_AGENCY: "wait",
    ExemptionStatus.PASSED: "ok",
    ExemptionStatus.REJECTED: "bad",
    DeferralStatus.NONE: "plain",
    DeferralStatus.AWAITING_INSTITUTION: "wait",
    DeferralStatus.AWAITING_AGENCY: "wait",
    DeferralStatus.APPROVED: "ok",
    DeferralStatus.REJECTED: "bad",
    ParticipationStatus.UNCONFIRMED: "wait",
    ParticipationStatus.CONFIRMED: "ok",
    ParticipationStatus.AWAY: "plain",
    ParticipationStatus.MOVED: "plain",
    PaperStatus.NOT_STARTED: "plain",
    PaperStatus.ENTERED: "wait",
    PaperStatus.SITTING: "info",
    PaperStatus.HANDED_IN: "wait",
    PaperStatus.VOID: "bad",
    MarkStatus.NONE: "plain",
    MarkStatus.SUSPECTED: "wait",
    MarkStatus.CONFIRMED: "bad",
    PaperStatus.DONE: "ok",
    PaperStatus.ABSENT: "bad",
    PaperStatus.EXEMPT: "ok",
    QuestionStatus.DRAFT: "wait",
    QuestionStatus.REVIEWED: "ok",
    QuestionStatus.RETIRED: "plain",
    BodyStatus.ACTIVE: "ok",
    BodyStatus.STOPPED: "plain",
    AgencyStatus.ACTIVE: "ok",
    AgencyStatus.STOPPED: "plain",
    AgencyStatus.DISQUALIFIED: "bad",
    Finding.CONFIRMED: "ok",
    Finding.DIFFERENT: "bad",
    CycleStatus.DRAFT: "plain",
    CycleStatus.OPEN: "ok",
    CycleStatus.CLOSED: "plain",
    AccountState.INITIAL: "wait",
    AccountState.ACTIVE: "ok",
    AccountState.STOPPED: "plain",
    AgencyApplicationStatus.DRAFT: "plain",
    AgencyApplicationStatus.AWAITING: "wait",
    AgencyApplicationStatus.PASSED: "ok",
    AgencyApplicationStatus.REJECTED: "bad",
    RequestStatus.AWAITING: "wait",
    RequestStatus.PASSED: "ok",
    RequestStatus.REJECTED: "bad",
    RequestStatus.WITHDRAWN: "plain",
    OutsideOpinionStatus.AWAITING: "wait",
    OutsideOpinionStatus.GIVEN: "ok",
    AppointmentStatus.ACTIVE: "ok",
    AppointmentStatus.WITHDRAWN: "plain",
    ConflictStatus.PENDING: "wait",
    ConflictStatus.ADOPTED: "ok",
    ConflictStatus.KEPT: "info",
    ConflictStatus.IGNORED: "plain",
    ConflictStatus.SUPERSEDED: "plain",
    FilingStatus.AWAITING: "wait",
    FilingStatus.FILED: "ok",
    FilingStatus.REOPENED: "info",
    CertificateStatus.VALID: "ok",
    CertificateStatus.REVOKED: "bad",
    CertificateStatus.REPLACED: "plain",
    ObjectionStatus.AWAITING: "wait",
    ObjectionStatus.UPHELD: "plain",
    ObjectionStatus.CHANGED: "info",
    ObjectionStatus.WITHDRAWN: "plain",
    RemedyStatus.PENDING: "wait",
    RemedyStatus.SUSPENDED: "bad",
    RemedyStatus.TRAINING: "info",
    RemedyStatus.AWAITING: "wait",
    RemedyStatus.PASSED: "ok",
    RemedyStatus.REPORTED: "bad",
    RemedyStatus.DEREGISTERED: "plain",
    RemedyStatus.CANCELLED: "plain",
    Verdict.PASS: "ok",
    Verdict.FAIL: "bad",
    DeliveryState.WAITING: "wait",
    DeliveryState.DELIVERED: "ok",
    DeliveryState.FAILED: "bad",
    JobStatus.QUEUED: "wait",
    JobStatus.RUNNING: "info",
    JobStatus.DONE: "ok",
    JobStatus.FAILED: "bad",
    JobStatus.CANCELLED: "plain",
}


def tone(word: Vocabulary) -> str:
    """Give the chip tone of a status."""
    return _TONES.get(word, "plain")


def chip(word: Vocabulary) -> Markup:
    """Draw a status as a chip."""
    return Markup('<span class="chip {}">{}</span>').format(f"tone-{tone(word)}", words.term(word))


def shown(value: Any) -> Any:
    """Write a value for a page; statuses become chips."""
    if value is None or value == "":
        return ""
    if isinstance(value, Vocabulary):
        return chip(value) if value in _TONES else words.term(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return local_time(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value


def clock(moment: datetime) -> str:
    """Write the time of day in China, to the second."""
    return local_time(moment).strftime("%H:%M:%S")


def drawn(column: Any, value: Any) -> Any:
    """Write a value for a list's cell."""
    return column.show(value) if column.show else shown(value)


def age(born: date) -> int:
    """Give completed years of age today."""
    return full_years(born, today())


def plain(value: Any) -> Any:
    """Give a value for a spreadsheet: words, numbers and real dates."""
    if isinstance(value, Vocabulary):
        return str(value.label)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return local_time(value)
    return value
