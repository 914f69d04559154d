"""合格证书: revoked or replaced with a reason; what was printed stays to be verified."""

from flask_babel import lazy_gettext as _l

from app.enums import CertificateStatus as C
from app.enums import Role
from app.models import Certificate
from app.operations import certificates
from app.workflows.engine import Step, Text, Transition, Workflow


def _said(step: Step) -> None:
    step.subject.reason = step.comment


def _may_replace(step: Step) -> Text | None:
    return certificates.objection(step.session, step.subject.conclusion, is_replacing=True)


def _replaced(step: Step) -> None:
    _said(step)
    step.session.flush()  # the new one counts on from this one
    certificates.issue(step.session, step.subject.conclusion, actor=step.actor, at=step.at)


CERTIFICATE = Workflow(
    name="certificate",
    label=_l("证书状态"),
    model=Certificate,
    initial=C.VALID,
    finals=frozenset({C.REVOKED, C.REPLACED}),
    participation_of=lambda subject: subject.participation_id,
    transitions=(
        Transition(
            name="replace",
            label=_l("补发"),
            sources=frozenset({C.VALID}),
            target=C.REPLACED,
            roles=frozenset({Role.AUTHORITY}),
            guard=_may_replace,
            effect=_replaced,
            needs_comment=True,
        ),
        Transition(
            name="revoke",
            label=_l("撤销"),
            sources=frozenset({C.VALID}),
            target=C.REVOKED,
            roles=frozenset({Role.AUTHORITY, Role.SYSTEM}),
            effect=_said,
            needs_comment=True,
            tone="danger",
        ),
    ),
)
