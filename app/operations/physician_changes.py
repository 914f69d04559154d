"""医师: changing the facts of many at once; what a case has fixed stays until it is completed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, insert, select
from sqlalchemy.orm import Session

from app.enums import N_, AssessmentStatus
from app.models import Assessment, Department, Physician, TrailEntry
from app.operations import trail
from app.operations.physician_intake import PhysicianRefused
from app.operations.physician_rows import COPIED
from app.queries.among import among
from app.security.actor import Actor

CHUNK = 1000
FIXED_BY_CASE = frozenset({"name", "sex", "birth_date", "level", "category", "licensed_on"})
"""What decided who is assessed, in which 考核程序: not to be changed under a running case."""


@dataclass(frozen=True, slots=True)
class Current:
    """What is stored of a physician: every fact a roster may state, and the department."""

    id: int
    department_name: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """New values of one physician, and the words for the trail."""

    physician_id: int
    values: Mapping[str, Any]
    words: str


def current_facts(session: Session, indexes: Sequence[str]) -> dict[str, Current]:
    """Read what is stored of the acting institution's physicians, by fingerprint."""
    names = (*(name for name in COPIED if name != "id_number"), "department_id")
    found: dict[str, Current] = {}
    for start in range(0, len(indexes), CHUNK):
        statement = (
            select(
                Physician.id_index,
                Physician.id,
                Department.name,
                *(getattr(Physician, name) for name in names),
            )
            .join(Department, Department.id == Physician.department_id)
            .where(
                among(session, Physician.id_index, indexes[start : start + CHUNK], kind=String())
            )
        )
        for index, pk, department, *values in session.execute(statement):
            found[index] = Current(pk, department, dict(zip(names, values, strict=True)))
    return found


def fixed_by_cases(session: Session, physician_ids: Sequence[int]) -> set[int]:
    """Tell whose case has been submitted and is not completed."""
    found: set[int] = set()
    for start in range(0, len(physician_ids), CHUNK):
        statement = select(Assessment.physician_id).where(
            among(session, Assessment.physician_id, physician_ids[start : start + CHUNK]),
            Assessment.submitted_at.is_not(None),
            Assessment.status != AssessmentStatus.COMPLETED,
        )
        found |= set(session.scalars(statement))
    return found


def change_physicians(
    session: Session, wanted: Sequence[Wanted], *, actor: Actor, at: datetime
) -> None:
    """Store new values of physicians and an entry of the trail for each.

    :raises PhysicianRefused: a case was submitted meanwhile that fixes one of them, or one is gone.
    """
    for start in range(0, len(wanted), CHUNK):
        chunk = {one.physician_id: one for one in wanted[start : start + CHUNK]}
        rows = session.scalars(
            select(Physician)
            .where(among(session, Physician.id, list(chunk)))
            .order_by(Physician.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        if len(rows) != len(chunk):
            raise PhysicianRefused(_l("名单中有医师已被删除或转出，请重新预检。"))
        fixed = fixed_by_cases(session, list(chunk))
        for row in rows:
            values = chunk[row.id].values
            if row.id in fixed and FIXED_BY_CASE & values.keys():
                raise PhysicianRefused(
                    _l("%(name)s已提交考核报名信息，不能修改，请重新预检。", name=row.name)
                )
            for name, value in values.items():
                setattr(row, name, value)
        session.flush()  # versions move before the trail is written
        _log(session, rows, chunk, actor=actor, at=at)


def _log(
    session: Session,
    rows: Sequence[Physician],
    wanted: Mapping[int, Wanted],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    entry = trail.columns(
        actor, at=at, subject="physician", action="edit", label=N_("修改医师信息")
    )
    values = [
        {
            **entry,
            "comment": wanted[row.id].words,
            "subject_id": row.id,
            "physician_id": row.id,
            "province_id": row.province_id,
            "authority_path": row.authority_path,
            "institution_id": row.institution_id,
        }
        for row in rows
    ]
    if values:
        session.execute(insert(TrailEntry), values)
