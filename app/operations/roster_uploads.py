"""Uploaded rosters between dry run and import: sealed, short-lived, found by a random token."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.enums import ImportKind
from app.models import Authority, Institution, RosterChunk, RosterUpload

KEPT_FOR = timedelta(hours=24)
PROMISED_FOR = timedelta(days=8)  # longer than any job is kept
KEPT_AT_MOST = 20  # of one body: a sealed file may have ten megabytes
_CONTEXT = "roster_upload"


def store(
    session: Session,
    *,
    kind: ImportKind,
    owner: Institution | Authority,
    account_id: int,
    content: bytes,
    filename: str,
    at: datetime,
) -> RosterUpload:
    """Keep a file for a day under a fresh token; the owner's expired ones are deleted."""
    _clear(session, owner=owner, at=at)
    upload = RosterUpload(
        token=secrets.token_hex(16),
        kind=kind,
        filename=filename,
        sha256=sha256(content).hexdigest(),
        content=keyring().seal_bytes(content, context=_CONTEXT),
        uploaded_at=at,
        expires_at=at + KEPT_FOR,
        province_id=owner.province_id,
        account_id=account_id,
        **_place(owner),
    )
    session.add(upload)
    session.flush()  # the caller goes on to its token
    return upload


def find(
    session: Session, token: str, *, kind: ImportKind, at: datetime, for_import: bool = False
) -> RosterUpload:
    """Find an upload that has not expired; ``for_import`` makes a second import of it wait.

    :raises NoResultFound: it has expired, is of another kind or not one of the acting body's.
    """
    statement = select(RosterUpload).where(
        RosterUpload.token == token, RosterUpload.kind == kind, RosterUpload.expires_at > at
    )
    if for_import:
        statement = statement.with_for_update()
    return session.scalars(statement).one()


def content_of(upload: RosterUpload) -> bytes:
    """Open the sealed file."""
    return keyring().open_bytes(bytes(upload.content), context=_CONTEXT)


def promise(upload: RosterUpload, *, at: datetime) -> None:
    """Keep an upload that a job is to carry out, however long it waits."""
    upload.expires_at = max(upload.expires_at, at + PROMISED_FOR)


def imported_before(session: Session, upload: RosterUpload) -> datetime | None:
    """Tell when the same file was imported by this body, if it was lately."""
    statement = (
        select(RosterUpload.imported_at)
        .where(
            RosterUpload.institution_id.is_not_distinct_from(upload.institution_id),
            RosterUpload.authority_id.is_not_distinct_from(upload.authority_id),
            RosterUpload.kind == upload.kind,
            RosterUpload.sha256 == upload.sha256,
            RosterUpload.imported_at.is_not(None),
        )
        .order_by(RosterUpload.imported_at.desc())
        .limit(1)
    )
    return session.scalar(statement)


def record_import(upload: RosterUpload, *, rows: int, changed: int, at: datetime) -> None:
    """Note when the file was imported, and how many rows it has brought and changed altogether."""
    if not rows and not changed:
        return
    upload.imported_at = at
    upload.imported_rows = (upload.imported_rows or 0) + rows
    upload.changed_rows = (upload.changed_rows or 0) + changed


def _place(owner: Institution | Authority) -> dict[str, Any]:
    if isinstance(owner, Institution):
        return {"institution_id": owner.id, "authority_path": owner.authority_path}
    return {"authority_id": owner.id, "authority_path": owner.path}


def _own(owner: Institution | Authority) -> ColumnElement[bool]:
    if isinstance(owner, Institution):
        return RosterUpload.institution_id == owner.id
    return RosterUpload.authority_id == owner.id


def _clear(session: Session, *, owner: Institution | Authority, at: datetime) -> None:
    own = _own(owner)
    expired = session.scalars(select(RosterUpload.id).where(own, RosterUpload.expires_at <= at))
    gone = list(expired)
    free = RosterUpload.expires_at <= at + KEPT_FOR  # what is promised to a job stays
    newest = select(RosterUpload.id).where(own, free).order_by(RosterUpload.id.desc())
    gone += session.scalars(newest.offset(KEPT_AT_MOST - 1)).all()
    if gone:
        session.execute(delete(RosterChunk).where(RosterChunk.upload_id.in_(gone)))
        session.execute(delete(RosterUpload).where(RosterUpload.id.in_(gone)))
