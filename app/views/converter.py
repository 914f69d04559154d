"""From a model's columns to form fields: FAB's converter with plain widgets and our vocabularies."""

from collections.abc import Collection
from typing import Any

from flask_appbuilder.fields import QuerySelectField, QuerySelectMultipleField
from flask_appbuilder.forms import DynamicForm, GeneralModelConverter
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms import validators as checks
from wtforms.fields.choices import Choice
from wtforms.widgets import Select

from app.enums import Vocabulary
from app.views.typed import stripped_or_none


class VocabularyField(SelectField):
    """A closed choice; ``data`` is the member, or None when left blank."""

    def __init__(
        self,
        label: Any,
        vocabulary: type[Vocabulary],
        *,
        without: Collection[Vocabulary] = (),
        **options: Any,
    ) -> None:
        self.vocabulary, self.without = vocabulary, without
        left = {member.name for member in without}
        offered = [pair for pair in vocabulary.choices() if pair[0] not in left]
        choices = [("", _l("请选择")), *offered]
        super().__init__(label, choices=choices, coerce=self._member, **options)

    def _member(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        if isinstance(value, self.vocabulary):
            return value
        try:
            found = self.vocabulary[value]
            if found in self.without:
                raise KeyError(value)
            return found
        except KeyError as error:
            raise ValueError(_l("不是有效的选项")) from error

    def iter_choices(self) -> Any:
        """Draw names as values and words as labels."""
        chosen = self.data.name if self.data is not None else ""
        for entry in self.choices or ():
            value, label = tuple(entry)[:2]
            yield Choice(value, label, chosen == value, {})

    def pre_validate(self, form: Any) -> None:
        """Accept members of the vocabulary only."""
        if self.raw_data and self.raw_data[0] and self.data is None:
            raise checks.ValidationError(_l("不是有效的选项"))


class FormConverter(GeneralModelConverter):
    """FAB's conversion, drawing fields our templates style and requiring what the column requires."""

    def _convert_simple(
        self, col_name: str, label: Any, description: Any, lst_validators: Any, form_props: Any
    ) -> Any:
        datamodel = self.datamodel
        rules = list(lst_validators)
        required = not datamodel.is_nullable(col_name)
        if not datamodel.is_boolean(col_name):
            rules.insert(0, checks.InputRequired() if required else checks.Optional())
        longest = datamodel.get_max_length(col_name)
        options: dict[str, Any] = {"description": description, "validators": rules}
        if datamodel.is_enum(col_name):
            kind = datamodel.list_columns[col_name].type.enum_class
            form_props[col_name] = VocabularyField(label, kind, **options)
            return form_props
        if longest not in (-1, None):
            rules.append(checks.Length(max=longest))
        if datamodel.is_text(col_name):
            field: Any = TextAreaField
        elif datamodel.is_boolean(col_name):
            field = BooleanField
        elif datamodel.is_date(col_name):
            field = DateField
        elif datamodel.is_integer(col_name):
            field = IntegerField
        else:
            field = StringField
        if field in (StringField, TextAreaField):
            options["filters"] = [stripped_or_none]
        form_props[col_name] = field(label, **options)
        return form_props

    def _convert_many_to_one(
        self,
        col_name: str,
        label: Any,
        description: Any,
        lst_validators: Any,
        filter_rel_fields: Any,
        form_props: Any,
    ) -> Any:
        required = not self.datamodel.is_nullable(col_name)
        rule = checks.DataRequired() if required else checks.Optional()
        form_props[col_name] = QuerySelectField(
            label,
            description=description,
            query_func=self._get_related_query_func(col_name, filter_rel_fields),
            get_pk_func=self._get_related_pk_func(col_name),
            allow_blank=True,
            blank_text=_l("请选择"),
            validators=[rule, *lst_validators],
            widget=Select(),
        )
        return form_props


__all__ = ["DynamicForm", "FormConverter", "QuerySelectMultipleField", "VocabularyField"]
