"""待匹配: what the province decides where the registry and we disagree."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AwayReason, ConflictKind, ParticipationStatus, PracticeStatus, Role
from app.enums import ConflictStatus as C
from app.models import Participation, RegistryConflict
from app.operations import registry_intake, registry_links
from app.operations.registry_changes import RegistryChange, from_document
from app.operations.registry_judgement import Outcome, Verdict
from app.queries import cycles
from app.workflows.engine import Step, Text, Transition, Workflow
from app.workflows.participation import PARTICIPATION, Absence

_AWAY: Mapping[PracticeStatus, AwayReason] = {
    PracticeStatus.SUSPENDED: AwayReason.OTHER,
    PracticeStatus.RETIRED: AwayReason.RETIRED,
    PracticeStatus.CANCELLED: AwayReason.LEFT,
}


def _may_adopt(step: Step) -> Text | None:
    change = from_document(step.subject)
    verdict = registry_intake.confirmed(step.session, change, province_id=step.subject.province_id)
    if verdict.outcome is not Outcome.CONFLICT:
        return None
    if verdict.kind is ConflictKind.NOT_PRACTISING:
        return _still_takes_part(step, verdict)
    if verdict.kind is ConflictKind.INSTITUTION:
        return _l(
            "本系统没有统一社会信用代码为“%(code)s”的正常机构，"
            "请先在医疗卫生机构管理中新增或启用该机构。",
            code=change.uscc,
        )
    return _l("注册信息有误，不能采用。请由注册系统更正，更正后会再次同步。")


def _still_takes_part(step: Step, verdict: Verdict) -> Text | None:
    place = _participation(step, verdict)
    if place is not None and place.status is ParticipationStatus.CONFIRMED:
        return _l(
            "该医师已确认参加本周期考核，请先由医疗卫生机构取消参加；"
            "已提交报名信息的，先由隶属卫生行政部门驳回。"
        )
    return None


def _participation(step: Step, verdict: Verdict) -> Participation | None:
    cycle = cycles.current(step.session, province_id=step.subject.province_id)
    if cycle is None or verdict.ours is None:
        return None
    return step.session.scalars(
        select(Participation).where(
            Participation.physician_id == verdict.ours.id, Participation.cycle_id == cycle.id
        )
    ).one_or_none()


def _adopt(step: Step) -> None:
    change = from_document(step.subject)
    verdict = registry_intake.adopt(
        step.session,
        change,
        province_id=step.subject.province_id,
        actor=step.actor,
        at=step.at,
    )
    if verdict.kind is ConflictKind.NOT_PRACTISING:
        _leave(step, verdict, change)


def _leave(step: Step, verdict: Verdict, change: RegistryChange) -> None:
    place = _participation(step, verdict)
    if place is None or place.status is not ParticipationStatus.UNCONFIRMED:
        return  # away already, or in no cycle: there is nothing to leave
    PARTICIPATION.fire(
        step.session,
        place.id,
        "registry_leave",
        actor=registry_links.sync_actor(),
        at=step.at,
        comment=step.comment,
        facts=Absence(_AWAY[change.practice], step.today),
    )


def _nothing_follows(_session: Session, _ids: Sequence[int], _at: datetime) -> None:
    """A superseded conflict leaves everything as it is: the newer change has spoken."""


_PROVINCE = frozenset({Role.AUTHORITY})

REGISTRY_CONFLICT = Workflow(
    name="registry_conflict",
    label=_l("待匹配状态"),
    model=RegistryConflict,
    initial=C.PENDING,
    finals=frozenset({C.ADOPTED, C.KEPT, C.IGNORED, C.SUPERSEDED}),
    participation_of=lambda _subject: None,
    bulk_effects={"supersede": _nothing_follows},
    transitions=(
        Transition(
            name="adopt",
            label=_l("采用注册信息"),
            sources=frozenset({C.PENDING}),
            target=C.ADOPTED,
            roles=_PROVINCE,
            guard=_may_adopt,
            effect=_adopt,
            needs_comment=True,
            tone="primary",
        ),
        Transition(
            name="keep",
            label=_l("保留本系统信息"),
            sources=frozenset({C.PENDING}),
            target=C.KEPT,
            roles=_PROVINCE,
            needs_comment=True,
        ),
        Transition(
            name="ignore",
            label=_l("忽略"),
            sources=frozenset({C.PENDING}),
            target=C.IGNORED,
            roles=_PROVINCE,
            needs_comment=True,
        ),
        Transition(  # a newer change of the same person came
            name="supersede",
            label=_l("已有新变更"),
            sources=frozenset({C.PENDING}),
            target=C.SUPERSEDED,
            roles=frozenset({Role.SYSTEM}),
            judges=(),
        ),
    ),
)
