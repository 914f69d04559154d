"""考核委员会 of an agency: its members and what the law asks of them (art. 9)."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, CommitteeMemberKind, CommitteePost, Title
from app.models import Agency, CommitteeMember
from app.operations import trail
from app.refusals import Refusal
from app.security.actor import Actor

MEDIUM_AND_ABOVE = frozenset({Title.CHIEF, Title.DEPUTY_CHIEF, Title.ATTENDING})
"""中级以上专业技术职务 of physicians (GB/T 8561)."""


class CommitteeRefused(Refusal):
    """A member that cannot be one; ``field`` names what was typed wrong."""


def add(
    session: Session, agency: Agency, facts: dict[str, Any], *, actor: Actor, at: datetime
) -> CommitteeMember:
    """Take a member up.

    :raises CommitteeRefused: see :func:`check`.
    """
    check(session, agency.id, None, facts)
    row = CommitteeMember(
        province_id=agency.province_id,
        authority_path=agency.authority_path,
        agency_id=agency.id,
        **facts,
    )
    session.add(row)
    session.flush()  # the entry of the trail names its id
    _log(session, row, "create", N_("新增考核委员会成员"), actor=actor, at=at)
    return row


def change(
    session: Session, row: CommitteeMember, facts: dict[str, Any], *, actor: Actor, at: datetime
) -> None:
    """Change what is known of a member.

    :raises CommitteeRefused: see :func:`check`.
    """
    check(session, row.agency_id, row.id, facts)
    for name, value in facts.items():
        setattr(row, name, value)
    session.flush()  # a stale version must surface here
    _log(session, row, "edit", N_("编辑考核委员会成员"), actor=actor, at=at)


def remove(session: Session, row: CommitteeMember, *, actor: Actor, at: datetime) -> None:
    """Take a member off; the trail keeps the name."""
    _log(session, row, "delete", N_("删除考核委员会成员"), actor=actor, at=at)
    session.delete(row)
    session.flush()  # a foreign row must surface here


def check(session: Session, agency_id: int, own_id: int | None, facts: dict[str, Any]) -> None:
    """Ask whether somebody may be a member.

    :raises CommitteeRefused: a medical member without a title of 中级 or above (art. 9), or a
        second 主任委员.
    """
    is_medical = facts["kind"] is CommitteeMemberKind.MEDICAL
    if is_medical and facts["title"] not in MEDIUM_AND_ABOVE:
        raise CommitteeRefused(
            _l("医疗专业人员应具有中级以上专业技术职务（管理办法第九条）。"), field="title"
        )
    if facts["post"] is CommitteePost.CHAIR:
        chair = select(CommitteeMember.name).where(
            CommitteeMember.agency_id == agency_id, CommitteeMember.post == CommitteePost.CHAIR
        )
        if own_id is not None:
            chair = chair.where(CommitteeMember.id != own_id)
        name = session.scalars(chair.limit(1)).first()
        if name is not None:
            raise CommitteeRefused(
                _l("已有主任委员“%(name)s”，请先修改其职务。", name=name), field="post"
            )


def _log(
    session: Session, row: CommitteeMember, action: str, label: str, *, actor: Actor, at: datetime
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="committee_member",
        subject_id=row.id,
        action=action,
        label=label,
        comment=f"{row.name}：{row.post.value}",
        province_id=row.province_id,
        authority_path=row.authority_path,
        agency_id=row.agency_id,
    )
