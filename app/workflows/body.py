"""停用 and 启用 of departments, institutions, agencies and authorities: one small table each."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.enums import BodyStatus, Role
from app.models import Authority, Department, Institution
from app.workflows.engine import Guard, Step, Text, Transition, Workflow, scope_columns


def _may_stop_authority(step: Step) -> Text | None:
    if step.subject.id == step.actor.authority_id:
        return _l("不能停用本级行政机构。")
    below: Any = select(Authority.id).where(
        Authority.parent_id == step.subject.id, Authority.status == BodyStatus.ACTIVE
    )
    subordinate: Any = select(Institution.id).where(
        Institution.authority_id == step.subject.id, Institution.status == BodyStatus.ACTIVE
    )
    if any(step.session.scalar(found.limit(1)) is not None for found in (below, subordinate)):
        return _l("该行政机构仍有正常的下级机构，请先停用或调整下级机构。")
    return None


def _of_authority(subject: Any) -> dict[str, Any]:
    return scope_columns(subject) | {"authority_path": subject.path}


def _of_institution(subject: Any) -> dict[str, Any]:
    return scope_columns(subject) | {"institution_id": subject.id}


def _stopping(
    model: type[Any],
    label: Text,
    *,
    roles: frozenset[Role],
    guard: Guard | None = None,
    scope_of: Callable[[Any], dict[str, Any]] = scope_columns,
    needs_comment: bool = True,
) -> Workflow:
    return Workflow(
        name=model.__tablename__,
        label=label,
        model=model,
        initial=BodyStatus.ACTIVE,
        finals=frozenset(),
        participation_of=lambda _subject: None,
        scope_of=scope_of,
        transitions=(
            Transition(
                name="stop",
                label=_l("停用"),
                sources=frozenset({BodyStatus.ACTIVE}),
                target=BodyStatus.STOPPED,
                roles=roles,
                guard=guard,
                needs_comment=needs_comment,
                tone="danger",
            ),
            Transition(
                name="start",
                label=_l("启用"),
                sources=frozenset({BodyStatus.STOPPED}),
                target=BodyStatus.ACTIVE,
                roles=roles,
            ),
        ),
    )


_AUTHORITY = frozenset({Role.AUTHORITY})

DEPARTMENT = _stopping(
    Department,
    _l("科室状态"),
    roles=frozenset({Role.INSTITUTION}),
    needs_comment=False,  # manual 1.3: a dialog without a reason
)
INSTITUTION = _stopping(
    Institution, _l("医疗卫生机构状态"), roles=_AUTHORITY, scope_of=_of_institution
)
AUTHORITY = _stopping(
    Authority,
    _l("行政机构状态"),
    roles=_AUTHORITY | {Role.SYSTEM_ADMIN},
    guard=_may_stop_authority,
    scope_of=_of_authority,
)
