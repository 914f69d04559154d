"""Chance that anybody can repeat: an order that follows from a seed and from what is ordered.

Not ``random``: its sequences may differ between releases of Python, and a paper must be the same
when it is disputed years later.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, TypeVar

T = TypeVar("T")


def ordered(items: Iterable[T], seed: str, *, name: Callable[[T], Any] = str) -> list[T]:
    """Give the items in the order that the seed makes of their names; names are unique.

    The first k are a uniform sample of k, for whoever does not know the seed.
    """
    return sorted(items, key=lambda item: (_weight(seed, name(item)), str(name(item))))


def _weight(seed: str, name: Any) -> bytes:
    return sha256(f"{seed}\x1f{name}".encode()).digest()
