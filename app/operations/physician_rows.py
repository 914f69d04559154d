"""What is known of a physician before being taken up, whoever read it, and where the person belongs."""

from datetime import date
from typing import Protocol

from app.enums import Category, Education, IdType, PhysicianLevel, Sex, Title


class Facts(Protocol):
    """What must be known of a physician, checked and normalised by whoever read it."""

    @property
    def name(self) -> str: ...
    @property
    def sex(self) -> Sex: ...
    @property
    def id_type(self) -> IdType: ...
    @property
    def id_number(self) -> str: ...
    @property
    def birth_date(self) -> date: ...
    @property
    def ethnic_group(self) -> str | None: ...
    @property
    def education(self) -> Education | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def level(self) -> PhysicianLevel: ...
    @property
    def category(self) -> Category: ...
    @property
    def practice_scope(self) -> str | None: ...
    @property
    def title(self) -> Title | None: ...
    @property
    def qualification_code(self) -> str | None: ...
    @property
    def licence_code(self) -> str | None: ...
    @property
    def licensed_on(self) -> date: ...
    @property
    def first_registered_on(self) -> date | None: ...


class Home(Protocol):
    """The institution that takes somebody up, as a row or as the columns that matter."""

    @property
    def id(self) -> int: ...
    @property
    def province_id(self) -> int: ...
    @property
    def authority_path(self) -> str: ...
    @property
    def name(self) -> str: ...


COPIED = (
    "name",
    "sex",
    "id_type",
    "id_number",
    "birth_date",
    "ethnic_group",
    "education",
    "phone",
    "level",
    "category",
    "practice_scope",
    "title",
    "qualification_code",
    "licence_code",
    "licensed_on",
    "first_registered_on",
)
