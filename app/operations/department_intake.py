"""科室 that a roster names and an institution lacks: proposing their 诊疗科目, creating them."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.enums import N_
from app.models import Department, DepartmentSubject, Institution, Subject, TrailEntry
from app.operations import trail
from app.operations.physician_rows import Home
from app.security.actor import Actor

_ENDINGS = ("专业", "科")


@dataclass(frozen=True, slots=True)
class ProposedDepartment:
    """A department to be created; ``subject_id`` is None where no 诊疗科目 bears its name."""

    name: str
    subject_id: int | None = None
    subject_name: str = ""


def propose_departments(session: Session, names: Iterable[str]) -> list[ProposedDepartment]:
    """Find for each name the 诊疗科目 of that name, or of that name but for 科 and 专业."""
    wanted = list(names)
    if not wanted:
        return []
    subjects = list(session.execute(select(Subject.name, Subject.id).order_by(Subject.code)))
    exact: dict[str, tuple[str, int]] = {}
    by_stem: dict[str, tuple[str, int]] = {}
    for name, number in subjects:  # 一级科目 come before their 二级科目 and win
        exact.setdefault(name, (name, number))
        by_stem.setdefault(_stem(name), (name, number))
    return [_proposed(name, exact.get(name) or by_stem.get(_stem(name))) for name in wanted]


def create_departments(
    session: Session,
    *,
    institution: Institution,
    departments: Sequence[ProposedDepartment],
    actor: Actor,
    at: datetime,
) -> dict[str, int]:
    """Create departments with their 诊疗科目 and trail; return their ids by name."""
    rows = [(institution, one) for one in departments]
    made = found_departments(session, rows, actor=actor, at=at)
    return {name: number for (_home, name), number in made.items()}


def found_departments(
    session: Session,
    rows: Sequence[tuple[Home, ProposedDepartment]],
    *,
    actor: Actor,
    at: datetime,
) -> dict[tuple[int, str], int]:
    """Do the same at several institutions; return the ids by institution and name."""
    if not rows:
        return {}
    inserted = insert(Department).returning(
        Department.institution_id, Department.name, Department.id
    )
    values = [{**_owner(home), **_place(home), "name": one.name} for home, one in rows]
    ids = {(owner, name): number for owner, name, number in session.execute(inserted, values)}
    links = [
        {**_owner(home), "department_id": ids[home.id, one.name], "subject_id": one.subject_id}
        for home, one in rows
        if one.subject_id is not None
    ]
    if links:
        session.execute(insert(DepartmentSubject), links)
    entry = trail.columns(actor, at=at, subject="department", action="create", label=N_("创建科室"))
    session.execute(
        insert(TrailEntry),
        [
            {
                **_owner(home),
                **_place(home),
                **entry,
                "subject_id": ids[home.id, one.name],
                "comment": one.name,
            }
            for home, one in rows
        ],
    )
    return ids


def _owner(home: Home) -> dict[str, int]:
    return {"province_id": home.province_id, "institution_id": home.id}


def _place(home: Home) -> dict[str, str]:
    return {"authority_path": home.authority_path}


def department_key(name: str) -> str:
    """Give a department's name without what typing adds: width, spaces, case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _stem(name: str) -> str:
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def _proposed(name: str, found: tuple[str, int] | None) -> ProposedDepartment:
    return ProposedDepartment(name, found[1], found[0]) if found else ProposedDepartment(name)
