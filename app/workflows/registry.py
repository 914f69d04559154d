"""Every workflow by name: what the one POST route, the diagrams and the structure tests go through."""

from collections.abc import Mapping

from app.workflows import (
    agency,
    agency_application,
    appointment,
    assessment,
    body,
    certificate,
    conclusion,
    correction,
    cycle,
    deferral,
    exemption,
    mentorship_change,
    objection,
    outside_opinion,
    paper,
    participation,
    practice_place,
    proctoring,
    question,
    recusal,
    registry_conflict,
    remedy,
    transfer_request,
)
from app.workflows.engine import Workflow

WORKFLOWS: Mapping[str, Workflow] = {
    workflow.name: workflow
    for workflow in (
        participation.PARTICIPATION,
        assessment.ASSESSMENT,
        paper.PAPER,
        proctoring.PROCTORING,
        conclusion.CONCLUSION,
        certificate.CERTIFICATE,
        objection.OBJECTION,
        remedy.REMEDY,
        exemption.EXEMPTION,
        deferral.DEFERRAL,
        mentorship_change.MENTORSHIP_CHANGE,
        correction.CORRECTION,
        practice_place.PRACTICE_PLACE,
        outside_opinion.OUTSIDE_OPINION,
        transfer_request.TRANSFER_REQUEST,
        recusal.RECUSAL,
        cycle.CYCLE,
        question.QUESTION,
        agency_application.AGENCY_APPLICATION,
        appointment.APPOINTMENT,
        body.DEPARTMENT,
        body.INSTITUTION,
        agency.AGENCY,
        body.AUTHORITY,
        registry_conflict.REGISTRY_CONFLICT,
    )
}
