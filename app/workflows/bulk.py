"""One step on thousands of rows: locked reads, guards row by row, set-based writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, insert, literal, null, select, type_coerce, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from app.models import TrailEntry
from app.operations import notices
from app.operations.trail import msgid
from app.queries.among import among
from app.security.actor import Actor
from app.security.scope_session import SetBased
from app.workflows.engine import (
    COMMENT_MISSING,
    FORBIDDEN,
    OVERTAKEN,
    SCOPE_COLUMNS,
    NoSuchStep,
    Step,
    StepForbidden,
    Text,
    Transition,
    Workflow,
    actor_columns,
)
from app.workflows.outbox import announce

CHUNK = 5000  # rows a statement; SQLite allows 32,766 bound parameters


@dataclass(slots=True)
class BulkOutcome:
    """What a set-based step did: ids done, and ids refused with the reason."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, Text] = field(default_factory=dict)


def fire_many(
    workflow: Workflow,
    session: Session,
    criterion: Any,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    comment: str | None = None,
) -> BulkOutcome:
    """Take one step on every row that ``criterion`` finds, in id order; refused rows stay as they are.

    Only a step with an entry in the workflow's ``bulk_effects`` goes in bulk: whatever follows the
    move of a single row would be left out for the others.

    :raises NoSuchStep: unknown action, or one that does not go in bulk.
    :raises StepForbidden: the actor's role never takes it.
    """
    row = workflow.rows(action)[0]
    if row.name not in workflow.bulk_effects:
        raise NoSuchStep(f"{workflow.name}.{action} does not go in bulk")
    if actor.role not in row.roles:
        raise StepForbidden(FORBIDDEN)
    outcome = BulkOutcome()
    judge = _Judge(workflow.model, row, session=session, actor=actor, at=at, comment=comment)
    last = 0
    while True:
        found = judge.locked(criterion, after=last)
        ids = []
        for subject_id, status, *shared in found:
            reason = judge.objection(subject_id, status, tuple(shared))
            if reason is None:
                ids.append(subject_id)
            else:
                outcome.refused[subject_id] = reason
        if ids:
            _move(workflow, row, session, ids, actor=actor, at=at, comment=comment)
        outcome.done.extend(ids)
        if len(found) < CHUNK:
            return outcome
        last = found[-1].id


@dataclass
class _Judge:
    """Judges rows by what their guards look at: rows that share it are judged once."""

    model: Any
    row: Transition
    session: Session
    actor: Actor
    at: datetime
    comment: str | None
    known: dict[tuple[Any, ...], Text | None] = field(default_factory=dict)

    def locked(self, criterion: Any, *, after: int) -> Sequence[Any]:
        """Lock the next rows in id order and read no more of them than is judged."""
        model = self.model
        statement = (
            select(model.id, model.status, *(getattr(model, name) for name in self._looked_at))
            .where(criterion, model.id > after)
            .order_by(model.id)
            .limit(CHUNK)
            .with_for_update(of=model)
        )
        return self.session.execute(statement).all()

    @property
    def _looked_at(self) -> tuple[str, ...]:
        return ("id",) if self.row.judges is None else self.row.judges

    def objection(self, subject_id: int, status: Any, shared: tuple[Any, ...]) -> Text | None:
        """Say why a row stays as it is, or None."""
        if status not in self.row.sources:
            return OVERTAKEN
        if self.row.needs_comment and not self.comment:
            return COMMENT_MISSING
        if shared not in self.known:
            is_held = identity_key(self.model, subject_id) in self.session.identity_map
            subject = self.session.get_one(self.model, subject_id, populate_existing=True)
            step = Step(self.session, subject, self.actor, self.at, self.comment)
            self.known[shared] = _closed(self.row, step)
            if not is_held:  # of thousands none is kept; the caller's own stays
                self.session.expunge(subject)
        return self.known[shared]


def _closed(row: Transition, step: Step) -> Text | None:
    reason = row.gate(step) if row.gate else None
    return row.guard(step) if reason is None and row.guard else reason


def _move(
    workflow: Workflow,
    row: Transition,
    session: Session,
    ids: Sequence[int],
    *,
    actor: Actor,
    at: datetime,
    comment: str | None,
) -> None:
    model = workflow.model
    facts = {
        **actor_columns(actor, at),
        "subject": workflow.name,
        "action": row.name,
        "action_label": msgid(row.label),
        "to_status": row.target.name,
        "comment": comment,
    }
    columns = [getattr(TrailEntry, name) for name in facts]
    values = [
        literal(value, type_=column.type).label(column.key)
        for column, value in zip(columns, facts.values(), strict=True)
    ]
    source = select(
        model.id,
        workflow.participation_of(model),
        *(getattr(model, name, null()) for name in SCOPE_COLUMNS),
        type_coerce(model.status, String),
        *values,
    ).where(among(session, model.id, ids))
    names = ["subject_id", "participation_id", *SCOPE_COLUMNS, "from_status", *facts]
    session.execute(
        insert(TrailEntry).from_select(names, source).options(SetBased()),
    )
    announce(session, workflow, row, ids, before=type_coerce(model.status, String), at=at)
    session.execute(
        update(model)
        .where(among(session, model.id, ids))
        .values(status=row.target, version=model.version + 1)
        .execution_options(synchronize_session=False)
    )
    workflow.bulk_effects[row.name](session, ids, at)
    said = {"reason": comment or ""}
    notices.follow(session, workflow.name, row.name, ids=ids, at=at, parameters=said)
