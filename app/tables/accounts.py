"""Accounts, their identities and sessions, and the installation's settings."""

from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.extensions import db
from app.tables.bodies import Agency, Authority, Institution
from app.tables.columns import choice, pk, prose, ref, tree_path


class Account(User):
    """An account on FAB's user table. A physician's ``username`` is the blind index of the ID number."""

    __tablename__ = "ab_user"
    __table_args__ = {"extend_existing": True}
    state: Mapped[enums.AccountState] = mapped_column(
        choice(enums.AccountState), default=enums.AccountState.ACTIVE
    )
    initial_until: Mapped[datetime | None]
    initial_code: Mapped[str | None] = mapped_column(String(128))
    initial_tries: Mapped[int] = mapped_column(default=0)
    reset_at: Mapped[datetime | None]
    preferences: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    identities: Mapped[list["Identity"]] = relationship(
        back_populates="account", order_by="Identity.id"
    )

    @property
    def person_name(self) -> str:
        """The name shown on screens."""
        return str(self.first_name)

    def __repr__(self) -> str:
        return str(self.first_name)


class Identity(db.Model):
    """One hat of an account: a role at one body (切换 changes between them).

    With ``page_role_id`` it permits what that role made in pages permits and nothing else; ``role``
    then only says which rows it reaches.
    """

    __tablename__ = "identity"
    id: Mapped[pk]
    role: Mapped[enums.Role] = mapped_column(choice(enums.Role))
    is_active: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date | None]  # None on both sides: without a term
    last_day: Mapped[date | None]
    page_role_id: Mapped[int | None] = mapped_column(ForeignKey("ab_role.id"), index=True)
    principal_id: Mapped[int | None] = ref("identity.id", index=True)  # 代理 of whose hat
    principal: Mapped["Identity | None"] = relationship(remote_side="Identity.id")
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    account: Mapped[Account] = relationship(back_populates="identities")
    province_id: Mapped[int | None] = ref("authority.id")
    authority_path: Mapped[tree_path] = mapped_column(default="/")
    authority_id: Mapped[int | None] = ref("authority.id", index=True)
    authority: Mapped[Authority | None] = relationship(foreign_keys=[authority_id])
    institution_id: Mapped[int | None] = ref("institution.id", index=True)
    institution: Mapped[Institution | None] = relationship()
    agency_id: Mapped[int | None] = ref("agency.id", index=True)
    agency: Mapped[Agency | None] = relationship()
    physician_id: Mapped[int | None] = ref("physician.id", index=True)
    __table_args__ = (
        Index("ix_identity_account_id", "account_id"),
        CheckConstraint("last_day >= starts_on", name="term"),
    )


class PageRoleScope(db.Model):
    """Whose rows a role made in pages reaches; without a row it is added to what somebody has."""

    __tablename__ = "page_role_scope"
    role_id: Mapped[int] = mapped_column(
        ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True
    )
    base: Mapped[enums.Role] = mapped_column(choice(enums.Role))


class WebSession(db.Model):
    """A signed-in (or merely visiting) browser; the cookie holds a token, this row its SHA-256."""

    __tablename__ = "web_session"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[prose] = mapped_column(default="{}")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    identity_id: Mapped[int | None] = ref("identity.id")


class LoginGuard(db.Model):
    """Failed logins of one (account name, network), hashed; exists for unknown names too."""

    __tablename__ = "login_guard"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class Setting(db.Model):
    """One value the whole installation shares, e.g. the version of the roles."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[prose]
