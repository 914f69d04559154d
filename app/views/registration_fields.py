"""Fields that accept a draft: what cannot be read is told beside the field and stays typed."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import TextInput

from app.enums import Vocabulary
from app.views.clock import today

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_EARLIEST = date(1930, 1, 1)
_NOT_OFFERED = _l("所选内容不在可选范围内，请重新选择。")


class OnSubmit:
    """Marks what must be there before 提交; a draft does without it."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse nothing: what is missing is told by the gaps of the registration."""


class WholeNumberField(IntegerField):
    """A count, typed in any width of digits; a text box, so that a wrong character is not lost."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a number that is not negative."""
        typed = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        self.data = None
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
            raise ValueError(_l("请填写整数，例如12。该项未保存。"))
        if typed:
            self.data = int(typed)


def count(label: Any, *, high: int, must: bool = False) -> WholeNumberField:
    """Make the field of a number from 0 to ``high``."""

    def in_range(_form: Any, field: Any) -> None:
        if field.data is not None and field.data > high:
            raise ValidationError(_l("应为0至%(high)s的整数。该项未保存。", high=high))

    return WholeNumberField(
        label,
        validators=[OnSubmit(), in_range] if must else [in_range],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


def day(label: Any) -> DateField:
    """Make the field of a day that is not in the future."""

    def is_past(_form: Any, field: Any) -> None:
        if field.data is not None and not _EARLIEST <= field.data <= today():
            raise ValidationError(_l("日期应在1930年以后、不晚于今天。该项未保存。"))

    return DateField(
        label,
        validators=[Optional(), is_past],
        invalid_value_message=_l("请填写日期，例如2024-05-10。该项未保存。"),
    )


def text(label: Any, *, longest: int, checks: Iterable[Any] = (), **attributes: Any) -> StringField:
    """Make the field of one line."""
    return StringField(
        label,
        filters=[_cleaned],
        validators=[*checks, _not_longer(longest)],
        render_kw={"maxlength": longest, **attributes},
    )


def prose(label: Any, *, longest: int, rows: int, **options: Any) -> TextAreaField:
    """Make the field of several lines."""
    checks = [*options.pop("validators", ()), _not_longer(longest)]
    return TextAreaField(
        label, filters=[_cleaned], validators=checks, render_kw={"rows": rows}, **options
    )


def radios(label: Any, vocabulary: type[Vocabulary], *, must: bool = True) -> RadioField:
    """Make the radio buttons of a closed choice; ``data`` is the member or None."""
    return RadioField(
        label,
        choices=offered(vocabulary),
        coerce=member_of(vocabulary),
        validate_choice=False,
        invalid_value_message=_NOT_OFFERED,
        validators=[OnSubmit()] if must else [],
    )


def either(label: Any, yes: Any, no: Any, *, must: bool = True) -> RadioField:
    """Make two radio buttons; ``data`` is True, False or None."""
    return RadioField(
        label,
        choices=[SelectChoice("yes", yes), SelectChoice("no", no)],
        coerce=_yes_or_no,
        validate_choice=False,
        invalid_value_message=_NOT_OFFERED,
        validators=[OnSubmit()] if must else [],
    )


def select(
    label: Any,
    coerce: Callable[[Any], Any],
    *,
    must: bool = True,
    refusal: Any = _NOT_OFFERED,
) -> SelectField:
    """Make a drop-down; whoever builds the form offers the choices with ``offer``."""
    return SelectField(
        label,
        choices=[SelectChoice("", _l("请选择"))],
        coerce=coerce,
        invalid_choice_message=refusal,
        invalid_value_message=refusal,
        validators=[OnSubmit()] if must else [],
    )


def offer(field: SelectField, pairs: Iterable[tuple[str, Any]]) -> None:
    """Set what a drop-down offers besides 请选择; a value that is not offered is none."""
    found = [SelectChoice(value, label) for value, label in pairs]
    field.choices = [SelectChoice("", _l("请选择")), *found]


def offered(vocabulary: type[Vocabulary]) -> list[SelectChoice]:
    """Give a vocabulary as choices."""
    return [SelectChoice(name, label) for name, label in vocabulary.choices()]


def member_of(vocabulary: type[Vocabulary]) -> Callable[[Any], Any]:
    """Give the function that reads a member's name."""

    def read(value: Any) -> Any:
        if value in (None, ""):
            return None
        if isinstance(value, vocabulary):
            return value
        if value not in vocabulary.__members__:
            raise ValueError(value)
        return vocabulary[value]

    return read


def row_id(value: Any) -> int | None:
    """Read the id of a row."""
    if value in (None, ""):
        return None
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 17):
        raise ValueError(value)
    return int(value)


def mobile(label: Any) -> StringField:
    """Make the field of a mobile number, which must be there on 提交."""
    return StringField(
        label,
        filters=[_digits],
        validators=[OnSubmit(), _is_mobile],
        render_kw={"inputmode": "tel", "maxlength": 20, "autocomplete": "tel"},
    )


def is_email(_form: Any, field: Any) -> None:
    """Check that a text looks like an address."""
    if field.data and not _EMAIL.fullmatch(field.data):
        raise ValidationError(_l("电子邮箱格式不正确，例如name@example.com。该项未保存。"))


def _is_mobile(_form: Any, field: Any) -> None:
    if field.data and not _MOBILE.fullmatch(field.data):
        raise ValidationError(_l("手机号码应为11位数字。该项未保存。"))


def _digits(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    typed = "".join(unicodedata.normalize("NFKC", _CONTROL.sub("", value)).split())
    return typed.replace("-", "").removeprefix("+86") or None


def _cleaned(value: Any) -> Any:
    return _CONTROL.sub("", value).strip() or None if isinstance(value, str) else value


def _not_longer(longest: int) -> Length:
    return Length(max=longest, message=_l("最多%(n)s字。该项未保存。", n=longest))


def _yes_or_no(value: Any) -> bool | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool):
        return value
    if value not in ("yes", "no"):
        raise ValueError(value)
    return bool(value == "yes")
