"""The published list of agencies (art. 7): an announcement, drafted from the register."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.enums import AgencyStatus, Audience
from app.models import Agency, Announcement, Authority
from app.operations import announcements
from app.periods import local_day
from app.refusals import Refusal
from app.security.actor import Actor
from app.security.scoping import writable


class ListRefused(Refusal):
    """There is nothing to publish."""


def draft(session: Session, *, actor: Actor, at: datetime) -> Announcement:
    """Write the agencies in operation below an authority into a draft for everybody.

    :raises ListRefused: there is none.
    """
    area = writable(Agency, actor).criterion(Agency, actor)
    statement = (
        select(Agency)
        .where(area, Agency.status == AgencyStatus.ACTIVE)
        .options(joinedload(Agency.authority))
        .order_by(Agency.authority_path, Agency.name)
    )
    rows = session.scalars(statement).all()
    if not rows:
        raise ListRefused(_l("本级及下级范围内没有正常的考核机构，无法公布名单。"))
    office = session.get_one(Authority, actor.authority_id)
    lines = [
        f"{number}. {row.name}（{row.kind.value}，{row.authority.name}）"
        for number, row in enumerate(rows, start=1)
    ]
    day = local_day(at)
    head = f"根据《医师定期考核管理办法》第七条，现公布{office.name}管辖范围内的考核机构名单：\n\n"
    return announcements.draft(
        session,
        title=f"考核机构名单（{day.year}年{day.month}月{day.day}日）",
        body=head + "\n".join(lines),
        audience=Audience.ALL,
        must_read=False,
        actor=actor,
        at=at,
    )
