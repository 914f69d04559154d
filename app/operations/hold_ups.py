"""提醒: tell the physicians whose cases stand still, each at most once a day for each reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.enums import N_, HoldUp, MessageKind, Role
from app.models import Assessment, Identity
from app.operations import trail
from app.operations.messages import tell
from app.periods import local_day
from app.queries import hold_ups
from app.queries.messages import wearers
from app.security.actor import Actor

_TITLES: Mapping[HoldUp, str] = {
    HoldUp.NEVER_IN: N_("请登录并填写考核报名信息"),
    HoldUp.DRAFT: N_("您的考核报名信息尚未提交"),
    HoldUp.REJECTED: N_("请修改并重新提交报名信息"),
}
_BODIES: Mapping[HoldUp, str] = {
    HoldUp.NEVER_IN: N_("%(body)s提醒您：请尽快填写考核报名信息并提交。"),
    HoldUp.DRAFT: N_("%(body)s提醒您：草稿已基本填好，保存不等于提交，请核对后提交。"),
    HoldUp.REJECTED: N_("%(body)s提醒您：报名信息被驳回后尚未重新提交，请按驳回原因修改。"),
}


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many were told, and how many had been told today or wish no reminders."""

    told: int
    left_out: int


def remind(
    session: Session, chosen: ColumnElement[bool], kind: HoldUp, *, actor: Actor, at: datetime
) -> Reminded:
    """Write a message to the physicians of the chosen cases that still stand still.

    Cases outside the actor's scope, or no longer held up, are nobody's.
    """
    held = (chosen, hold_ups.criterion(kind, at=at))
    number = session.scalars(select(func.count(Assessment.id)).where(*held)).one()
    physicians = session.scalars(select(Assessment.physician_id).where(*held)).all()
    told = 0
    if physicians:
        told = tell(
            session,
            wearers(Identity.physician_id.in_(physicians), Identity.role == Role.PHYSICIAN),
            at=at,
            kind=MessageKind.REMINDER,
            title=_TITLES[kind],
            body=_BODIES[kind],
            parameters={"body": actor.body},
            link="/registration/",
            once=f"hold_up:{kind.name}:{local_day(at):%Y%m%d}",
        )
        _log(session, kind, told, actor=actor, at=at)
    return Reminded(told, number - told)


def _log(session: Session, kind: HoldUp, told: int, *, actor: Actor, at: datetime) -> None:
    owner: dict[str, Any] = {
        "province_id": actor.province_id,
        "authority_path": actor.authority_path,
        "institution_id": actor.institution_id,
    }
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="hold_up",
        subject_id=None,
        action="remind",
        label=_l("提醒"),
        comment=f"{kind.value}：{told}",
        **owner,
    )
