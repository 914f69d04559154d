"""指派: taking an agency's appointment back. A new one is made by operations.appointments."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.enums import AppointmentStatus, AssessmentStatus, Role
from app.models import Appointment, Assessment
from app.operations import appointments
from app.workflows.engine import Step, Text, Transition, Workflow

_WITHOUT_AGENCY = (
    AssessmentStatus.AWAITING_FORM,
    AssessmentStatus.AWAITING_INSTITUTION,
    AssessmentStatus.INSTITUTION_REJECTED,
)


def _nobody_is_assessed(step: Step) -> Text | None:
    reached = (
        select(Assessment.id)
        .where(
            Assessment.institution_id == step.subject.institution_id,
            Assessment.cycle_id == step.subject.cycle_id,
            Assessment.status.not_in(_WITHOUT_AGENCY),
        )
        .limit(1)
    )
    if step.session.scalar(reached) is not None:
        return _l("已有医师进入考核机构复核，不能取消指派。如需更换，请直接改派其他考核机构。")
    return None


def _released(step: Step) -> None:
    appointments.entrust(
        step.session,
        institution_id=step.subject.institution_id,
        cycle_id=step.subject.cycle_id,
        agency_id=None,
    )


APPOINTMENT = Workflow(
    name="appointment",
    label=_l("指派状态"),
    model=Appointment,
    initial=AppointmentStatus.ACTIVE,
    finals=frozenset({AppointmentStatus.WITHDRAWN}),
    participation_of=lambda _subject: None,
    transitions=(
        Transition(
            name="withdraw",
            label=_l("取消指派"),
            sources=frozenset({AppointmentStatus.ACTIVE}),
            target=AppointmentStatus.WITHDRAWN,
            roles=frozenset({Role.AUTHORITY}),
            guard=_nobody_is_assessed,
            effect=_released,
            needs_comment=True,
            tone="danger",
        ),
    ),
)
