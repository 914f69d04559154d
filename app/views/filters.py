"""Filters of a list: declared once, drawn as a form, read from the URL, turned into criteria."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Form, IntegerField, SelectField, StringField, validators

from app.enums import Vocabulary
from app.operations.trail import msgid
from app.periods import years_ago

_LAST = "\U0010ffff"
Build = Callable[[Any], ColumnElement[bool]]
Choices = Callable[[], Sequence[tuple[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter. ``kind`` is text, choice, dates or ages; ``build`` makes its criterion.

    For ranges ``build`` receives the pair (low, high), either of which may be None.
    """

    name: str
    label: Any
    kind: str
    build: Build
    choices: Choices | None = None
    write: Callable[[str], str] | None = None  # how a typed number is told to others: masked


def starts_with(column: Any) -> Build:
    """Match the beginning of a text, an index away; wildcards are taken literally."""
    return lambda value: column.startswith(value, autoescape=True)


def begins(column: Any) -> Build:
    """Match the beginning of a text ordered by code point, as a range that any index serves."""
    return lambda value: (column >= value) & (column < value + _LAST)


def named(model: Any) -> Build:
    """Match a whole name; where nobody has it, the beginning of one."""

    def build(value: str) -> ColumnElement[bool]:
        other = aliased(model)
        known = select(other.id).where(other.name == value).exists()
        begun = model.name.startswith(value, autoescape=True)
        return or_(model.name == value, and_(begun, ~known))

    return build


def contains(column: Any) -> Build:
    """Match a part of a text; for short lists only."""
    return lambda value: column.contains(value, autoescape=True)


def one_of(column: Any, vocabulary: type[Vocabulary]) -> Build:
    """Match a stored name of a vocabulary."""
    return lambda value: column == vocabulary[value]


def between(column: Any) -> Build:
    """Match days from the first to the last, both included."""

    def build(pair: tuple[Any, Any]) -> ColumnElement[bool]:
        low, high = pair
        if low is None:
            return column <= high
        if high is None:
            return column >= low
        return column.between(low, high)

    return build


def aged(birth_date: Any, *, today: date) -> Build:
    """Match completed years of age, both ends included, by the day of birth."""

    def build(pair: tuple[int | None, int | None]) -> ColumnElement[bool]:
        low, high = pair
        youngest = years_ago(today, low) if low is not None else None
        oldest = years_ago(today, high + 1) if high is not None else None
        if oldest is None:
            return birth_date <= youngest
        if youngest is None:
            return birth_date > oldest
        return (birth_date > oldest) & (birth_date <= youngest)

    return build


def vocabulary_choices(vocabulary: type[Vocabulary]) -> Choices:
    """Offer a vocabulary's words."""
    return vocabulary.choices


class FilterForm(Form):
    """The filter bar; ``criteria()`` after ``validate()``."""

    class Meta:
        locales = ["zh"]


def _fields(declared: Filter) -> dict[str, Any]:
    optional = [validators.Optional()]
    name, label = declared.name, declared.label
    if declared.kind == "choice":
        return {name: SelectField(label, optional, choices=())}
    if declared.kind == "dates":
        return {
            f"{name}_{end}": DateField(label, optional, format=["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"])
            for end in ("from", "to")
        }
    if declared.kind == "ages":
        limits = [*optional, validators.NumberRange(0, 150)]
        return {f"{name}_{end}": IntegerField(label, limits) for end in ("from", "to")}
    return {name: StringField(label, [*optional, validators.Length(max=64)])}


_forms: dict[tuple[Any, ...], tuple[type[FilterForm], tuple[str, ...]]] = {}


def _form_of(declared: tuple[Filter, ...]) -> tuple[type[FilterForm], tuple[str, ...]]:
    """Give the form class of a set of filters, made once: only its choices change."""
    key = tuple((entry.name, entry.kind, msgid(entry.label)) for entry in declared)
    known = _forms.get(key)
    if known is None:
        members: dict[str, Any] = {}
        for entry in declared:
            members.update(_fields(entry))
        known = _forms[key] = (type("Filters", (FilterForm,), members), tuple(members))
    return known


class FilterBar:
    """The filters of one list for one request."""

    def __init__(self, declared: Sequence[Filter], args: "MultiDict[str, str]") -> None:
        self.declared = tuple(declared)
        self.kind, self.names = _form_of(self.declared)
        self.args = args
        self.is_empty = not any(args.get(name) for name in self.names)

    @cached_property
    def form(self) -> FilterForm:
        """The form with its choices, read and validated; an empty bar needs none."""
        form = self.kind(MultiDict(self.args))
        for name, offered in self.offered.items():
            form[name].choices = [("", _("全部")), *offered]
        form.validate()
        return form

    @cached_property
    def offered(self) -> dict[str, Sequence[tuple[str, Any]]]:
        """What each choice offers."""
        return {
            entry.name: tuple(entry.choices() if entry.choices else ())
            for entry in self.declared
            if entry.kind == "choice"
        }

    @property
    def is_valid(self) -> bool:
        """Whether the parameters can be read."""
        return self.is_empty or not self.form.errors

    @property
    def depends(self) -> tuple[Any, ...]:
        """Everything that the drawn bar hangs on, or nothing when something is filled in."""
        if not self.is_empty:
            return ()
        offered = [
            (name, *((key, str(word)) for key, word in given))
            for name, given in self.offered.items()
        ]
        return (self.kind.__name__, id(self.kind), *offered)

    def groups(self) -> list[tuple[Any, list[Any]]]:
        """Give the fields to draw, ranges as pairs."""
        return [
            (entry.label, [self.form[name] for name in self.names_of(entry)])
            for entry in self.declared
        ]

    @staticmethod
    def names_of(entry: Filter) -> list[str]:
        """Give the parameters of one filter."""
        if entry.kind in ("dates", "ages"):
            return [f"{entry.name}_from", f"{entry.name}_to"]
        return [entry.name]

    def criteria(self) -> tuple[ColumnElement[bool], ...]:
        """Give the criteria of the filled-in filters; only for a valid form."""
        if self.is_empty:
            return ()
        found = []
        for entry in self.declared:
            values = [self.form[name].data for name in self.names_of(entry)]
            if all(value in (None, "") for value in values):
                continue
            if len(values) == 2:
                found.append(entry.build((values[0], values[1])))
            else:
                value = values[0].strip() if isinstance(values[0], str) else values[0]
                if value:
                    found.append(entry.build(value))
        return tuple(found)

    def words(self) -> list[tuple[str, str]]:
        """Tell the filled-in filters as (label, value); only for a valid form."""
        found = []
        for entry in self.declared:
            values = [self.form[name].data for name in self.names_of(entry)]
            if any(value not in (None, "") for value in values):
                found.append((str(entry.label), self._told(entry, values)))
        return found

    def _told(self, entry: Filter, values: list[Any]) -> str:
        if len(values) == 2:
            low, high = ("" if value is None else str(value) for value in values)
            return _("%(low)s 至 %(high)s", low=low, high=high).strip()
        if entry.kind == "choice":
            offered = {str(key): str(label) for key, label in self.form[entry.name].choices}
            return offered.get(str(values[0]), str(values[0]))
        typed = str(values[0]).strip()
        return entry.write(typed) if entry.write else typed

    def problem(self) -> str:
        """Say that the filter could not be read."""
        return _("查询条件有误，请改正标红的条件后重新查询。")
