"""Shares of small numbers: how far the true share may lie from the one that was counted."""

from math import sqrt

_Z = 1.959964  # 95 of a hundred intervals hold the true share
FEW = 30
"""Below this many a share alone says little."""


def interval(part: int, whole: int) -> tuple[float, float] | None:
    """Give Wilson's interval of 95 % in shares of one; None when there is nothing to count.

    It stays within 0 and 1 and holds its level for small numbers and shares near the ends.

    :raises ValueError: a part that is negative or larger than the whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    if whole == 0:
        return None
    share, square = part / whole, _Z * _Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = (
        _Z / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    )
    return max(0.0, middle - half), min(1.0, middle + half)
