"""What we know of everybody whom a page of the registry is about: a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, BodyStatus, ConflictStatus, CycleStatus
from app.models import (
    Assessment,
    Cycle,
    Institution,
    Participation,
    Physician,
    RegistryConflict,
    RegistryRecord,
)
from app.operations.physician_rows import COPIED
from app.operations.registry_changes import RegistryChange
from app.queries.among import among

_PHYSICIAN = ("id", "id_index", "institution_id", "authority_path", "department_id", "id_masked")


@dataclass(frozen=True, slots=True)
class Heard:
    """The last change that was heard of a person."""

    id: int
    seq: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What stands in the database, by fingerprint of the ID number or by code of the institution."""

    physicians: Mapping[str, Any]
    homes: Mapping[str, Any]
    with_open_case: frozenset[int]
    heard: Mapping[str, Heard]
    pending: Mapping[str, int]


def picture(session: Session, changes: Sequence[RegistryChange], *, province_id: int) -> Picture:
    """Look everybody of a page up in a province; physicians and their places in the cycle are locked."""
    indexes = [one.id_index for one in changes]
    wanted = [getattr(Physician, name) for name in dict.fromkeys((*_PHYSICIAN, *COPIED))]
    physicians = {
        row.id_index: row
        for row in session.execute(
            select(*wanted, Institution.name.label("institution_name"))
            .join(Institution, Institution.id == Physician.institution_id)
            .where(Physician.province_id == province_id, Physician.id_index.in_(indexes))
            .order_by(Physician.id)
            .with_for_update(of=Physician)
        )
    }
    codes = sorted({one.uscc for one in changes})
    homes = {
        row.uscc: row
        for row in session.execute(
            select(
                Institution.uscc,
                Institution.id,
                Institution.name,
                Institution.province_id,
                Institution.authority_path,
            ).where(
                Institution.province_id == province_id,
                Institution.uscc.in_(codes),
                Institution.status == BodyStatus.ACTIVE,
            )
        )
    }
    return Picture(
        physicians,
        homes,
        _with_open_case(session, [row.id for row in physicians.values()], province_id),
        _heard(session, indexes, province_id),
        _pending(session, indexes, province_id),
    )


def _with_open_case(session: Session, ids: Sequence[int], province_id: int) -> frozenset[int]:
    if not ids:
        return frozenset()
    open_cycles = select(Cycle.id).where(
        Cycle.province_id == province_id, Cycle.status == CycleStatus.OPEN
    )
    statement = (
        select(Participation.physician_id, Assessment.status)
        .outerjoin(Assessment, Assessment.participation_id == Participation.id)
        .where(among(session, Participation.physician_id, ids))
        .where(Participation.cycle_id.in_(open_cycles))
        .order_by(Participation.id)
        .with_for_update(of=Participation)
    )
    return frozenset(
        physician_id
        for physician_id, status in session.execute(statement)
        if status not in (None, AssessmentStatus.COMPLETED)
    )


def _heard(session: Session, indexes: Sequence[str], province_id: int) -> dict[str, Heard]:
    statement = select(RegistryRecord.id_index, RegistryRecord.id, RegistryRecord.seq).where(
        RegistryRecord.province_id == province_id, RegistryRecord.id_index.in_(indexes)
    )
    return {index: Heard(pk, seq) for index, pk, seq in session.execute(statement)}


def _pending(session: Session, indexes: Sequence[str], province_id: int) -> dict[str, int]:
    statement = select(RegistryConflict.id_index, RegistryConflict.id).where(
        RegistryConflict.province_id == province_id,
        RegistryConflict.status == ConflictStatus.PENDING,
        RegistryConflict.id_index.in_(indexes),
    )
    return dict(session.execute(statement).all())
