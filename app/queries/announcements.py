"""Announcements: what is in force for a reader, what still has to be confirmed, who has read."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from app.enums import Audience, Role
from app.models import Announcement, AnnouncementReading, Identity

ROLES = {
    Audience.INSTITUTIONS: frozenset({Role.INSTITUTION}),
    Audience.PHYSICIANS: frozenset({Role.PHYSICIAN}),
    Audience.AGENCIES: frozenset({Role.AGENCY, Role.PROCTOR}),
    Audience.ALL: frozenset(
        {Role.INSTITUTION, Role.PHYSICIAN, Role.AGENCY, Role.PROCTOR, Role.AUTHORITY}
    ),
}
"""The roles that an audience stands for; the scope of ``Announcement`` says the same."""

READERS = frozenset[Role]().union(*ROLES.values())


@dataclass(frozen=True, slots=True)
class Counts:
    """How many accounts have pressed 已阅读, of how many it is for."""

    read: int
    whole: int


def is_in_force(row: Announcement) -> bool:
    """Say whether readers see it."""
    return row.published_at is not None and row.withdrawn_at is None


def in_force() -> ColumnElement[bool]:
    """Match what readers see."""
    return Announcement.published_at.is_not(None) & Announcement.withdrawn_at.is_(None)


def read_by(account_id: int | None) -> Any:
    """Match announcements that an account has confirmed."""
    return exists(
        select(AnnouncementReading.id).where(
            AnnouncementReading.announcement_id == Announcement.id,
            AnnouncementReading.account_id == (account_id or 0),
        )
    )


def has_read(session: Session, row: Announcement, *, account_id: int | None) -> bool:
    """Say whether an account has confirmed it."""
    statement = select(AnnouncementReading.id).where(
        AnnouncementReading.announcement_id == row.id,
        AnnouncementReading.account_id == (account_id or 0),
    )
    return session.scalar(statement) is not None


def _told(statement: Select[Any], path: str, authority_id: int | None) -> Select[Any]:
    # An authority sees its own and those of its subtree as well: these are not told to it.
    return statement.where(
        in_force(),
        Announcement.authority_path.in_(line(path)),
        Announcement.authority_id != (authority_id or 0),
    )


def unconfirmed(
    session: Session, *, account_id: int | None, authority_path: str, authority_id: int | None
) -> Announcement | None:
    """Give the oldest 必读 announcement that the acting person has not confirmed."""
    statement = (
        _told(select(Announcement), authority_path, authority_id)
        .where(Announcement.must_read, ~read_by(account_id))
        .order_by(Announcement.published_at, Announcement.id)
        .limit(1)
    )
    return session.scalars(statement).first()


def latest(
    session: Session,
    *,
    account_id: int | None,
    authority_path: str,
    authority_id: int | None,
    most: int = 5,
) -> list[tuple[Announcement, bool]]:
    """Give what was announced last to the acting person, each with whether it was confirmed."""
    statement = (
        _told(select(Announcement, read_by(account_id)), authority_path, authority_id)
        .order_by(Announcement.published_at.desc(), Announcement.id.desc())
        .limit(most)
    )
    return [(row, bool(done)) for row, done in session.execute(statement)]


def counts(session: Session, row: Announcement) -> Counts:
    """Count who has read it and whom it is for: accounts with an active identity below it."""
    read = select(func.count(AnnouncementReading.id)).where(
        AnnouncementReading.announcement_id == row.id
    )
    whole = select(func.count(Identity.account_id.distinct())).where(
        Identity.is_active,
        Identity.role.in_(sorted(ROLES[row.audience])),
        Identity.authority_path.startswith(row.authority_path, autoescape=True),
        (Identity.authority_id != row.authority_id) | Identity.authority_id.is_(None),
    )
    return Counts(session.scalar(read) or 0, session.scalar(whole) or 0)


def line(path: str) -> list[str]:
    """Give the paths from the nation down to ``path``."""
    ids = [part for part in path.split("/") if part]
    return ["/" + "".join(f"{part}/" for part in ids[:depth]) for depth in range(1, len(ids) + 1)]
