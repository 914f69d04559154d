"""诊疗科目名录 in the database."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Subject
from app.operations.code_lists import load_subjects


def test_loading_twice_changes_nothing_the_second_time(scoped_session: Session) -> None:
    first = load_subjects(scoped_session)
    second = load_subjects(scoped_session)

    assert (first, second) == (scoped_session.scalar(select(func.count(Subject.id))), 0)
    assert first > 100


def test_a_renamed_entry_is_corrected_and_keeps_its_id(scoped_session: Session) -> None:
    load_subjects(scoped_session)
    row = scoped_session.scalars(select(Subject).where(Subject.code == "07.04")).one()
    name, identity = row.name, row.id
    row.name = "旧名称"

    changed = load_subjects(scoped_session)

    assert (changed, row.name, row.id, row.parent_code) == (1, name, identity, "07")
