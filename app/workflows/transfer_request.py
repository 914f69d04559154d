"""调入申请: asked by the new institution, agreed to by the old one or the authority above it (T35)."""

from flask_babel import lazy_gettext as _l

from app.enums import Role
from app.models import TransferRequest
from app.operations import transfer_requests
from app.workflows.engine import Step, Text
from app.workflows.requests import decided_request


def _is_of_the_old(step: Step) -> bool:
    if step.actor.role is Role.INSTITUTION:
        return bool(step.actor.institution_id == step.subject.from_institution_id)
    return str(step.subject.from_path).startswith(step.actor.authority_path)


def _only_the_old(step: Step) -> Text | None:
    if _is_of_the_old(step):
        return None
    return _l("由医师的原机构或其隶属卫生行政部门办理。")


def _may_agree(step: Step) -> Text | None:
    closed = _only_the_old(step)
    return closed or transfer_requests.objection(step.session, step.subject)


def _only_the_asker(step: Step) -> Text | None:
    if step.actor.institution_id == step.subject.institution_id:
        return None
    return _l("只能由提出申请的机构撤回。")


def _move(step: Step) -> None:
    transfer_requests.carry_out(step.session, step.subject, actor=step.actor, at=step.at)


TRANSFER_REQUEST = decided_request(
    "transfer_request",
    _l("调入申请状态"),
    TransferRequest,
    deciders=frozenset({Role.INSTITUTION, Role.AUTHORITY}),
    asker=Role.INSTITUTION,
    accept=_move,
    accept_gate=_may_agree,
    reject_gate=_only_the_old,
    withdraw_gate=_only_the_asker,
    accept_label=_l("同意转出"),
)
