"""科室 for people whom the registry brings: by name, or 未分配科室 where it names none of ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import BodyStatus
from app.models import Department
from app.operations.department_intake import found_departments, propose_departments
from app.operations.physician_rows import Home
from app.queries.among import among
from app.security.actor import Actor

UNASSIGNED = "未分配科室"
Units = Mapping[tuple[int, str], int]


def placed(
    session: Session, wanted: Sequence[tuple[Home, str]], *, actor: Actor, at: datetime
) -> Units:
    """Give the department's id for each institution and wanted name ("" is none).

    A name that the institution lacks is created, as an import creates it; a stopped department
    takes nobody up, 未分配科室 does.
    """
    if not wanted:
        return {}
    homes = {home.id: home for home, _name in wanted}
    known = {
        (owner, name): (number, status)
        for owner, name, number, status in session.execute(
            select(
                Department.institution_id, Department.name, Department.id, Department.status
            ).where(among(session, Department.institution_id, sorted(homes)))
        )
    }

    def target(owner: int, name: str) -> tuple[int, str]:
        _number, status = known.get((owner, name), (0, BodyStatus.ACTIVE))
        is_free = name and status is BodyStatus.ACTIVE
        return (owner, name if is_free else UNASSIGNED)

    targets = {(home.id, name): target(home.id, name) for home, name in wanted}
    missing = sorted({key for key in targets.values() if key not in known})
    proposed = {
        one.name: one for one in propose_departments(session, sorted({n for _o, n in missing}))
    }
    made = found_departments(
        session, [(homes[owner], proposed[name]) for owner, name in missing], actor=actor, at=at
    )
    numbers = {key: number for key, (number, _status) in known.items()} | made
    return {asked: numbers[key] for asked, key in targets.items()}
