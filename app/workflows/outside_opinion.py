"""多执业机构其它意见: signed by the other institution while the case is under review (manual 1.7)."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.enums import AssessmentStatus, Role
from app.enums import OutsideOpinionStatus as O
from app.models import Assessment, OutsideOpinion
from app.security.actor import unscoped
from app.workflows.engine import Step, Text, Transition, Workflow

LONGEST = 1000


def _may_sign(step: Step) -> Text | None:
    if step.actor.institution_id != step.subject.place_institution_id:
        return _l("由该执业机构出具意见。")
    with unscoped("the other institution may know that the case waits, and nothing else of it"):
        status = step.session.scalar(
            select(Assessment.status).where(Assessment.id == step.subject.assessment_id)
        )
    if status is not AssessmentStatus.AWAITING_INSTITUTION:
        return _l("该医师的报名信息不在医疗卫生机构审核期间，暂不能出具意见。")
    return None


def _typed_in_here(step: Step) -> Text | None:
    own = step.actor.institution_id == step.subject.institution_id
    if own and step.subject.place_institution_id is None:
        return None
    return _l("由该执业机构出具意见。")


def _write(step: Step) -> None:
    if isinstance(step.facts, str) and step.facts.strip():
        step.subject.content = step.facts.strip()[:LONGEST]


def _content_missing(step: Step) -> Text | None:
    return None if step.subject.content else _l("请填写机构意见。")


def _sign(step: Step) -> None:
    step.subject.given_at = step.at
    step.subject.given_by = step.actor.name


def _participation(subject: Any) -> int | None:
    with unscoped("an entry of the trail belongs to the case"):
        found: int | None = subject.assessment.participation_id
    return found


OUTSIDE_OPINION = Workflow(
    name="outside_opinion",
    label=_l("意见状态"),
    model=OutsideOpinion,
    initial=O.AWAITING,
    finals=frozenset({O.GIVEN}),
    participation_of=_participation,
    transitions=(
        Transition(  # by the main institution, which was told
            name="type_in",
            label=_l("新增意见"),
            sources=frozenset({O.AWAITING}),
            target=O.GIVEN,
            roles=frozenset({Role.INSTITUTION}),
            guard=_typed_in_here,
            effect=_sign,
            note=lambda step: str(step.subject.place),
        ),
        Transition(
            name="sign",
            label=_l("出具意见"),
            sources=frozenset({O.AWAITING}),
            target=O.GIVEN,
            roles=frozenset({Role.INSTITUTION}),
            record=_write,
            gate=_may_sign,
            guard=_content_missing,
            effect=_sign,
            tone="primary",
        ),
    ),
)
