"""新增医师 and 离岗: the forms of the physicians' list. The rules are the roster's, stated once."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import Optional

from app.enums import AwayReason, Category, Education, IdType, PhysicianLevel, Sex, Title
from app.exchange.physician_columns import PHYSICIAN_COLUMNS, check_facts
from app.exchange.physician_facts import ETHNIC_GROUPS, PhysicianFacts
from app.extensions import db
from app.queries import departments
from app.views.clock import today
from app.views.converter import VocabularyField
from app.workflows.stopping import STOPPED

_REQUIRED = frozenset(column.attribute for column in PHYSICIAN_COLUMNS if column.required)
_BLANK = SelectChoice("", _l("请选择"))
_FROM_ID = _l("居民身份证可不填，按证件号码取得。")


class _Marked:
    """Draws the mark of a required field; the roster's check says what is missing."""

    field_flags: Mapping[str, Any] = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Judge nothing."""


def _rules(name: str) -> list[Any]:
    return [_Marked()] if name in _REQUIRED else []


def _text(name: str, label: Any, longest: int, **options: Any) -> StringField:
    attributes = {"maxlength": longest, "autocomplete": "off"}
    return StringField(label, _rules(name), render_kw=attributes, **options)


def _word(name: str, label: Any, vocabulary: Any, **options: Any) -> VocabularyField:
    return VocabularyField(label, vocabulary, validators=_rules(name), **options)


def _day(name: str, label: Any, **options: Any) -> DateField:
    rules = [
        *_rules(name),
        Optional(),
    ]  # an empty one is none; the roster's check says if it may be
    return DateField(label, rules, format=["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"], **options)


class PhysicianForm(FlaskForm):
    """One physician with the roster's fields."""

    name = _text("name", _l("姓名"), 64)
    id_type = _word("id_type", _l("证件类型"), IdType, default=IdType.RESIDENT)
    id_number = _text("id_number", _l("证件号码"), 30)
    sex = _word("sex", _l("性别"), Sex, description=_FROM_ID)
    birth_date = _day("birth_date", _l("出生日期"), description=_FROM_ID)
    ethnic_group = SelectField(
        _l("民族"),
        choices=[_BLANK, *(SelectChoice(name, _l(name)) for name in ETHNIC_GROUPS)],
        default="",
    )
    education = _word("education", _l("学历"), Education)
    phone = _text("phone", _l("手机号码"), 20)
    department_name = SelectField(_l("科室"), _rules("department_name"), default="")
    level = _word("level", _l("医师级别"), PhysicianLevel)
    category = _word("category", _l("执业类别"), Category)
    practice_scope = _text("practice_scope", _l("执业范围"), 255)
    title = _word("title", _l("职称"), Title)
    qualification_code = _text("qualification_code", _l("医师资格证书编码"), 40)
    licence_code = _text("licence_code", _l("医师执业证书编码"), 40)
    licensed_on = _day("licensed_on", _l("执业证取得时间"))
    first_registered_on = _day("first_registered_on", _l("首次注册时间"))

    facts: PhysicianFacts | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = departments.choices(db.session(), only_active=True)
        self.department_name.choices = [_BLANK, *(SelectChoice(*unit) for unit in units)]

    @property
    def department_id(self) -> int:
        """The chosen department; only for a valid form."""
        return int(self.department_name.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Let the roster's check judge what was typed; ``facts`` is set when it agrees."""
        is_valid: bool = super().validate(extra_validators)
        texts = {column.attribute: self._typed(column.attribute) for column in _COLUMNS}
        found = check_facts(texts, today=today())
        if isinstance(found, PhysicianFacts):
            self.facts = found
            return is_valid
        for name, message in found.items():
            if not self[name].errors:
                self[name].errors = [str(message)]
        return False

    def _typed(self, name: str) -> object:
        field: Field = self[name]
        if name == "department_name":
            names = {value: label for value, label, *_more in field.choices}
            return names.get(field.data, "") if field.data else ""
        if isinstance(field, VocabularyField):
            return field.data.value if field.data else ""
        if isinstance(field, DateField):
            return field.data or " ".join(field.raw_data or ())
        return field.data


_COLUMNS = tuple(column for column in PHYSICIAN_COLUMNS if column.attribute)

FIELDSETS = (
    (
        _l("基本信息"),
        (
            "name",
            "id_type",
            "id_number",
            "sex",
            "birth_date",
            "ethnic_group",
            "education",
            "phone",
        ),
    ),
    (
        _l("执业信息"),
        (
            "department_name",
            "level",
            "category",
            "practice_scope",
            "title",
            "qualification_code",
            "licence_code",
            "licensed_on",
            "first_registered_on",
        ),
    ),
)


class AwayForm(FlaskForm):
    """离岗: posted to the workflow's step, which judges it."""

    away_reason = VocabularyField(
        _l("离岗原因"), AwayReason, validators=[_Marked()], without=STOPPED
    )
    away_from = DateField(_l("开始日期"), [_Marked()])
    away_until = DateField(
        _l("预计结束日期"),
        [Optional()],
        description=_l("已知时填写，期满次日自动恢复为未确认参加；不确定可不填。"),
    )
    next = HiddenField()
    back = HiddenField()
