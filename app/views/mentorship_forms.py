"""The forms of 跟班带教."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.enums import Verdict
from app.operations import mentorships
from app.operations.mentorships import Period
from app.views.converter import VocabularyField
from app.views.typed import stripped


def _word(label: Any) -> StringField:
    return StringField(
        label,
        [InputRequired(_l("请填写。")), Length(max=64)],
        filters=[stripped],
        render_kw={"maxlength": 64},
    )


class _PeriodForm(FlaskForm):
    supervisor = _word(_l("带教老师"))
    host_department = _word(_l("带教科室"))
    started_on = DateField(_l("开始日期"), [InputRequired(_l("请填写日期。"))])
    ended_on = DateField(_l("结束日期"), [Optional()], description=_l("进行中可不填。"))

    def period(self) -> Period:
        """Give what was typed; only after ``validate``."""
        return Period(**{name: self[name].data for name in mentorships.FIELDS})


class MentorshipForm(_PeriodForm):
    """编辑跟班带教."""

    log = TextAreaField(_l("带教记录"), [Optional(), Length(max=4000)], render_kw={"rows": 5})
    evaluation = VocabularyField(_l("带教评价"), Verdict, validators=[Optional()])


class NewMentorshipForm(MentorshipForm):
    """新增跟班带教 of one of the own physicians."""

    id_number = StringField(
        _l("证件号码"),
        [InputRequired(_l("请填写医师的证件号码。")), Length(max=30)],
        render_kw={"maxlength": 30, "autocomplete": "off"},
    )


class ChangeForm(_PeriodForm):
    """申请修改."""

    reason = TextAreaField(
        _l("修改理由"),
        [InputRequired(_l("请填写修改理由。")), Length(max=500)],
        render_kw={"rows": 3, "maxlength": 500},
    )
