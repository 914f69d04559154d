"""What other systems use: tokens of the REST API, its repeated requests, and webhooks.

A token and an address belong to one body: only the id of that body's kind is set, so that the
agency inside a hospital and the hospital do not see each other's.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.crypto import EncryptedText
from app.extensions import db
from app.tables.columns import BigId, choice, copied, pk, ref, tree_path, word


class ApiToken(db.Model):
    """接口令牌: lets a program act as the identity that made it; only its SHA-256 is kept."""

    __tablename__ = "api_token"
    id: Mapped[pk]
    label: Mapped[word]
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    identity_id: Mapped[int] = ref("identity.id", index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    province_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path] = mapped_column(default="/")
    authority_id: Mapped[int | None] = ref("authority.id", index=True)
    institution_id: Mapped[int | None] = ref("institution.id", index=True)
    agency_id: Mapped[int | None] = ref("agency.id", index=True)

    def __repr__(self) -> str:
        return self.label


class IdempotentAnswer(db.Model):
    """The answer to a request with an ``Idempotency-Key``, given again to the same request."""

    __tablename__ = "idempotent_answer"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # of token and key
    fingerprint: Mapped[str] = mapped_column(String(64))
    code: Mapped[int | None]
    etag: Mapped[str | None] = mapped_column(String(32))
    location: Mapped[str | None] = mapped_column(String(255))
    body: Mapped[str | None] = mapped_column(EncryptedText("idempotent_answer.body"))
    created_at: Mapped[datetime] = mapped_column(index=True)
    token_id: Mapped[int] = ref("api_token.id", index=True)


class WebhookEndpoint(db.Model):
    """状态推送: an address of a body that is told of status changes of its rows."""

    __tablename__ = "webhook_endpoint"
    id: Mapped[pk]
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(EncryptedText("webhook_endpoint.secret"))
    events: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    owner_role: Mapped[enums.Role] = mapped_column(choice(enums.Role))
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    province_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path] = mapped_column(default="/")
    authority_id: Mapped[int | None] = ref("authority.id", index=True)
    institution_id: Mapped[int | None] = ref("institution.id", index=True)
    agency_id: Mapped[int | None] = ref("agency.id", index=True)

    def __repr__(self) -> str:
        return self.url


class WebhookDelivery(db.Model):
    """One status change for one address: the outbox. Its id is the sequence number it is sent with."""

    __tablename__ = "webhook_delivery"
    id: Mapped[pk]
    subject: Mapped[word]
    subject_id: Mapped[int] = mapped_column(BigId)
    participation_id: Mapped[int] = mapped_column(BigId)
    action: Mapped[word]
    from_status: Mapped[word]
    to_status: Mapped[word]
    at: Mapped[datetime]
    state: Mapped[enums.DeliveryState] = mapped_column(
        choice(enums.DeliveryState), default=enums.DeliveryState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(64))
    endpoint_id: Mapped[int] = ref("webhook_endpoint.id")
    endpoint: Mapped[WebhookEndpoint] = relationship()
    province_id: Mapped[int | None] = copied()
    authority_path: Mapped[tree_path] = mapped_column(default="/")
    authority_id: Mapped[int | None] = copied()
    institution_id: Mapped[int | None] = copied()
    agency_id: Mapped[int | None] = copied()
    __table_args__ = (
        Index("ix_webhook_delivery_endpoint_id_id", "endpoint_id", "id"),
        Index("ix_webhook_delivery_state_next_at", "state", "next_at", "id"),
    )
