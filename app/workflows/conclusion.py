"""考核结论: filed with the authority (T29, art. 15); a reopened case takes it back until it is concluded again."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.enums import FilingStatus as F
from app.enums import Role
from app.models import Conclusion
from app.operations import objections, remedies
from app.queries.among import among
from app.security.actor import SYSTEM, unscoped
from app.workflows.bulk import fire_many
from app.workflows.engine import Step, Text, Transition, Workflow
from app.workflows.remedy import REMEDY


def _may_file(step: Step) -> Text | None:
    """Say why it cannot be filed now: somebody has objected and waits for the answer."""
    if objections.is_waiting(step.session, step.subject.assessment_id):
        return _l("复核申请尚未答复，答复后才能备案。")
    return None


def _filed(session: Session, ids: Sequence[int], at: datetime) -> None:
    session.execute(
        update(Conclusion)
        .where(among(session, Conclusion.id, ids))
        .values(filed_at=at)
        .execution_options(synchronize_session=False)
    )
    remedies.open_for(session, ids, at=at)
    for pk in remedies.cancelled_for(session, ids):
        with unscoped("a result that stands again has its consequences again"):
            REMEDY.fire(session, pk, "renew", actor=SYSTEM, at=at)


def _taken_over(session: Session, ids: Sequence[int], at: datetime) -> None:
    session.execute(
        update(Conclusion)
        .where(among(session, Conclusion.id, ids))
        .values(filed_at=at)
        .execution_options(synchronize_session=False)
    )


def take_over(session: Session, ids: Sequence[int], *, at: datetime) -> None:
    """Take imported conclusions as filed: nobody files them a second time."""
    with unscoped("what follows from an import that the actor was allowed to make"):
        fire_many(
            CONCLUSION, session, among(session, Conclusion.id, ids), "take_over",
            actor=SYSTEM, at=at,
        )  # fmt: skip


def _file_one(step: Step) -> None:
    step.session.flush()  # what follows reads the row
    _filed(step.session, [step.subject.id], step.at)
    step.session.expire(step.subject)


_AUTHORITY = frozenset({Role.AUTHORITY})
_CLOCK = frozenset({Role.SYSTEM})

CONCLUSION = Workflow(
    name="conclusion",
    label=_l("备案状态"),
    model=Conclusion,
    initial=F.AWAITING,
    finals=frozenset(),
    participation_of=lambda subject: subject.participation_id,
    bulk_effects={"file": _filed, "take_over": _taken_over},
    transitions=(
        Transition(
            name="file",
            label=_l("备案"),
            sources=frozenset({F.AWAITING}),
            target=F.FILED,
            roles=_AUTHORITY,
            guard=_may_file,
            effect=_file_one,
            tone="primary",
        ),
        Transition(  # of an earlier system: its authority has filed it already
            name="take_over",
            label=_l("导入历史考核结果"),
            sources=frozenset({F.AWAITING}),
            target=F.FILED,
            roles=_CLOCK,
            judges=(),
        ),
        Transition(  # T30: the case goes on, and its result no longer stands
            name="reopen",
            label=_l("撤回考核结论"),
            sources=frozenset({F.AWAITING, F.FILED}),
            target=F.REOPENED,
            roles=_CLOCK,
        ),
        Transition(  # concluded again
            name="renew",
            label=_l("重新认定"),
            sources=frozenset({F.AWAITING, F.FILED, F.REOPENED}),
            target=F.AWAITING,
            roles=_CLOCK,
        ),
    ),
)
