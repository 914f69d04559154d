"""试题: written by one person, 审定 by another; what papers may come from is reviewed."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.enums import QuestionStatus as Q
from app.enums import Role
from app.models import Question
from app.security.actor import current_actor
from app.workflows.engine import Step, Text, Transition, Workflow

_AUTHORITY = frozenset({Role.AUTHORITY})


def _written_by_another(step: Step) -> Text | None:
    if step.subject.author_id is None or step.subject.author_id != step.actor.account_id:
        return None
    return _l("命题人不能审定自己编写的试题，请由另一人审定。")


def _sign(step: Step) -> None:
    step.subject.reviewed_by, step.subject.reviewed_at = step.actor.name, step.at


def _sign_many(session: Session, ids: Sequence[int], at: datetime) -> None:
    signed = {"reviewed_by": current_actor().name, "reviewed_at": at}
    statement = update(Question).where(Question.id.in_(ids)).values(signed)
    session.execute(statement.execution_options(synchronize_session=False))


def _unsign(step: Step) -> None:
    step.subject.reviewed_by = step.subject.reviewed_at = None


QUESTION = Workflow(
    name="question",
    label=_l("试题状态"),
    model=Question,
    initial=Q.DRAFT,
    finals=frozenset(),
    participation_of=lambda _subject: None,
    bulk_effects={"review": _sign_many},
    transitions=(
        Transition(
            name="review",
            label=_l("审定"),
            sources=frozenset({Q.DRAFT}),
            target=Q.REVIEWED,
            roles=_AUTHORITY,
            guard=_written_by_another,
            effect=_sign,
            judges=("author_id",),
            tone="primary",
        ),
        Transition(
            name="revise",
            label=_l("退回修改"),
            sources=frozenset({Q.REVIEWED, Q.RETIRED}),
            target=Q.DRAFT,
            roles=_AUTHORITY,
            effect=_unsign,
            needs_comment=True,
        ),
        Transition(
            name="retire",
            label=_l("停用"),
            sources=frozenset({Q.DRAFT, Q.REVIEWED}),
            target=Q.RETIRED,
            roles=_AUTHORITY,
            needs_comment=True,
            tone="danger",
        ),
    ),
)
