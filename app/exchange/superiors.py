"""The superiors that a file names, by their names however they are spaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from app.exchange.target import Owner
from app.models import Authority


@dataclass(frozen=True, slots=True)
class Superiors:
    """The authorities that the owner of a file may name."""

    owner: Owner
    by_name: Mapping[str, Authority]

    @classmethod
    def among(cls, owner: Owner, offices: Iterable[Authority]) -> Self:
        """Know these authorities."""
        return cls(owner, {squeezed(one.name): one for one in offices})

    def of(self, name: str | None) -> Authority | None:
        """Give the authority that is named, or the owner's own where none is."""
        if name is None:
            return next((one for one in self.by_name.values() if one.id == self.owner.id), None)
        return self.by_name.get(squeezed(name))


def squeezed(name: str) -> str:
    """Write a name without spaces."""
    return "".join(name.split())
