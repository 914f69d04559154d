"""沿用: what a registration takes over from the same physician's last one, and says that it did."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import Assessment, Cycle, Participation, Registration

FIELDS = ("title_since", "position", "is_standard_trained")
"""What stays true from one cycle to the next; figures, conduct and statements never do."""
_OF_EXPERIENCE = ("started_on", "ended_on", "place", "department_name", "position")


def preview(session: Session, case: Assessment) -> Mapping[str, Any]:
    """Give what a form that nobody has saved yet shows: the fields, and rows of 执业经历."""
    last = _last(session, case)
    if last is None:
        return {}
    found: dict[str, Any] = {name: getattr(last, name) for name in FIELDS if getattr(last, name)}
    found["experiences"] = [
        {name: getattr(row, name) for name in _OF_EXPERIENCE} for row in last.experiences
    ]
    return found


def carry_over(session: Session, case: Assessment, draft: Registration) -> None:
    """Fill a new draft from the last registration, and note what was taken.

    Rows of 执业经历 come with the form that showed them.
    """
    last = preview(session, case)
    for name in FIELDS:
        if name in last:
            setattr(draft, name, last[name])
    draft.carried = [name for name, value in last.items() if value]


def note_change(registration: Registration, name: str, value: Any) -> None:
    """Forget that a field was taken over once something else is typed into it."""
    carried = registration.carried or []
    if name in carried and value != getattr(registration, name):
        registration.carried = [one for one in carried if one != name]


def _last(session: Session, case: Assessment) -> Registration | None:
    """Give the registration of the latest earlier cycle, whichever hospital it was made at."""
    statement = (
        select(Registration)
        .join(Participation, Participation.id == Registration.participation_id)
        .join(Cycle, Cycle.id == Participation.cycle_id)
        .where(
            Registration.physician_id == case.physician_id,
            Cycle.starts_on < case.cycle.starts_on,
        )
        .order_by(Cycle.starts_on.desc(), Registration.id.desc())
        .options(selectinload(Registration.experiences))
        .limit(1)
    )
    return session.scalars(statement).first()
