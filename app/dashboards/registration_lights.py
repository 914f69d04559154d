"""红绿灯: what each part of a registration still lacks, or was sent back for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.operations.registrations import Gap

SECTIONS: Mapping[str, LazyString] = {
    "basic": _l("基本信息"),
    "practice": _l("执业信息"),
    "experiences": _l("执业经历"),
    "conduct": _l("执业行为记录"),
    "work": _l("工作业绩"),
    "ethics": _l("职业道德自评"),
    "choice": _l("考核程序"),
    "attachments": _l("附件"),
}
"""The parts of the form in its order, each with its anchor."""

_SECTION_OF: Mapping[str, str] = {
    "phone": "basic",
    "email": "basic",
    "department_id": "practice",
    "specialty_id": "practice",
    "title_since": "practice",
    "position": "practice",
    "is_standard_trained": "practice",
    "has_good_record": "conduct",
    "has_bad_record": "conduct",
    "procedure": "choice",
    "simplified_ground": "choice",
    "provincial_ground": "choice",
    "statement": "choice",
    "attachment": "attachments",
}


@dataclass(frozen=True, slots=True)
class Light:
    """One part: how much is missing in it, and how many remarks a reviewer made on it."""

    section: str
    label: LazyString
    missing: int
    remarks: int

    @property
    def tone(self) -> str:
        """Red for what was sent back, amber for what is missing, green for the rest."""
        if self.remarks:
            return "bad"
        return "wait" if self.missing else "ok"


def section_of(field: str) -> str:
    """Give the part of the form in which a field stands; ``work.y2024.complaints`` is in ``work``."""
    head = field.partition(".")[0]
    return _SECTION_OF.get(head, head)


def lights(gaps: Sequence[Gap], remarked: Sequence[str]) -> tuple[Light, ...]:
    """Judge every part by its gaps and by the fields that were remarked on."""
    missing = [section_of(gap.field) for gap in gaps]
    said = [section_of(field) for field in remarked]
    return tuple(
        Light(name, label, missing.count(name), said.count(name))
        for name, label in SECTIONS.items()
    )
