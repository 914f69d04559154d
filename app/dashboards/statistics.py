"""考核统计 as rows of a table: what is grouped by what, with rates and where each figure leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import AssessmentStatus, Role, Vocabulary
from app.models import Authority, Figure
from app.queries import statistics
from app.queries.statistics import Numbers, Part

BY: Mapping[str, tuple[Any, frozenset[Role]]] = {
    "area": (_l("行政区域"), frozenset({Role.AUTHORITY})),
    "institution": (_l("医疗卫生机构"), frozenset({Role.AUTHORITY, Role.AGENCY})),
    "kind": (_l("机构类别"), frozenset({Role.AUTHORITY})),
    "category": (_l("执业类别"), frozenset({Role.AUTHORITY, Role.AGENCY, Role.INSTITUTION})),
    "level": (_l("医师级别"), frozenset({Role.AUTHORITY, Role.AGENCY, Role.INSTITUTION})),
    "procedure": (_l("考核程序"), frozenset({Role.AUTHORITY, Role.AGENCY, Role.INSTITUTION})),
}
"""What figures may be grouped by, with the word and who may."""
MOST_INSTITUTIONS = 100
"""How many institutions one table shows: those that are most behind."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its words, its numbers, and the filter by which lists show the same people.

    ``narrow`` is None where no list can be narrowed to them.
    """

    label: Any
    numbers: Numbers
    narrow: Mapping[str, str] | None = field(default_factory=dict)
    area_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines, their sum, and how many institutions were left out."""

    rows: Sequence[Row]
    total: Numbers
    left_out: int = 0


def choices(role: Role) -> list[tuple[str, Any]]:
    """List what a role may group by."""
    return [(name, word) for name, (word, roles) in BY.items() if role in roles]


def table(
    session: Session, cycle_ids: Sequence[int], *, by: str, area: Authority | None, part: Part
) -> Table:
    """Make the table of some cycles in the actor's scope: one statement for its figures."""
    makers = {"area": _areas, "institution": _institutions, "kind": _kinds}
    maker = makers.get(by)
    if maker is not None:
        return maker(session, cycle_ids, area, part)
    return _words(session, cycle_ids, by, part)


def statuses(
    session: Session, cycle_ids: Sequence[int], *, part: Part
) -> list[tuple[AssessmentStatus, int]]:
    """Count cases by 考核状态, in its order."""
    found = statistics.by_status(session, cycle_ids, part=part)
    return [(status, found.get(status, 0)) for status in AssessmentStatus]


def behind(numbers: Numbers) -> tuple[float, int]:
    """Order: the smallest share of completed first, the largest group first among equals."""
    return (numbers.completed / numbers.whole if numbers.whole else 1.0, -numbers.whole)


def held_up_at(numbers: Numbers) -> tuple[Any, int] | None:
    """Say where most of a group's unfinished cases stand, and how many do; None when all are done."""
    stages = (
        (_l("未填报"), numbers.whole - numbers.reported),
        (_l("待审核复核"), numbers.reported - numbers.reviewed),
        (_l("待测评认定"), numbers.reviewed - numbers.completed),
    )
    word, most = max(stages, key=lambda stage: stage[1])
    return (word, most) if most else None


def _areas(session: Session, cycle_ids: Sequence[int], area: Authority | None, part: Part) -> Table:
    if area is None:
        return Table(rows=(), total=Numbers())
    children = statistics.areas(session, above=area)
    by_path = statistics.sums(session, cycle_ids, by=Figure.authority_path, part=part)
    found, own = statistics.rolled_up(by_path, children)
    rows = [
        Row(child.name, found.get(child.id, Numbers()), {"area": str(child.id)}, child.id)
        for child in children
    ]
    if own != Numbers():
        rows.append(Row(_("%(name)s（本级）", name=area.name), own, None))
    return Table(rows=rows, total=_sum(rows))


def _institutions(
    session: Session, cycle_ids: Sequence[int], _area: Authority | None, part: Part
) -> Table:
    found = statistics.sums(session, cycle_ids, by=Figure.institution_id, part=part)
    total = _sum([Row("", numbers) for numbers in found.values()])
    chosen = sorted(found.items(), key=lambda pair: behind(pair[1]))[:MOST_INSTITUTIONS]
    names = statistics.institutions(session, [key for key, _numbers in chosen])
    rows = [
        Row(names[key], numbers, {"institution": names[key]})
        for key, numbers in chosen
        if key in names
    ]
    return Table(rows=rows, total=total, left_out=len(found) - len(rows))


def _kinds(
    session: Session, cycle_ids: Sequence[int], _area: Authority | None, part: Part
) -> Table:
    found = statistics.by_kind(session, cycle_ids, part=part)
    rows = [
        Row(kind.label, numbers, {"kind": kind.name})
        for kind, numbers in sorted(found.items(), key=lambda pair: _place(pair[0]))
    ]
    return Table(rows=rows, total=_sum(rows))


def _words(session: Session, cycle_ids: Sequence[int], by: str, part: Part) -> Table:
    found = statistics.sums(session, cycle_ids, by=getattr(Figure, by), part=part)
    known = [key for key in found if key is not None]
    rows = [Row(word.label, found[word], {by: word.name}) for word in sorted(known, key=_place)]
    if None in found:
        rows.append(Row(_("未填报"), found[None], None))
    return Table(rows=rows, total=_sum(rows))


def _place(word: Vocabulary) -> int:
    return list(type(word).__members__).index(word.name)


def _sum(rows: Sequence[Row]) -> Numbers:
    total = Numbers()
    for row in rows:
        total = total.plus(row.numbers)
    return total
