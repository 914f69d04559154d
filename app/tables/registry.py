"""The link to 医师电子化注册系统: its state per province, what it said, and what people must decide."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import enums
from app.crypto import EncryptedText
from app.extensions import db
from app.tables.bodies import Authority, Institution
from app.tables.columns import (
    choice,
    copied,
    line,
    opt_line,
    opt_prose,
    pk,
    ref,
    tree_path,
    word,
)


class RegistryLink(db.Model):
    """注册系统对接 of one province: whether it is on, and how far the synchronisation has come."""

    __tablename__ = "registry_link"
    id: Mapped[pk]
    is_linked: Mapped[bool] = mapped_column(default=False)
    linked_at: Mapped[datetime | None]
    cursor: Mapped[opt_line]
    synced_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    last_error: Mapped[opt_line]
    version: Mapped[int] = mapped_column(default=1)
    authority_path: Mapped[tree_path]
    province_id: Mapped[int] = ref("authority.id")
    province: Mapped[Authority] = relationship(back_populates="registry_link")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("province_id"),)


class RegistryRecord(db.Model):
    """注册记录: the last change that was heard of a person, so that no change counts twice."""

    __tablename__ = "registry_record"
    id: Mapped[pk]
    id_index: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(BigInteger)
    heard_at: Mapped[datetime]
    province_id: Mapped[int] = copied()
    __table_args__ = (UniqueConstraint("province_id", "id_index"),)


class RegistryConflict(db.Model):
    """待匹配: what the registry says of a person and a person must decide about."""

    __tablename__ = "registry_conflict"
    id: Mapped[pk]
    kind: Mapped[enums.ConflictKind] = mapped_column(choice(enums.ConflictKind))
    name: Mapped[word]
    id_index: Mapped[str] = mapped_column(String(64))
    id_masked: Mapped[str] = mapped_column(String(24))
    seq: Mapped[int] = mapped_column(BigInteger)
    uscc: Mapped[str] = mapped_column(String(18))
    institution_name: Mapped[line]
    document: Mapped[str] = mapped_column(EncryptedText("registry_conflict.document"))
    problem: Mapped[opt_prose]
    received_at: Mapped[datetime]
    status: Mapped[enums.ConflictStatus] = mapped_column(
        choice(enums.ConflictStatus), default=enums.ConflictStatus.PENDING
    )
    status_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    institution_id: Mapped[int | None] = ref("institution.id")
    institution: Mapped[Institution | None] = relationship(foreign_keys=[institution_id])
    target_id: Mapped[int | None] = ref("institution.id")
    physician_id: Mapped[int | None] = copied(index=True)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("province_id", "id_index", "seq"),
        Index("ix_registry_conflict_province", "province_id", "status", "id"),
        Index("ix_registry_conflict_institution", "institution_id", "status", "id"),
        Index("ix_registry_conflict_target", "target_id", "status", "id"),
        Index("ix_registry_conflict_authority_path", "authority_path"),
    )


class Transfer(db.Model):
    """转移记录: a physician went from one institution of the province to another, and why."""

    __tablename__ = "transfer"
    id: Mapped[pk]
    at: Mapped[datetime]
    source: Mapped[enums.TransferSource] = mapped_column(choice(enums.TransferSource))
    with_case: Mapped[bool] = mapped_column(default=False)
    province_id: Mapped[int] = copied()
    authority_path: Mapped[tree_path]
    from_path: Mapped[tree_path]
    from_institution_id: Mapped[int] = ref("institution.id", index=True)
    from_name: Mapped[line]  # as it was called then, and neither side reads the other's row
    institution_id: Mapped[int] = ref("institution.id", index=True)
    to_name: Mapped[line]
    physician_id: Mapped[int] = copied(index=True)  # the record outlives who is deleted
