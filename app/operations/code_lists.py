"""Code lists of the State, from files into tables; never removes an entry that rows may name."""

import json
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Subject

_SUBJECTS = Path(__file__).parents[1] / "codes" / "diagnosis_subjects.json"


def load_subjects(session: Session) -> int:
    """Bring 诊疗科目名录 into the database and return how many entries are new or changed."""
    known = {subject.code: subject for subject in session.scalars(select(Subject))}
    changed = 0
    for entry in json.loads(_SUBJECTS.read_text(encoding="utf-8")):
        facts = {
            "name": entry["name"],
            "level": entry["level"],
            "parent_code": entry["parent"],
        }
        row = known.get(entry["code"])
        if row is None:
            session.add(Subject(code=entry["code"], **facts))
            changed += 1
        elif {name: getattr(row, name) for name in facts} != facts:
            for name, value in facts.items():
                setattr(row, name, value)
            changed += 1
    session.flush()  # departments are linked by id
    return changed
