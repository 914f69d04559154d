"""组卷: a paper is drawn from the questions of a bank by the rows of a blueprint."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.exams.chance import ordered

Permutation = tuple[int, ...]
"""Which of a question's options stands at each place, counted from 0."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question as far as drawing needs it. ``group`` joins those with one 共用题干."""

    id: int
    kind: str
    point: str
    difficulty: str
    options: int
    group: int | None = None
    keeps_order: bool = False


@dataclass(frozen=True, slots=True)
class BlueprintRow:
    """So many questions of one kind, perhaps of one 知识点 or 难度 only; None: any."""

    kind: str
    count: int
    point: str | None = None
    difficulty: str | None = None
    marks: int = 1

    def admits(self, one: Candidate) -> bool:
        """Say whether a question may fill a place of this row."""
        return (
            one.kind == self.kind
            and self.point in (None, one.point)
            and self.difficulty in (None, one.difficulty)
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """One place of a paper: the question, its options' order, and what it is worth."""

    question_id: int
    order: Permutation
    marks: int


class BlueprintShort(ValueError):
    """The bank has too few questions; ``row`` cannot be filled, ``missing`` are wanted."""

    def __init__(self, row: BlueprintRow, missing: int) -> None:
        super().__init__(f"{missing} questions are missing for {row}")
        self.row = row
        self.missing = missing


def draw(bank: Iterable[Candidate], rows: Sequence[BlueprintRow], *, seed: str) -> list[Drawn]:
    """Draw a paper: the same bank, blueprint and seed give the same one.

    Within a row every question has the same chance; groups with one 共用题干 come whole as far as
    the row's number lets them. Kinds stay together in the order of the rows, groups side by side.

    :raises BlueprintShort: no choice fills every row.
    """
    candidates = _shuffled(bank, seed)
    chosen = _assigned(candidates, rows)
    marks = {one.id: rows[place].marks for place, one in chosen}
    kinds = list(dict.fromkeys(row.kind for row in rows))
    found: list[Drawn] = []
    for kind in kinds:
        questions = [one for _place, one in chosen if one.kind == kind]
        found += [
            Drawn(one.id, _options(one, seed), marks[one.id]) for one in _arranged(questions, seed)
        ]
    return found


def shortage(bank: Iterable[Candidate], rows: Sequence[BlueprintRow]) -> BlueprintShort | None:
    """Say what a blueprint lacks, before anybody sits."""
    try:
        _assigned(list(bank), rows)
    except BlueprintShort as short:
        return short
    return None


def _shuffled(bank: Iterable[Candidate], seed: str) -> list[Candidate]:
    singly = ordered(bank, f"{seed}/draw", name=lambda one: one.id)
    groups: dict[tuple[str, int], list[Candidate]] = {}
    for one in singly:
        groups.setdefault(_group(one), []).append(one)
    keys = ordered(groups, f"{seed}/groups", name=lambda key: f"{key[0]}{key[1]}")
    return [one for key in keys for one in groups[key]]


def _group(one: Candidate) -> tuple[str, int]:
    return ("q", one.id) if one.group is None else ("g", one.group)


def _assigned(
    candidates: Sequence[Candidate], rows: Sequence[BlueprintRow]
) -> list[tuple[int, Candidate]]:
    """Give each place of the blueprint a question, by augmenting paths where rows compete."""
    held: dict[int, int] = {}  # question's position → the row that has it
    fits = [
        [at for at, one in enumerate(candidates) if rows[place].admits(one)]
        for place in range(len(rows))
    ]
    # The choosiest row first: others take from what it leaves.
    for place in sorted(range(len(rows)), key=lambda n: (len(fits[n]), n)):
        for filled in range(rows[place].count):
            if not _take(place, fits, held, set()):
                raise BlueprintShort(rows[place], rows[place].count - filled)
    return [(held[at], candidates[at]) for at in sorted(held)]


def _take(place: int, fits: Sequence[Sequence[int]], held: dict[int, int], tried: set[int]) -> bool:
    for at in fits[place]:
        if at not in held and at not in tried:
            held[at] = place
            return True
    for at in fits[place]:
        other = held.get(at)
        if other is None or other == place or at in tried:
            continue
        tried.add(at)
        if _take(other, fits, held, tried):
            held[at] = place
            return True
    return False


def _arranged(questions: Sequence[Candidate], seed: str) -> list[Candidate]:
    """Mix the questions; those of a group come together, in the order of the bank."""
    groups: dict[tuple[str, int], list[Candidate]] = {}
    for one in sorted(questions, key=lambda q: q.id):
        groups.setdefault(_group(one), []).append(one)
    keys = ordered(groups, f"{seed}/order", name=lambda key: f"{key[0]}{key[1]}")
    return [one for key in keys for one in groups[key]]


def _options(one: Candidate, seed: str) -> Permutation:
    places = range(one.options)
    if one.keeps_order:
        return tuple(places)
    return tuple(ordered(places, f"{seed}/options/{one.id}"))
