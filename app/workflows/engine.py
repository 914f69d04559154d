"""The one place where a status moves: lock, check, log, store, effect. The caller commits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.enums import Role
from app.models import TrailEntry
from app.operations import notices
from app.operations.trail import msgid
from app.periods import local_day
from app.refusals import Refusal
from app.security.actor import Actor
from app.security.scoping import may_write
from app.workflows.outbox import announce

Text = str | LazyString

SCOPE_COLUMNS = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")


class StepRefused(Refusal):
    """A step that may not be taken; ``reason`` is in the user's words."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)  # not yet translated: the language is the reader's
        self.reason = reason


class StepOvertaken(StepRefused):
    """Somebody else was faster: the row has left the state from which the step starts."""


class StepForbidden(StepRefused):
    """The actor's role never takes this step."""


class NoSuchStep(LookupError):
    """No transition of this workflow has that name, or the row does not exist for the actor."""


@dataclass(slots=True)
class Step:
    """One attempt: what guards, records and effects may look at."""

    session: Session
    subject: Any
    actor: Actor
    at: datetime
    comment: str | None = None
    facts: Any = None
    memo: dict[str, Any] = field(default_factory=dict)  # what several guards would read again

    @property
    def today(self) -> date:
        """The day in China at which the step is taken."""
        return local_day(self.at)


