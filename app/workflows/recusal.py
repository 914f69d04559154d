"""回避申请: asked by the physician, decided by the agency, which names the person (art. 16)."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.enums import RequestStatus as R
from app.enums import Role
from app.models import Recusal
from app.operations import recusals
from app.workflows.engine import Step, Text, Transition, scope_columns
from app.workflows.requests import decided_request


def _not_about_oneself(step: Step) -> Text | None:
    if step.actor.physician_id is not None and step.actor.physician_id == step.subject.physician_id:
        return _l("不能审核本人的申请，请由其他人员审核。")
    return None


def _name_person(step: Step) -> None:
    people = dict(recusals.assessors(step.session, agency_id=step.subject.agency_id))
    if step.facts in people:
        step.subject.assessor_account_id = step.facts


def _person_missing(step: Step) -> Text | None:
    if step.subject.assessor_account_id is None:
        return _l("请选择需要回避的考核人员，再点击通过。")
    return None


def _granted(step: Step) -> None:
    step.subject.returned_reason = None


def _is_declared(step: Step) -> Text | None:
    row = step.subject
    if row.is_declared and row.assessor_account_id == step.actor.account_id:
        return None
    return _l("只能由考核人员本人声明回避。")


def _scope(subject: Any) -> dict[str, Any]:
    """The institution learns nothing of whom its physician objects to, nor the physician who went."""
    whose = {**scope_columns(subject), "institution_id": None}
    return {**whose, "physician_id": None} if subject.is_declared else whose


RECUSAL = decided_request(
    "recusal",
    _l("回避申请状态"),
    Recusal,
    deciders=frozenset({Role.AGENCY}),
    accept=_granted,
    accept_gate=_not_about_oneself,
    reject_gate=_not_about_oneself,
    record=_name_person,
    accept_guard=_person_missing,
    participation_of=lambda subject: subject.assessment.participation_id,
    scope_of=_scope,
    more=(
        Transition(  # art. 16: whoever has an interest must go
            name="declare",
            label=_l("声明回避"),
            sources=frozenset({R.AWAITING}),
            target=R.PASSED,
            roles=frozenset({Role.AGENCY}),
            guard=_is_declared,
            note=lambda step: f"{step.subject.assessor_name}：{step.subject.reason}",
        ),
    ),
)
