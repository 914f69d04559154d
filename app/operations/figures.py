"""考核统计: folding the rows of figures together, counting them anew, and telling where they differ."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session

from app.models import Assessment, Figure, Participation, Physician
from app.operations.figure_triggers import KEY
from app.security.scope_session import SetBased

_FOLD_FROM = 200  # rows of one institution and cycle
_MOST = 500  # institutions folded in one run
Key = tuple[Any, ...]


def _columns(model: Any) -> list[Any]:
    return [getattr(model, name) for name in KEY]


def fold(
    session: Session,
    *,
    at: datetime,  # noqa: ARG001 - every sweep is told the time
    least: int = _FOLD_FROM,
) -> int:
    """Put the rows of institutions that have many of them together; for a periodic task.

    What is taken away is exactly what is added up, so that nothing is lost that comes meanwhile.
    """
    many = session.execute(
        select(Figure.institution_id, Figure.cycle_id)
        .group_by(Figure.institution_id, Figure.cycle_id)
        .having(func.count() >= least)
        .limit(_MOST)
    ).all()
    for institution_id, cycle_id in many:
        gone = session.execute(
            delete(Figure)
            .where(Figure.institution_id == institution_id, Figure.cycle_id == cycle_id)
            .returning(*_columns(Figure), Figure.number)
            .execution_options(synchronize_session=False)
        ).all()
        sums: Counter[Key] = Counter()
        for *key, number in gone:
            sums[tuple(key)] += number
        rows = [dict(zip((*KEY, "number"), (*key, n), strict=True)) for key, n in sums.items() if n]
        if rows:
            session.execute(insert(Figure), rows, execution_options={"render_nulls": True})
    return len(many)


def recount(session: Session) -> None:
    """Throw the figures away and count every participation; nobody may write meanwhile."""
    session.execute(delete(Figure).execution_options(synchronize_session=False))
    counted = _counted(func.count().label("number"))
    names = [*KEY, "number"]
    session.execute(insert(Figure).from_select(names, counted).options(SetBased()))


def differences(session: Session) -> Mapping[Key, tuple[int, int]]:
    """Compare figures with a count of the participations: key → (kept, counted) where they differ."""
    kept = _sums(
        session, select(*_columns(Figure), func.sum(Figure.number)).group_by(*_columns(Figure))
    )
    counted = _sums(session, _counted(func.count()))
    return {
        key: (kept.get(key, 0), counted.get(key, 0))
        for key in kept.keys() | counted.keys()
        if kept.get(key, 0) != counted.get(key, 0)
    }


def _sums(session: Session, statement: Any) -> dict[Key, int]:
    return {tuple(row[:-1]): int(row[-1]) for row in session.execute(statement)}


def _counted(number: Any) -> Any:
    p, a = Participation, Assessment
    case = {"status", "procedure", "result"}
    columns = [
        getattr(a if name in case else Physician if name in ("category", "level") else p, name)
        if name != "seat"
        else p.status.label("seat")
        for name in KEY
    ]
    return (
        select(*columns, number)
        .select_from(p)
        .join(Physician, Physician.id == p.physician_id)
        .outerjoin(a, and_(a.participation_id == p.id, a.province_id == p.province_id))
        .group_by(*columns)
    )
