"""转移: physicians who go to another institution of the province, with their case and its trail.

Set-based, for a page of the registry may move hundreds. Copies of the owner on every table below
the participation follow, as 指派 makes them follow an agency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.enums import N_, AssessmentStatus, TransferSource
from app.models import (
    Assessment,
    Certificate,
    Conclusion,
    Correction,
    Identity,
    Institution,
    Mentorship,
    MentorshipChange,
    Participation,
    Penalty,
    Physician,
    Portrait,
    PracticePlace,
    Registration,
    Remedy,
    TrailEntry,
    Transfer,
)
from app.operations import trail
from app.operations.case_rows import hanging_on
from app.operations.physician_following import appointed
from app.operations.physician_rows import Home
from app.queries import cycles
from app.queries.among import among
from app.security.actor import Actor

_OF_PHYSICIANS: tuple[Any, ...] = (
    Identity,
    Portrait,
    Mentorship,
    MentorshipChange,
    Correction,
    PracticePlace,
    Penalty,
    Conclusion,
    Certificate,
    Remedy,
)
"""What belongs to a physician whatever the cycle, and goes along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Who went from where to where; ``with_case``: an open case goes along."""

    physician_id: int
    name: str
    from_id: int
    from_name: str
    from_path: str
    home: Home
    with_case: bool = False
    reason: str | None = None


def carry(
    session: Session,
    person: Physician,
    house: Institution,
    *,
    home: Institution,
    department_id: int,
    source: TransferSource,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Move one physician from ``house`` to ``home`` with everything of the open cycle.

    The caller has lifted the scope: the row leaves that of whoever decides.
    """
    running = select(Assessment.id).where(
        Assessment.physician_id == person.id, Assessment.status != AssessmentStatus.COMPLETED
    )
    move = Move(
        physician_id=person.id,
        name=person.name,
        from_id=house.id,
        from_name=house.name,
        from_path=house.authority_path,
        home=home,
        with_case=session.scalar(running.limit(1)) is not None,
        reason=reason,
    )
    person.institution_id, person.authority_path = home.id, home.authority_path
    person.department_id = department_id
    session.flush()  # what follows reads the physician's own row
    follow_moves(session, [move], province_id=home.province_id, source=source, actor=actor, at=at)
    session.expire_all()


def follow_moves(
    session: Session,
    moves: Sequence[Move],
    *,
    province_id: int,
    source: TransferSource,
    actor: Actor,
    at: datetime,
) -> None:
    """Let everything follow physicians whose own rows name the new institution already.

    What belongs to closed cycles stays where it was assessed; opinions that were given stay as
    they are, and the new institution's agency takes over.
    """
    if not moves:
        return
    ids = [one.physician_id for one in moves]
    for model in _OF_PHYSICIANS:
        owner = {name: _of_physician(model, name) for name in ("institution_id", "authority_path")}
        _take_along(session, model, among(session, model.physician_id, ids), owner)
    cycle = cycles.current(session, province_id=province_id)
    if cycle is not None:
        _follow_in_cycle(session, ids, cycle_id=cycle.id)
    session.execute(insert(Transfer), [_record(one, source=source, at=at) for one in moves])
    session.execute(
        insert(TrailEntry),
        [e for one in moves for e in _entries(one, actor=actor, at=at)],
        execution_options={"render_nulls": True},  # rows of one shape are one statement
    )


def _follow_in_cycle(session: Session, ids: Sequence[int], *, cycle_id: int) -> None:
    p = Participation
    chosen = among(session, p.physician_id, ids) & (p.cycle_id == cycle_id)
    home = _of_physician(p, "institution_id")
    owner = {"institution_id": home, "authority_path": _of_physician(p, "authority_path")}
    _take_along(session, p, chosen, {**owner, "agency_id": appointed(home, cycle_id=cycle_id)})
    participations = select(p.id).where(chosen)
    follows = ("institution_id", "authority_path", "agency_id")

    def of_participation(model: Any, name: str) -> Any:
        return (
            select(getattr(p, name))
            .where(p.physician_id == model.physician_id, p.cycle_id == cycle_id)
            .scalar_subquery()
        )

    for model, criterion in hanging_on(participations):
        values = {name: of_participation(model, name) for name in follows}
        if model is Registration:  # the old department means nothing to the new institution
            values["department_id"] = _of_physician(Registration, "department_id")
        _take_along(session, model, criterion, values)
    values = {name: of_participation(TrailEntry, name) for name in follows}
    _take_along(session, TrailEntry, TrailEntry.participation_id.in_(participations), values)


def _take_along(session: Session, model: Any, criterion: Any, values: dict[str, Any]) -> None:
    if hasattr(model, "version"):
        values["version"] = model.version + 1
    session.execute(
        update(model).where(criterion).values(values).execution_options(synchronize_session=False)
    )


def _of_physician(model: Any, name: str) -> Any:
    return (
        select(getattr(Physician, name))
        .where(Physician.id == model.physician_id)
        .correlate(model)
        .scalar_subquery()
    )


def _record(move: Move, *, source: TransferSource, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "source": source,
        "with_case": move.with_case,
        "province_id": move.home.province_id,
        "authority_path": move.home.authority_path,
        "from_path": move.from_path,
        "from_institution_id": move.from_id,
        "from_name": move.from_name,
        "institution_id": move.home.id,
        "to_name": move.home.name,
        "physician_id": move.physician_id,
    }


def _entries(move: Move, *, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """One entry for each side: neither sees the other's."""
    entry = trail.columns(actor, at=at, subject="physician", action="transfer", label=N_("转移"))
    way = f"{move.name}：{move.from_name}→{move.home.name}"
    way = f"{way}；{move.reason}" if move.reason else way
    about = {"subject_id": move.physician_id, "province_id": move.home.province_id}
    left = {"institution_id": move.from_id, "authority_path": move.from_path}
    joined = {"institution_id": move.home.id, "authority_path": move.home.authority_path}
    return [
        {**entry, **about, **left, "physician_id": None, "comment": way},
        {
            **entry,
            **about,
            **joined,
            "physician_id": move.physician_id,
            "comment": way,
        },
    ]
