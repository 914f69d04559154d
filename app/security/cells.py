"""The rules a scope is made of: each says which rows, as SQL and for a row in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from app import models as m
from app.enums import Audience
from app.security.actor import Actor


class Cell(Protocol):
    """One cell of the table: the same rule as SQL and for a row in memory."""

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]: ...

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool: ...


@dataclass(frozen=True)
class Everything:
    """All rows."""

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        return true()

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return True


@dataclass(frozen=True)
class ByNation:
    """All rows, for the nation's authority alone."""

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        return true() if _is_nation(actor) else false()

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return _is_nation(actor)


def _is_nation(actor: Actor) -> bool:
    return actor.authority_id is not None and actor.province_id is None


@dataclass(frozen=True)
class Nothing:
    """No row: what a missing cell means."""

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        return false()

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return False


@dataclass(frozen=True)
class Own:
    """Rows whose ``column`` equals the actor's ``attribute``; an actor without one sees nothing."""

    column: str
    attribute: str

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        value = getattr(actor, self.attribute)
        if value is None:
            return false()
        result: ColumnElement[bool] = getattr(model, self.column) == value
        return result

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        value = getattr(actor, self.attribute)
        return value is not None and row.get(self.column) == value


@dataclass(frozen=True)
class Below:
    """Rows of bodies under the actor's authority, itself included."""

    column: str = "authority_path"

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        if actor.authority_id is None:
            return false()
        if actor.province_id is None:
            return true()
        in_province: ColumnElement[bool] = model.province_id == actor.province_id
        if actor.authority_id == actor.province_id:
            return in_province
        prefix = actor.authority_path
        return and_(in_province, getattr(model, self.column).startswith(prefix, autoescape=True))

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return actor.authority_id is not None and str(row.get(self.column) or "").startswith(
            actor.authority_path
        )


@dataclass(frozen=True)
class InProvince:
    """Rows of the actor's province; the nation's authority sees all provinces."""

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        if actor.province_id is None:
            return true() if actor.authority_id is not None else false()
        result: ColumnElement[bool] = model.province_id == actor.province_id
        return result

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        if actor.province_id is None:
            return actor.authority_id is not None
        return row.get("province_id") == actor.province_id


@dataclass(frozen=True)
class Entrusted:
    """Rows of institutions that the actor's agency is appointed to."""

    column: str = "institution_id"

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        result: ColumnElement[bool] = getattr(model, self.column).in_(sorted(actor.entrusted))
        return result

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return row.get(self.column) in actor.entrusted


@dataclass(frozen=True)
class Worn:
    """Accounts that wear a hat which ``cell`` shows: the one scope that is a subquery.

    An account has hats at several bodies, so no column of its own could tell; the subquery is
    one look into an index for each account that is read.
    """

    cell: Cell

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        seen = self.cell.criterion(m.Identity, actor)
        hats = select(m.Identity.id).where(
            m.Identity.account_id == model.id, m.Identity.is_active, seen
        )
        return hats.correlate(model).exists()

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return False  # read-only: what is written is never told from memory


@dataclass(frozen=True, init=False)
class AnyOf:
    """The union of cells."""

    cells: tuple[Cell, ...]

    def __init__(self, *cells: Cell) -> None:
        object.__setattr__(self, "cells", cells)

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        return or_(*(cell.criterion(model, actor) for cell in self.cells))

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return any(cell.holds(row, actor) for cell in self.cells)


@dataclass(frozen=True)
class Above:
    """Rows of the authorities over the actor's, its own included."""

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        result: ColumnElement[bool] = model.authority_path.in_(_line(actor))
        return result

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return row.get("authority_path") in _line(actor)


@dataclass(frozen=True)
class Announced:
    """Announcements in force from above the actor (not the own ones), meant for ``audiences``."""

    audiences: frozenset[Audience]

    def criterion(self, model: Any, actor: Actor) -> ColumnElement[bool]:
        return and_(
            model.authority_path.in_(_line(actor)),
            model.authority_id != (actor.authority_id or 0),
            model.published_at.is_not(None),
            model.withdrawn_at.is_(None),
            model.audience.in_(sorted(self.audiences)),
        )

    def holds(self, row: Mapping[str, Any], actor: Actor) -> bool:
        return (
            row.get("authority_path") in _line(actor)
            and row.get("authority_id") != actor.authority_id
            and row.get("published_at") is not None
            and row.get("withdrawn_at") is None
            and row.get("audience") in self.audiences
        )


def _line(actor: Actor) -> list[str]:
    ids = [part for part in actor.authority_path.split("/") if part]
    return ["/" + "".join(f"{part}/" for part in ids[:depth]) for depth in range(1, len(ids) + 1)]
