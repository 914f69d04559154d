"""How a row lies to somebody: own, below, sibling, above, foreign; and what each role may reach.

Plain Python over ids and paths, and one literal table: nothing here asks the scope table.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app import models as m
from tests.security.foreign import Reach


class Relation(StrEnum):
    """Where a row's body stands, seen from the body one acts for."""

    OWN = "own"
    BELOW = "below"
    SIBLING = "sibling"
    ABOVE = "above"
    FOREIGN = "foreign"


OWN, BELOW, SIBLING, ABOVE, FOREIGN = Relation

REACHED: Mapping[str, frozenset[Relation]] = {
    "A": frozenset({OWN, BELOW}),
    "H": frozenset({OWN}),
    "G": frozenset({OWN, BELOW}),
    "P": frozenset({OWN}),
}
"""Whose rows a role may reach: whatever is not named here is 404."""

EXCEPTIONS: Mapping[type[Any], Mapping[str, frozenset[Relation]]] = {
    m.Cycle: dict.fromkeys("AHGP", frozenset({OWN, ABOVE})),  # the province's holds for all below
    m.Announcement: {  # published ones of the authorities above, for those they are meant for
        "A": frozenset({OWN, BELOW, ABOVE}),
        **dict.fromkeys("HGP", frozenset({ABOVE})),
    },
    m.Authority: {"A": frozenset({BELOW})},  # nobody manages the own office
    m.Question: {"A": frozenset({OWN})},  # a bank is read by its own office alone
    m.Blueprint: {"A": frozenset({OWN})},
    m.ExamSession: dict.fromkeys("AHGP", frozenset({OWN, ABOVE})),
    m.Certificate: {"A": frozenset({OWN, BELOW}), **dict.fromkeys("HP", frozenset({OWN}))},
    m.Snapshot: {"G": frozenset({OWN}), "P": frozenset({OWN})},
    m.RosterUpload: {
        "A": frozenset({OWN}),
        "H": frozenset({OWN}),
    },  # nobody else's file, below or not
}

TWO_SIDED: Mapping[type[Any], str] = {
    m.TransferRequest: "the hospital that is left reads it as well",
    m.Transfer: "the hospital that is left reads it as well",
    m.OutsideOpinion: "the other place of practice reads it as well",
    m.Message: "belongs to an account, whatever the body",
    m.Account: "belongs to a person, whatever the body",
}
"""Rows that belong to two bodies or to none; test_foreign_rows asks for them."""


def reached(model: type[Any], letter: str) -> frozenset[Relation]:
    """Give the relations in which a role reaches rows of a model."""
    return EXCEPTIONS.get(model, REACHED).get(letter, frozenset())


def relation(reach: Reach, row: Any) -> Relation:
    """Tell where a row stands; ``FOREIGN`` is another province."""
    actor = reach.actor
    path = row.path if isinstance(row, m.Authority) else row.authority_path
    if row.province_id != actor.province_id:
        return Relation.FOREIGN
    if _is_own(reach, row, path):
        return Relation.OWN
    if reach.who.letter == "A":
        if path.startswith(actor.authority_path):
            return Relation.BELOW
        return Relation.ABOVE if actor.authority_path.startswith(path) else Relation.SIBLING
    place = row.id if isinstance(row, m.Institution) else getattr(row, "institution_id", None)
    if reach.who.letter == "G" and place in reach.entrusted:
        return Relation.BELOW
    if place is None and actor.authority_path.startswith(path):
        return Relation.ABOVE
    return Relation.SIBLING


def _is_own(reach: Reach, row: Any, path: str) -> bool:
    actor, letter = reach.actor, reach.who.letter
    if letter == "A":
        return path == actor.authority_path
    bodies: Mapping[str, tuple[type[Any], str, int | None]] = {
        "H": (m.Institution, "institution_id", actor.institution_id),
        "G": (m.Agency, "agency_id", actor.agency_id),
        "P": (m.Physician, "physician_id", actor.physician_id),
    }
    body, column, own = bodies[letter]
    if letter == "P" and isinstance(row, (m.Institution, m.Department)):
        place = row.id if isinstance(row, m.Institution) else row.institution_id
        return bool(place == actor.institution_id)
    return bool((row.id if isinstance(row, body) else getattr(row, column, None)) == own)
