"""跟班带教修改申请: asked by the physician, decided by the institution (manual 1.8)."""

from flask_babel import lazy_gettext as _l

from app.enums import Role
from app.models import MentorshipChange
from app.operations import mentorships
from app.workflows.engine import Step
from app.workflows.requests import decided_request
from app.workflows.review_gates import not_oneself


def _apply(step: Step) -> None:
    mentorships.apply(step.subject.mentorship, mentorships.period_of(step.subject))


MENTORSHIP_CHANGE = decided_request(
    "mentorship_change",
    _l("修改申请状态"),
    MentorshipChange,
    deciders=frozenset({Role.INSTITUTION}),
    accept=_apply,
    accept_gate=not_oneself,
    reject_gate=not_oneself,
)
