"""执业经历: the rows of a registration, stored as they were typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.models import Experience, Registration
from app.operations.registrations import SCOPE
from app.refusals import Refusal

MAX_EXPERIENCES = 10


class TooManyExperiences(Refusal):
    """More rows than the form has room for; ``message`` is in the user's words."""

    def __init__(self) -> None:
        super().__init__(_l("执业经历最多填写%(n)s条。", n=MAX_EXPERIENCES))


@dataclass(frozen=True, slots=True)
class ExperienceInput:
    """One typed row. ``values`` None: it could not be read, so what is stored stays."""

    id: int | None
    values: Mapping[str, Any] | None


def save_experiences(
    registration: Registration, rows: Sequence[ExperienceInput]
) -> list[Experience | None]:
    """Make 执业经历 these rows and no others; give what is stored for each, or None.

    :raises TooManyExperiences: more rows than the form has room for.
    """
    if len(rows) > MAX_EXPERIENCES:
        raise TooManyExperiences
    known = {row.id: row for row in registration.experiences}
    stored: list[Experience | None] = []
    for typed in rows:
        row = known.pop(typed.id, None) if typed.id is not None else None
        if typed.values is not None:
            if row is None:
                row = Experience(**{name: getattr(registration, name) for name in SCOPE})
            for name, value in typed.values.items():
                setattr(row, name, value)
        stored.append(row)
    registration.experiences = [row for row in stored if row is not None]
    return stored
