"""Figures of many days as lines: the points of an SVG, and the same numbers for a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.queries.progress_days import Day

WIDTH, HEIGHT, MARGIN = 640, 200, 8
"""The picture's own units; the page scales it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: its name, its word, ``points`` for a polyline, and where it ends."""

    name: str
    label: Any
    points: str
    last: str
    end: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines of shares over time with the heights of 0, 50 and 100 percent."""

    lines: tuple[Line, ...]
    first: date
    last: date
    rows: tuple[tuple[date, tuple[str, ...]], ...]
    grid: tuple[int, ...] = (MARGIN, HEIGHT // 2, HEIGHT - MARGIN)
    width: int = WIDTH
    height: int = HEIGHT


def drawn(days: Sequence[Day], measures: Sequence[tuple[str, Any]]) -> Curve | None:
    """Draw each measure as its share of ``whole``; None when there is no line to draw yet."""
    if len(days) < 2:
        return None
    first, last = days[0].day, days[-1].day
    lines = []
    for name, label in measures:
        points = [_point(one, name, first, last) for one in days]
        lines.append(
            Line(
                name,
                label,
                " ".join(f"{x},{y}" for x, y in points),
                _share(days[-1], name),
                points[-1],
            )
        )
    rows = tuple(
        (one.day, tuple(_share(one, name) for name, _label in measures)) for one in reversed(days)
    )
    return Curve(tuple(lines), first, last, rows)


def _point(one: Day, name: str, first: date, last: date) -> tuple[int, int]:
    across = (one.day - first).days / (last - first).days
    up = getattr(one, name) / one.whole if one.whole else 0
    return (
        round(MARGIN + across * (WIDTH - 2 * MARGIN)),
        round(HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)),
    )


def _share(one: Day, name: str) -> str:
    part = getattr(one, name)
    percent = 100 * part // one.whole if one.whole else 0
    return f"{percent}%（{part}/{one.whole}）"
