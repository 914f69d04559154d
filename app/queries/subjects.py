"""诊疗科目名录: two levels, the second named with its parent."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import Subject

Parent = aliased(Subject, name="parent")


def choices(session: Session) -> list[tuple[str, str]]:
    """Give id and name of the whole official list in the order of codes, level 2 below its parent."""
    statement = (
        select(Subject.id, Subject.name, Parent.name)
        .outerjoin(Parent, Parent.code == Subject.parent_code)
        .order_by(Subject.code)
    )
    return [
        (str(pk), f"{parent} - {name}" if parent else name)
        for pk, name, parent in session.execute(statement)
    ]


def name_of(session: Session, code: str | None) -> str | None:
    """Give the name of the entry with a code, None where there is none."""
    if code is None:
        return None
    return session.scalar(select(Subject.name).where(Subject.code == code))
