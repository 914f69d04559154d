"""What is to be done about one change: a judgement of plain values, without the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.enums import ConflictKind, PracticeStatus
from app.operations.physician_rows import Home
from app.operations.registry_changes import RegistryChange, differences, merged

_DISORDER = "合并后首次注册时间早于执业证取得时间"


class Outcome(StrEnum):
    """What becomes of a change."""

    NOTHING = "nothing"
    NEW = "new"
    CHANGED = "changed"
    CONFLICT = "conflict"


class Known(Protocol):
    """A physician of ours as the judgement looks at one."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def institution_id(self) -> int: ...
    @property
    def institution_name(self) -> str: ...
    @property
    def authority_path(self) -> str: ...
    @property
    def department_id(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A change, whom of ours it is about, where it places the person, and what follows."""

    outcome: Outcome
    change: RegistryChange
    ours: Known | None
    home: Home | None
    kind: ConflictKind | None = None
    problem: str | None = None
    after: Mapping[str, Any] | None = None
    differing: tuple[str, ...] = ()

    @property
    def is_move(self) -> bool:
        """Whether the physician goes to another institution."""
        return (
            self.outcome is Outcome.CHANGED
            and self.ours is not None
            and self.home is not None
            and self.ours.institution_id != self.home.id
        )


def judge(
    change: RegistryChange,
    *,
    ours: Any | None,
    home: Home | None,
    has_open_case: bool,
    is_confirmed: bool = False,
) -> Verdict:
    """Judge a change against what we know.

    :param home: the active institution of ours with the stated code, if there is one.
    :param is_confirmed: a person said that the registry is right: another name and a case that
        goes along are no hindrance any more.
    """

    def conflict(kind: ConflictKind, problem: str | None = None) -> Verdict:
        return Verdict(
            outcome=Outcome.CONFLICT,
            change=change,
            ours=ours,
            home=home,
            kind=kind,
            problem=problem,
        )

    if change.facts is None:
        return conflict(ConflictKind.INVALID, change.problem)
    is_active = change.practice is PracticeStatus.ACTIVE
    if ours is None:
        return _of_nobody(change, home, is_active=is_active)
    if change.facts.name != ours.name and not is_confirmed:
        return conflict(ConflictKind.NAME)
    if not is_active:
        return conflict(ConflictKind.NOT_PRACTISING, change.practice.value)
    if home is None:
        return conflict(ConflictKind.INSTITUTION)
    after = merged(ours, change.facts)
    registered = after["first_registered_on"]
    if registered is not None and registered < after["licensed_on"]:
        return conflict(ConflictKind.INVALID, _DISORDER)
    is_elsewhere = home.id != ours.institution_id
    if is_elsewhere and has_open_case and not is_confirmed:
        return conflict(ConflictKind.OPEN_CASE)
    differing = differences(ours, after)
    return Verdict(
        outcome=Outcome.CHANGED if is_elsewhere or differing else Outcome.NOTHING,
        change=change,
        ours=ours,
        home=home,
        after=after,
        differing=differing,
    )


def _of_nobody(change: RegistryChange, home: Home | None, *, is_active: bool) -> Verdict:
    """Judge a change about somebody we have never heard of."""
    if not is_active:
        return Verdict(outcome=Outcome.NOTHING, change=change, ours=None, home=home)
    if home is None:
        return Verdict(
            outcome=Outcome.CONFLICT,
            change=change,
            ours=None,
            home=None,
            kind=ConflictKind.INSTITUTION,
        )
    return Verdict(outcome=Outcome.NEW, change=change, ours=None, home=home)