Guard = Callable[[Step], Text | None]
Effect = Callable[[Step], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of a workflow's table.

    ``action`` is the button; several rows may share one, then ``when`` must be exclusive among
    them. ``gate`` says why the step is closed whatever is sent, ``record`` stores ``facts``, then
    ``when`` chooses the outcome and ``guard`` says what of the facts is missing; ``effect``
    follows the move, ``note`` writes the comment of the log. ``judges`` names the only columns
    that gate and guard look at, so that rows in bulk which share them are judged once.
    """

    name: str
    label: Text
    sources: frozenset[Any]
    target: Any
    roles: frozenset[Role]
    action: str = ""
    when: Callable[[Step], bool] | None = None
    gate: Guard | None = None
    guard: Guard | None = None
    record: Effect | None = None
    effect: Effect | None = None
    note: Callable[[Step], str | None] | None = None
    judges: tuple[str, ...] | None = None
    needs_comment: bool = False
    tone: str = "plain"

    @property
    def button(self) -> str:
        """The name under which the step is asked for."""
        return self.action or self.name


@dataclass(frozen=True, slots=True)
class Offer:
    """A button to draw: open, or closed with the reason."""

    action: str
    label: Text
    closed_reason: Text | None
    needs_comment: bool
    tone: str


OVERTAKEN = _l("该记录的状态已发生变化，可能已由他人处理。请刷新页面后再操作。")
FORBIDDEN = _l("您的角色无权进行此操作。")
COMMENT_MISSING = _l("请填写原因后再提交。")


def scope_columns(subject: Any) -> dict[str, Any]:
    """Give the columns by which a trail entry belongs to the same bodies as its subject."""
    return {name: getattr(subject, name, None) for name in SCOPE_COLUMNS}


@dataclass(frozen=True)
class Workflow:
    """A status axis of one model: its table of transitions and what follows from it."""

    name: str
    label: Text
    model: type[Any]
    initial: Enum
    finals: frozenset[Any]
    transitions: tuple[Transition, ...]
    participation_of: Callable[[Any], Any]
    bulk_effects: Mapping[str, Callable[[Session, Sequence[int], datetime], None]] = field(
        default_factory=dict
    )
    scope_of: Callable[[Any], Mapping[str, Any]] = scope_columns
    is_announced: bool = False

    def rows(self, action: str) -> tuple[Transition, ...]:
        """Give the rows behind a button.

        :raises NoSuchStep: no row has that action.
        """
        found = tuple(row for row in self.transitions if row.button == action)
        if not found:
            raise NoSuchStep(f"{self.name}.{action}")
        return found

    def fire(
        self,
        session: Session,
        subject_id: int,
        action: str,
        *,
        actor: Actor,
        at: datetime,
        comment: str | None = None,
        facts: Any = None,
    ) -> Any:
        """Take one step on one row under its lock and return the row.

        :raises NoSuchStep: unknown action, or no such row in the actor's scope.
        :raises StepForbidden: the actor's role never takes it, or the row is not the actor's to write.
        :raises StepOvertaken: the row has left the source states.
        :raises StepRefused: a guard is closed or the comment is missing.
        """
        rows = self.rows(action)
        subject = session.get(self.model, subject_id, with_for_update=True, populate_existing=True)
        if subject is None:
            raise NoSuchStep(f"{self.name} {subject_id}")
        if not may_write(subject, actor):
            raise StepForbidden(FORBIDDEN)
        step = Step(session, subject, actor, at, (comment or "").strip() or None, facts)
        row = self._chosen(rows, step)
        self._move(row, step)
        return subject

    def _chosen(self, rows: tuple[Transition, ...], step: Step) -> Transition:
        allowed = [row for row in rows if step.actor.role in row.roles]
        if not allowed:
            raise StepForbidden(FORBIDDEN)
        live = [row for row in allowed if step.subject.status in row.sources]
        if not live:
            raise StepOvertaken(OVERTAKEN)
        for gate in {row.gate for row in live if row.gate}:
            if (closed := gate(step)) is not None:
                raise StepRefused(closed)
        for record in {row.record for row in live if row.record}:
            record(step)
            step.session.flush()  # the guards below judge what was recorded
        chosen = [row for row in live if row.when is None or row.when(step)]
        if len(chosen) != 1:
            raise StepRefused(_l("当前条件下不能进行此操作，请核对填写内容。"))
        row = chosen[0]
        reason = row.guard(step) if row.guard else None
        if reason is None and row.needs_comment and not step.comment:
            reason = COMMENT_MISSING
        if reason is not None:
            raise StepRefused(reason)
        return row

    def _move(self, row: Transition, step: Step) -> None:
        subject, before = step.subject, step.subject.status
        note = row.note(step) if row.note else None
        step.session.add(self._entry(row, step, before, note))
        subject.status = row.target
        if hasattr(subject, "status_since"):
            subject.status_since = step.at
        if row.effect:
            row.effect(step)
        step.session.flush()  # a stale version must surface here, not at the caller's commit
        announce(step.session, self, row, [subject.id], before=before.name, at=step.at)
        said = {"reason": step.comment or ""}
        notices.follow(
            step.session, self.name, row.name, ids=[subject.id], at=step.at, parameters=said
        )

    def _entry(self, row: Transition, step: Step, before: Any, note: str | None) -> TrailEntry:
        subject = step.subject
        return TrailEntry(
            **actor_columns(step.actor, step.at),
            **self.scope_of(subject),
            subject=self.name,
            subject_id=subject.id,
            participation_id=self.participation_of(subject),
            action=row.name,
            action_label=msgid(row.label),
            from_status=before.name,
            to_status=row.target.name,
            comment="；".join(part for part in (step.comment, note) if part) or None,
        )

    def objection(self, step: Step, row: Transition) -> Text | None:
        """Say why a step is closed, or None; what would be recorded is not judged."""
        if step.subject.status not in row.sources:
            return _l("当前状态为“%(status)s”，不能进行此操作。", status=step.subject.status.label)
        if row.gate is not None and (closed := row.gate(step)) is not None:
            return closed
        if row.record is not None or row.guard is None:
            return None
        return row.guard(step)

    def available(
        self, session: Session, subject: Any, *, actor: Actor, at: datetime
    ) -> list[Offer]:
        """List the buttons of the actor's role, closed ones with their reason.

        Steps whose source states do not fit are left out unless no other row of the same
        button fits.
        """
        step = Step(session, subject, actor, at)
        offers: dict[str, Offer] = {}
        for row in self.transitions:
            if actor.role not in row.roles:
                continue
            reason = self.objection(step, row)
            known = offers.get(row.button)
            if known is None or (known.closed_reason is not None and reason is None):
                offers[row.button] = Offer(
                    row.button, row.label, reason, row.needs_comment, row.tone
                )
        return list(offers.values())

    def mermaid(self) -> str:
        """Draw the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.name}"]
        order = list(type(self.initial))
        states = {self.initial} | {r.target for r in self.transitions}
        states |= {source for r in self.transitions for source in r.sources}
        lines += [f"    {s.name}: {s.value}" for s in order if s in states]
        for row in self.transitions:
            who = "、".join(sorted(role.value for role in row.roles))
            for source in sorted(row.sources, key=order.index):
                step = f"{msgid(row.label)}（{who}）"
                lines.append(f"    {source.name} --> {row.target.name}: {step}")
        lines += [f"    {s.name} --> [*]" for s in order if s in self.finals]
        return "\n".join(lines) + "\n"


def actor_columns(actor: Actor, at: datetime) -> dict[str, Any]:
    """Give the columns of a trail entry that say who and when."""
    return {
        "at": at,
        "actor_name": actor.name,
        "actor_role": actor.role,
        "actor_body": actor.body or None,
        "account_id": actor.account_id,
    }
