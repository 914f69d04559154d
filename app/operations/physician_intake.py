"""医师: taking physicians up with account, identity and participation, thousands at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.models import Institution, Physician
from app.operations import physician_following, registry_links
from app.operations.physician_rows import COPIED, Facts, Home
from app.operations.physician_storing import insert_physicians
from app.queries import cycles
from app.queries.among import among
from app.refusals import Refusal
from app.security.actor import Actor, current_actor, unscoped
from app.security.id_numbers import mask_id_number, normalise_id_number

CHUNK = 5000  # rows a statement; SQLite allows 32,766 bound parameters
ID_CONTEXT = "physician.id_number"

T = TypeVar("T")


class PhysicianRefused(Refusal):
    """Physicians that may not be taken up or removed; ``message`` is in the user's words."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be taken up, and where."""

    index: str
    facts: Facts
    department_id: int
    home: Home


def id_index(number: str) -> str:
    """Fingerprint a normalised ID number: the key of a physician and the name of the account."""
    return keyring().blind_index(number, context=ID_CONTEXT)


def id_indexes(text: str) -> list[str]:
    """Give the fingerprints a typed number may have: a resident's of 15 or 18 digits, others as printed."""
    typed = "".join(text.split()).upper()
    return sorted({id_index(number) for number in (typed, normalise_id_number(text)) if number})


def existing_indexes(session: Session, indexes: Sequence[str]) -> dict[str, bool]:
    """Tell which ID numbers the acting body's province knows: True where they are its own.

    Of other institutions' physicians nothing but their existence is told.
    """
    actor = current_actor()
    return _existing(
        session, indexes, province_id=actor.province_id, institution_id=actor.institution_id
    )


def create_physicians(
    session: Session,
    *,
    institution: Institution,
    rows: Sequence[tuple[Facts, int]],
    actor: Actor,
    at: datetime,
) -> list[int]:
    """Take up physicians, each with the id of the department, and return their ids in that order.

    Each gets an account in the initial state (or a further identity, when the person has one
    already) and takes part in the province's open cycle.
    :raises PhysicianRefused: a number twice, or known to the province, or a province whose roster
        comes from the registry; then nothing is written.
    """
    closed = registry_links.intake_objection(session, province_id=institution.province_id)
    if rows and closed is not None:
        raise PhysicianRefused(closed)
    newcomers = [
        Newcomer(id_index(facts.id_number), facts, unit, institution) for facts, unit in rows
    ]
    _refuse_duplicates(session, newcomers, institution=institution)
    return enrol(session, newcomers, province_id=institution.province_id, actor=actor, at=at)


def enrol(
    session: Session,
    newcomers: Sequence[Newcomer],
    *,
    province_id: int,
    actor: Actor,
    at: datetime,
) -> list[int]:
    """Store people of one province who are known to be new, with all that follows from it."""
    cycle = cycles.current(session, province_id=province_id)
    ids: list[int] = []
    for chunk in _chunks(newcomers):
        numbers = _insert(session, chunk, at=at)
        found = [numbers[one.index] for one in chunk]
        physician_following.follow(session, found, actor=actor, at=at, cycle=cycle)
        ids += found
    return ids


def _refuse_duplicates(
    session: Session, newcomers: Sequence[Newcomer], *, institution: Institution
) -> None:
    indexes = [one.index for one in newcomers]
    known = _existing(
        session, indexes, province_id=institution.province_id, institution_id=institution.id
    )
    seen: set[str] = set()
    for one in newcomers:
        masked = mask_id_number(one.facts.id_number)
        if one.index in seen:
            raise PhysicianRefused(_l("证件号码 %(number)s 在名单中重复出现。", number=masked))
        if one.index in known:
            raise PhysicianRefused(
                _l("证件号码 %(number)s 在本机构已登记。", number=masked)
                if known[one.index]
                else _l("证件号码 %(number)s 在本省其他机构已登记，请先办理转移。", number=masked)
            )
        seen.add(one.index)


def _existing(
    session: Session,
    indexes: Sequence[str],
    *,
    province_id: int | None,
    institution_id: int | None,
) -> dict[str, bool]:
    known: dict[str, bool] = {}
    with unscoped("duplicate check: only existence is told, other institutions' rows must count"):
        for chunk in _chunks(indexes):
            statement = select(Physician.id_index, Physician.institution_id).where(
                Physician.province_id == province_id,
                among(session, Physician.id_index, chunk, kind=String()),
            )
            for index, owner in session.execute(statement):
                known[index] = owner == institution_id
    return known


def _insert(session: Session, chunk: Sequence[Newcomer], *, at: datetime) -> dict[str, int]:
    columns: dict[str, list[Any]] = {
        name: [getattr(one.facts, name) for one in chunk] for name in COPIED
    }
    columns["id_index"] = [one.index for one in chunk]
    columns["id_masked"] = [mask_id_number(one.facts.id_number) for one in chunk]
    columns["department_id"] = [one.department_id for one in chunk]
    return insert_physicians(session, columns, homes=[one.home for one in chunk], at=at)


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
