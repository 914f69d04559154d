"""Messages to accounts, announcements to bodies, and the mails that wait to be sent.

A text of a message is a pair ``[msgid, parameters]``: it is translated when it is read, so that
the reader sees the own language whoever caused it. Announcements are prose and stay as written.
"""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.accounts import Account
from app.tables.bodies import Authority
from app.tables.columns import choice, line, opt_line, pk, prose, ref, tree_path, word

said = Annotated[list[Any], mapped_column(JSON)]


class Message(db.Model):
    """站内信 to one account. ``once`` keeps a reminder from being written twice to somebody."""

    __tablename__ = "message"
    id: Mapped[pk]
    kind: Mapped[enums.MessageKind] = mapped_column(choice(enums.MessageKind))
    title: Mapped[said]
    body: Mapped[said]
    link: Mapped[opt_line]
    once: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    __table_args__ = (
        UniqueConstraint("account_id", "once"),
        Index("ix_message_account_id_id", "account_id", "id"),
        Index(
            "ix_message_unread",
            "account_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )


class MessagePreference(db.Model):
    """How somebody wants one kind of message; without a row: in the inbox, not by e-mail."""

    __tablename__ = "message_preference"
    account_id: Mapped[int] = mapped_column(
        ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[enums.MessageKind] = mapped_column(choice(enums.MessageKind), primary_key=True)
    in_app: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[bool] = mapped_column(default=False)


class MailAddress(db.Model):
    """Where somebody wants mails, and in which language."""

    __tablename__ = "mail_address"
    account_id: Mapped[int] = mapped_column(
        ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[line]
    language: Mapped[str] = mapped_column(String(8), default="zh")


class MailOutbox(db.Model):
    """A mail until it is sent, written with its message; ``next_try_at`` is NULL when it is over."""

    __tablename__ = "mail_outbox"
    id: Mapped[pk]
    address: Mapped[line]
    subject: Mapped[said]
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    problem: Mapped[opt_line]


class Announcement(db.Model):
    """公告 of an authority to those below it; unpublished it is a draft, withdrawn it is gone."""

    __tablename__ = "announcement"
    id: Mapped[pk]
    title: Mapped[line]
    body: Mapped[prose]
    audience: Mapped[enums.Audience] = mapped_column(
        choice(enums.Audience), default=enums.Audience.ALL
    )
    must_read: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int | None] = ref("authority.id")
    authority_path: Mapped[tree_path] = mapped_column(index=True)
    authority_id: Mapped[int] = ref("authority.id", index=True)
    authority: Mapped[Authority] = relationship(foreign_keys=[authority_id])
    author_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    author: Mapped[Account | None] = relationship()
    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return self.title


class AnnouncementReading(db.Model):
    """Somebody pressed 已阅读; name, role and body are what they were at that moment."""

    __tablename__ = "announcement_reading"
    id: Mapped[pk]
    read_at: Mapped[datetime]
    reader_name: Mapped[word]
    reader_role: Mapped[enums.Role] = mapped_column(choice(enums.Role))
    reader_body: Mapped[opt_line]
    announcement_id: Mapped[int] = ref("announcement.id")
    announcement: Mapped[Announcement] = relationship()
    authority_id: Mapped[int] = ref("authority.id")
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    __table_args__ = (
        UniqueConstraint("announcement_id", "account_id"),
        Index("ix_announcement_reading_account_id", "account_id"),
    )
