"""更正申请: asked by the physician with a proof, decided by the institution."""

from flask_babel import lazy_gettext as _l

from app.enums import Role
from app.models import Correction
from app.operations import corrections
from app.workflows.engine import Step, Text
from app.workflows.requests import decided_request
from app.workflows.review_gates import not_oneself


def _may_accept(step: Step) -> Text | None:
    closed = not_oneself(step)
    return closed if closed is not None else corrections.objection(step.session, step.subject)


def _apply(step: Step) -> None:
    corrections.apply(step.session, step.subject, actor=step.actor, at=step.at)


CORRECTION = decided_request(
    "correction",
    _l("更正申请状态"),
    Correction,
    deciders=frozenset({Role.INSTITUTION}),
    accept=_apply,
    accept_gate=_may_accept,
    reject_gate=not_oneself,
)
