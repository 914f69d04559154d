"""What the address of 考核统计 asks for, checked against what the person may see."""

from typing import Any

from flask import request
from werkzeug.exceptions import NotFound

from app.dashboards import statistics as board
from app.enums import Category, CycleStatus, PhysicianLevel, Procedure, Role
from app.extensions import db
from app.models import Authority, Cycle
from app.queries import statistics
from app.queries.statistics import Part
from app.views.base import acting
from app.views.rownumbers import row_number

WORDS = {"category": Category, "level": PhysicianLevel, "procedure": Procedure}
"""What figures may be narrowed to by a word."""


class Asked:
    """One request: what is grouped and narrowed, and in which cycle."""

    def __init__(self) -> None:
        session, actor = db.session(), acting()
        self.by_choices = board.choices(actor.role)
        self.by = request.args.get("by", self.by_choices[0][0])
        if self.by not in dict(self.by_choices):
            raise NotFound
        self.own = self._own(actor.authority_id)
        self.area = self._area(request.args.get("area"))
        self.cycles = statistics.cycles_of(session, province_id=actor.province_id)
        self.cycle = self._cycle(row_number(request.args.get("cycle")))
        self.is_nation = actor.role is Role.AUTHORITY and actor.province_id is None

    @property
    def part(self) -> Part:
        """What the figures are narrowed to."""
        is_own = self.area is not None and self.own is not None and self.area.id == self.own.id
        chosen: dict[str, Any] = {
            name: vocabulary.__members__.get(request.args.get(name, ""))
            for name, vocabulary in WORDS.items()
        }
        return Part(area=None if is_own else self.area, **chosen)

    @property
    def cycle_ids(self) -> list[int]:
        """The chosen cycle; for the nation the open ones of all provinces."""
        if self.is_nation:
            return [one.id for one in self.cycles]
        return [self.cycle.id] if self.cycle is not None else []

    @property
    def is_current(self) -> bool:
        """Whether lists, which show current cycles, show the same people."""
        return self.is_nation or (self.cycle is not None and self.cycle.status is CycleStatus.OPEN)

    @property
    def before(self) -> Cycle | None:
        """The cycle before the chosen one."""
        if self.cycle is None or self.is_nation:
            return None
        earlier = [one for one in self.cycles if one.starts_on < self.cycle.starts_on]
        return earlier[0] if earlier else None

    def narrowed(self, **changes: str | None) -> dict[str, str]:
        """Give the arguments of this page with some changed; None leaves one out."""
        kept = {
            name: request.args[name]
            for name in ("by", "area", "cycle", *WORDS)
            if request.args.get(name)
        }
        return {name: value for name, value in (kept | changes).items() if value}

    @staticmethod
    def _own(authority_id: int | None) -> Authority | None:
        return db.session.get(Authority, authority_id) if authority_id is not None else None

    def _area(self, asked: str | None) -> Authority | None:
        if self.own is None or not asked:
            return self.own
        found = db.session.get(Authority, row_number(asked) or 0)
        if found is None or not found.path.startswith(self.own.path):
            raise NotFound
        return found

    def _cycle(self, asked: int | None) -> Cycle | None:
        if asked is None:
            return next(iter(self.cycles), None)
        found = next((one for one in self.cycles if one.id == asked), None)
        if found is None:
            raise NotFound
        return found
