"""多机构执业备案: reported by the physician, recorded by the main institution."""

from flask_babel import lazy_gettext as _l

from app.enums import Role
from app.models import PracticePlace
from app.workflows.engine import Step
from app.workflows.requests import decided_request
from app.workflows.review_gates import not_oneself


def _recorded(step: Step) -> None:
    """The record itself says it: what follows happens when a registration is handed in."""
    step.subject.returned_reason = None


PRACTICE_PLACE = decided_request(
    "practice_place",
    _l("备案状态"),
    PracticePlace,
    deciders=frozenset({Role.INSTITUTION}),
    accept=_recorded,
    accept_gate=not_oneself,
    reject_gate=not_oneself,
)
