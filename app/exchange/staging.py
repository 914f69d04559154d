"""A confirmed upload carried out in pieces, each a transaction of its own; used by long imports.

``stage`` keeps the rows that are to be written, sealed; ``apply`` writes some of them, judged anew.
A piece that was applied is empty, so that applying it again does nothing. When all rows must be
good, all are one piece: one transaction takes them or none (docs/decisions/0021).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.exchange import codec, intake
from app.exchange.intake import ImportResult
from app.exchange.target import Checked, Choices, ImportPlan, Owner, Target
from app.exchange.targets import TARGETS
from app.models import Authority, Institution, RosterChunk, RosterUpload
from app.operations import roster_uploads
from app.security.actor import Actor

PIECE = 500
_CONTEXT = "roster_chunk"
_SCOPE = ("province_id", "authority_path", "authority_id", "institution_id")


def stage(
    session: Session, upload: RosterUpload, plan: ImportPlan, *, choices: Choices
) -> ImportResult:
    """Keep what the plan would write, instead of what was kept before; tell what it leaves alone.

    ``upload.staged_rows`` is then how many rows are to be written.
    :raises ImportRefused: a row must be left out although all were to be good.
    """
    new, changed, left = intake.sorted_out(plan.target, plan.rows, choices=choices)
    rows = sorted([*new, *changed], key=lambda row: row.number)
    session.execute(delete(RosterChunk).where(RosterChunk.upload_id == upload.id))
    size = PIECE if choices.only_good_rows else max(1, len(rows))
    owner = {name: getattr(upload, name) for name in _SCOPE}
    kept = [
        {
            **owner,
            "upload_id": upload.id,
            "start": start,
            "size": len(rows[start : start + size]),
            "content": _sealed(
                [[row.number, codec.encoded(row.facts)] for row in rows[start : start + size]]
            ),
        }
        for start in range(0, len(rows), size)
    ]
    if kept:
        session.execute(insert(RosterChunk), kept)
    upload.choices = asdict(choices)
    upload.staged_rows = len(rows)
    untouched = len(plan.rows) - len(rows) - len(left)
    return ImportResult(unchanged=untouched, left_out=tuple(left))


def pieces(session: Session, upload: RosterUpload) -> list[tuple[int, int]]:
    """The (start, limit) of every call of ``apply`` that is still to be made, in order."""
    statement = (
        select(RosterChunk.start, RosterChunk.size)
        .where(RosterChunk.upload_id == upload.id, RosterChunk.applied_at.is_(None))
        .order_by(RosterChunk.start)
    )
    return [(start, size) for start, size in session.execute(statement)]


def apply(
    session: Session,
    upload: RosterUpload,
    *,
    start: int,
    limit: int,
    actor: Actor,
    at: datetime,
) -> ImportResult:
    """Write the staged pieces that begin in [start, start + limit); the caller commits.

    Rows that somebody else took up meanwhile are left as they are. The last piece closes the
    upload with its entry of the trail.
    :raises ImportRefused: all rows were to be good, and one is so no longer: nothing is written.
    """
    statement = (
        select(RosterChunk)
        .where(
            RosterChunk.upload_id == upload.id,
            RosterChunk.start >= start,
            RosterChunk.start < start + limit,
        )
        .order_by(RosterChunk.start)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    waiting = [chunk for chunk in session.scalars(statement).all() if chunk.applied_at is None]
    done = ImportResult()
    for chunk in waiting:
        done = added(done, _applied(session, upload, chunk, actor=actor, at=at))
    if waiting and not pieces(session, upload):
        _close(session, upload, actor=actor, at=at)
    return done


def result(session: Session, upload: RosterUpload) -> tuple[int, int, int]:
    """How many rows of an upload were created, changed and left out so far."""
    c = RosterChunk
    sums = select(func.sum(c.created), func.sum(c.changed), func.sum(c.left_out))
    created, changed, left = session.execute(sums.where(c.upload_id == upload.id)).one()
    return int(created or 0), int(changed or 0), int(left or 0)


def owner_of(session: Session, upload: RosterUpload) -> Owner:
    """The body an upload belongs to."""
    if upload.institution_id is not None:
        return session.get_one(Institution, upload.institution_id)
    return session.get_one(Authority, upload.authority_id)


def _applied(
    session: Session, upload: RosterUpload, chunk: RosterChunk, *, actor: Actor, at: datetime
) -> ImportResult:
    target, owner = TARGETS[upload.kind], owner_of(session, upload)
    rows = target.place(session, _opened(target, chunk), owner=owner)
    choices = Choices(**(upload.choices or {}))
    done = intake.carry_out(session, target, rows, owner=owner, choices=choices, actor=actor, at=at)
    chunk.content = b""  # what is stored elsewhere need not lie here
    chunk.applied_at = at
    chunk.created, chunk.changed, chunk.left_out = done.created, done.changed, len(done.left_out)
    session.flush()  # the pieces that are left are counted next
    return done


def added(one: ImportResult, other: ImportResult) -> ImportResult:
    """What two steps of an import did together."""
    return ImportResult(
        one.created + other.created,
        one.changed + other.changed,
        one.unchanged + other.unchanged,
        one.left_out + other.left_out,
        one.departments + other.departments,
    )


def _close(session: Session, upload: RosterUpload, *, actor: Actor, at: datetime) -> None:
    created, changed, _left = result(session, upload)
    roster_uploads.record_import(upload, rows=created, changed=changed, at=at)
    done = ImportResult(created, changed)
    target, owner = TARGETS[upload.kind], owner_of(session, upload)
    intake.record(session, target, owner, done, actor=actor, at=at)


def _sealed(rows: Sequence[object]) -> bytes:
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return keyring().seal_bytes(text.encode(), context=_CONTEXT)


def _opened(target: Target, chunk: RosterChunk) -> list[Checked]:
    rows = json.loads(keyring().open_bytes(bytes(chunk.content), context=_CONTEXT))
    return [
        Checked(number, {}, codec.decoded(target.facts_type, values)) for number, values in rows
    ]
