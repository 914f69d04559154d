"""Both sides of a conflict, fact by fact; numbers that identify a person are masked."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.models import Physician, RegistryConflict
from app.operations.registry_changes import (
    SECRET,
    WORDS,
    RegistryChange,
    differences,
    from_document,
    merged,
)
from app.security.id_numbers import mask_id_number
from app.views import cells


@dataclass(frozen=True, slots=True)
class Line:
    """One fact on both sides; ``theirs`` is None where the registry does not state it."""

    word: Any
    ours: Any
    theirs: Any
    differs: bool = False


def lines(conflict: RegistryConflict, ours: Physician | None) -> list[Line]:
    """Give the facts in the order of the roster; ``ours`` is None where there is nobody, or hidden."""
    change = from_document(conflict)
    return [_home(conflict, ours), _unit(change, ours), _practice(change, ours)] + [
        _fact(name, change, ours) for name in WORDS
    ]


def _home(conflict: RegistryConflict, ours: Physician | None) -> Line:
    theirs = f"{conflict.institution_name}（{conflict.uscc}）"
    if ours is None:
        return Line(_("医疗卫生机构"), None, theirs)
    here = f"{ours.institution.name}（{ours.institution.uscc}）"
    differs = ours.institution.uscc != conflict.uscc
    return Line(_("医疗卫生机构"), here, theirs, differs)


def _unit(change: RegistryChange, ours: Physician | None) -> Line:
    # 科室 are the institution's own matter: another word of the registry is no difference.
    return Line(_("科室"), ours.department.name if ours else None, change.department_name or None)


def _practice(change: RegistryChange, ours: Physician | None) -> Line:
    differs = ours is not None and change.practice.name != "ACTIVE"
    return Line(_("执业状态"), None, change.practice.label, differs)


def _fact(name: str, change: RegistryChange, ours: Physician | None) -> Line:
    mine = None if ours is None else getattr(ours, name)
    if change.facts is None:
        theirs: Any = change.raw.get(name) or None
        shown = cells.plain(mine)
        differs = ours is not None and theirs is not None and str(shown or "") != theirs
    else:
        theirs = getattr(change.facts, name)
        differs = ours is not None and name in differences(ours, merged(ours, change.facts))
    return Line(_(WORDS[name]), _written(name, mine), _written(name, theirs), differs)


def _written(name: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    return mask_id_number(str(value)) if name in SECRET else cells.shown(value)
