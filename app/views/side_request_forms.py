"""The forms of 免考申请 and 延考申请."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, RadioField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from app.views.converter import DynamicForm

_FILE = _l("PDF、JPEG或PNG，每个不超过5MB。")


class _RequestForm(DynamicForm):
    ground = RadioField(_l("申请事由"), choices=(), validators=[Optional()])
    note = TextAreaField(
        _l("说明"),
        validators=[Optional(), Length(max=1000)],
        render_kw={"rows": 3, "maxlength": 1000},
    )
    attachment = FileField(_l("证明材料"), description=_FILE)

    def offer(self, grounds: Sequence[str]) -> None:
        """Set what may be chosen; words of the province's own are shown as they are."""
        self.ground.choices = [(text, _(text)) for text in grounds]


class ExemptionForm(_RequestForm):
    """免考: the ground and the certificate that proves it."""

    certificate_on = DateField(_l("证书取得日期"), validators=[Optional()])


class DeferralForm(_RequestForm):
    """延考: the ground and how long it lasts."""

    hindered_from = DateField(_l("不能参加测评的开始日期"), validators=[Optional()])
    hindered_until = DateField(_l("不能参加测评的结束日期"), validators=[Optional()])

    def validate_hindered_until(self, field: Any) -> None:
        """The period does not end before it begins."""
        first = self.hindered_from.data
        if first is not None and field.data is not None and field.data < first:
            raise ValidationError(_("结束日期不能早于开始日期。"))


def filled(form: type[Any], stored: Any, *, is_posted: bool, names: Sequence[str]) -> Any:
    """Make a form with what was sent, else with what is stored."""
    if is_posted:
        return form(request.form)
    data = {name: getattr(stored, name, None) for name in names}
    return form(formdata=None, data=data)
