"""公告: written as a draft, published once, withdrawn once. What is published is never rewritten."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import N_, Audience, Role
from app.models import Announcement, AnnouncementReading, Authority
from app.operations import trail
from app.queries import announcements
from app.refusals import Refusal
from app.security.actor import Actor

NOT_DRAFT = _l("公告已发布，不能再修改。如内容有误，请撤回后另发。")
NOT_PUBLISHED = _l("公告尚未发布或已经撤回。")
NOT_OURS = _l("只能管理本单位的公告。")


class AnnouncementRefused(Refusal):
    """Something that may not be done to an announcement; ``message`` is in the user's words."""


def draft(
    session: Session,
    *,
    title: str,
    body: str,
    audience: Audience,
    must_read: bool,
    actor: Actor,
    at: datetime,
) -> Announcement:
    """Write a draft in the name of the actor's authority; nobody below sees it yet."""
    authority = session.get_one(Authority, actor.authority_id)
    row = Announcement(
        title=title,
        body=body,
        audience=audience,
        must_read=must_read,
        created_at=at,
        province_id=authority.province_id,
        authority_path=authority.path,
        authority_id=authority.id,
        author_id=actor.account_id,
    )
    session.add(row)
    session.flush()  # the entry of the trail names its id
    _note(session, row, "create", N_("新增公告"), actor=actor, at=at)
    return row


def rewrite(
    session: Session,
    row: Announcement,
    *,
    title: str,
    body: str,
    audience: Audience,
    must_read: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Change a draft.

    :raises AnnouncementRefused: it is published.
    """
    if row.published_at is not None:
        raise AnnouncementRefused(NOT_DRAFT)
    row.title, row.body, row.audience, row.must_read = title, body, audience, must_read
    session.flush()  # the scope and the version are checked here
    _note(session, row, "edit", N_("修改公告"), actor=actor, at=at)


def publish(session: Session, row: Announcement, *, actor: Actor, at: datetime) -> None:
    """发布: show it to its audience from now on.

    :raises AnnouncementRefused: it is published already.
    """
    if row.published_at is not None:
        raise AnnouncementRefused(NOT_DRAFT)
    row.published_at = at
    session.flush()  # the scope and the version are checked here
    _note(session, row, "publish", N_("发布公告"), actor=actor, at=at)


def withdraw(session: Session, row: Announcement, *, actor: Actor, at: datetime) -> None:
    """撤回: take it from its audience; who has read it stays on record.

    :raises AnnouncementRefused: it is not published.
    """
    if not announcements.is_in_force(row):
        raise AnnouncementRefused(NOT_PUBLISHED)
    row.withdrawn_at = at
    session.flush()  # the scope and the version are checked here
    _note(session, row, "withdraw", N_("撤回公告"), actor=actor, at=at)


def confirm(session: Session, row: Announcement, *, actor: Actor, at: datetime) -> None:
    """已阅读: remember that the actor has read it; a second time changes nothing."""
    if announcements.has_read(session, row, account_id=actor.account_id):
        return
    session.add(
        AnnouncementReading(
            read_at=at,
            reader_name=actor.name,
            reader_role=actor.role,
            reader_body=actor.body or None,
            announcement_id=row.id,
            authority_id=row.authority_id,
            account_id=actor.account_id,
        )
    )
    session.flush()  # of two windows the second is told by the unique key


def objection(row: Announcement, *, actor: Actor) -> Any:
    """Say why the actor may not manage it, or None."""
    is_own = actor.role is Role.AUTHORITY and row.authority_id == actor.authority_id
    return None if is_own else NOT_OURS


def _note(
    session: Session, row: Announcement, action: str, label: str, *, actor: Actor, at: datetime
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="announcement",
        subject_id=row.id,
        action=action,
        label=label,
        comment=row.title,
        province_id=row.province_id,
        authority_path=row.authority_path,
    )
