"""Closed vocabularies. A member's name is stored, its value is the manual's Chinese word (and the msgid)."""

from enum import StrEnum

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString


def N_(message: str) -> str:
    """Mark a word for translation without translating it."""
    return message


class Vocabulary(StrEnum):
    """A closed choice whose value is its Chinese word."""

    @property
    def label(self) -> LazyString:
        """The word in the language of the person who reads it."""
        return lazy_gettext(self.value)

    @classmethod
    def choices(cls) -> list[tuple[str, LazyString]]:
        """Pairs of stored name and label, in the order of declaration."""
        return [(member.name, member.label) for member in cls]
