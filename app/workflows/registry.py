"""Every workflow by name: what the one POST route, the diagrams and the structure tests go through."""

from collections.abc import Mapping

from app.workflows import (
    agency_application,
    appointment,
    assessment,
    body,
    cycle,
    deferral,
    exemption,
    mentorship_change,
    participation,
    registry_conflict,
)
from app.workflows.engine import Workflow

WORKFLOWS: Mapping[str, Workflow] = {
    workflow.name: workflow
    for workflow in (
        participation.PARTICIPATION,
        assessment.ASSESSMENT,
        exemption.EXEMPTION,
        deferral.DEFERRAL,
        mentorship_change.MENTORSHIP_CHANGE,
        cycle.CYCLE,
        agency_application.AGENCY_APPLICATION,
        appointment.APPOINTMENT,
        body.DEPARTMENT,
        body.INSTITUTION,
        body.AGENCY,
        body.AUTHORITY,
        registry_conflict.REGISTRY_CONFLICT,
    )
}
