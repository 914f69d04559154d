"""Changes as the contract writes them, made of a fictitious person."""

from typing import Any

from app.demo.people import Person

_PERSON = ("name", "id_number", "ethnic_group", "phone", "qualification_code")
_PRACTICE = ("licence_code",)


def change_of(
    person: Person,
    *,
    uscc: str,
    institution: str,
    department: str | None = None,
    kind: str = "registration",
    status: str = "active",
    **other: Any,
) -> dict[str, Any]:
    """Write one change; ``other`` replaces fields of ``physician`` or ``practice`` by name."""
    physician = {name: getattr(person, name) for name in _PERSON} | {
        "sex": person.sex.value,
        "id_type": person.id_type.value,
        "birth_date": person.birth_date.isoformat(),
        "education": person.education.value,
    }
    practice = {name: getattr(person, name) for name in _PRACTICE} | {
        "status": status,
        "level": person.level.value,
        "category": person.category.value,
        "scope": person.practice_scope,
        "title": person.title.value,
        "licensed_on": person.licensed_on.isoformat(),
        "first_registered_on": person.first_registered_on.isoformat(),
    }
    for part in (physician, practice):
        part.update({name: value for name, value in other.items() if name in part})
    return {
        "kind": kind,
        "physician": physician,
        "institution": {"uscc": uscc, "name": institution, "department": department},
        "practice": practice,
    }
