"""跟班带教修改申请: asked by the physician, decided by the institution (manual 1.8)."""

from flask_babel import lazy_gettext as _l

from app.enums import MentorshipChangeStatus as C
from app.enums import Role
from app.models import MentorshipChange
from app.operations import mentorships
from app.workflows.engine import Step, Transition, Workflow
from app.workflows.review_gates import not_oneself


def _apply(step: Step) -> None:
    mentorships.apply(step.subject.mentorship, mentorships.period_of(step.subject))


def _refused(step: Step) -> None:
    step.subject.returned_reason = step.comment


MENTORSHIP_CHANGE = Workflow(
    name="mentorship_change",
    label=_l("修改申请状态"),
    model=MentorshipChange,
    initial=C.AWAITING,
    finals=frozenset({C.PASSED, C.REJECTED, C.WITHDRAWN}),
    participation_of=lambda _subject: None,
    transitions=(
        Transition(
            name="accept",
            label=_l("通过"),
            sources=frozenset({C.AWAITING}),
            target=C.PASSED,
            roles=frozenset({Role.INSTITUTION}),
            guard=not_oneself,
            effect=_apply,
            tone="primary",
        ),
        Transition(
            name="reject",
            label=_l("驳回"),
            sources=frozenset({C.AWAITING}),
            target=C.REJECTED,
            roles=frozenset({Role.INSTITUTION}),
            guard=not_oneself,
            effect=_refused,
            needs_comment=True,
            tone="danger",
        ),
        Transition(
            name="withdraw",
            label=_l("撤回申请"),
            sources=frozenset({C.AWAITING}),
            target=C.WITHDRAWN,
            roles=frozenset({Role.PHYSICIAN}),
        ),
    ),
)
