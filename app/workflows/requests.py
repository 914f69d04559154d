"""What requests have in common that one body decides: 通过, 驳回 with a reason, 撤回申请."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.enums import RequestStatus as R
from app.enums import Role
from app.workflows.engine import Effect, Guard, Step, Text, Transition, Workflow, scope_columns

_PASS = _l("通过")


def decided_request(
    name: str,
    label: Text,
    model: Any,
    *,
    deciders: frozenset[Role],
    accept: Effect,
    accept_gate: Guard,
    reject_gate: Guard,
    asker: Role = Role.PHYSICIAN,
    withdraw_gate: Guard | None = None,
    record: Effect | None = None,
    accept_guard: Guard | None = None,
    accept_label: Text = _PASS,
    participation_of: Callable[[Any], Any] = lambda _subject: None,
    scope_of: Callable[[Any], Mapping[str, Any]] = scope_columns,
    more: tuple[Transition, ...] = (),
) -> Workflow:
    """Make the workflow of one kind of request; gates say when a decision is closed.

    ``more`` are steps that only this kind has.
    """
    return Workflow(
        name=name,
        label=label,
        model=model,
        initial=R.AWAITING,
        finals=frozenset({R.PASSED, R.REJECTED, R.WITHDRAWN}),
        participation_of=participation_of,
        scope_of=scope_of,
        transitions=(
            Transition(
                name="accept",
                label=accept_label,
                sources=frozenset({R.AWAITING}),
                target=R.PASSED,
                roles=deciders,
                record=record,
                gate=accept_gate,
                guard=accept_guard,
                effect=accept,
                tone="primary",
            ),
            Transition(
                name="reject",
                label=_l("驳回"),
                sources=frozenset({R.AWAITING}),
                target=R.REJECTED,
                roles=deciders,
                gate=reject_gate,
                effect=_refused,
                needs_comment=True,
                tone="danger",
            ),
            Transition(
                name="withdraw",
                label=_l("撤回申请"),
                sources=frozenset({R.AWAITING}),
                target=R.WITHDRAWN,
                roles=frozenset({asker}),
                gate=withdraw_gate,
            ),
            *more,
        ),
    )


def _refused(step: Step) -> None:
    step.subject.returned_reason = step.comment
