"""The forms of a case's page: 评定意见, and what the institution may add. One form, two senders.

Whatever is typed is sent together, so that adding a note loses no opinion and the other way round.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.enums import DisqualifyingActKind, OpinionPart, Role, Verdict
from app.models import Assessment
from app.operations.opinions import OpinionInput
from app.operations.remarks import FIELDS, LONGEST, MOST
from app.views.converter import DynamicForm, VocabularyField

DECISION = "decision"
_ELSEWHERE = {"form": DECISION}  # drawn outside the form they belong to

_REASON = {"placeholder": _l("请输入不合格理由"), "rows": 2, "maxlength": 1000}


def _when(name: str, answer: Verdict) -> dict[str, str]:
    return {"data-when": f"{name}={answer.name}"}  # scripts show the field with that answer only


class OpinionForm(DynamicForm):
    """合格 or 不合格 of each part, read by stepfacts when the step is taken."""

    work_verdict = RadioField(_l("工作业绩"), choices=Verdict.choices, validators=[Optional()])
    work_reason = TextAreaField(
        _l("工作业绩不合格理由"), render_kw=_REASON | _when("work_verdict", Verdict.FAIL)
    )
    ethics_verdict = RadioField(_l("职业道德"), choices=Verdict.choices, validators=[Optional()])
    ethics_reason = TextAreaField(
        _l("职业道德不合格理由"), render_kw=_REASON | _when("ethics_verdict", Verdict.FAIL)
    )


class NoteForm(DynamicForm):
    """多执业机构其它意见, 执业行为记录 and 不合格情形."""

    outside_place = StringField(_l("执业机构"), render_kw=_ELSEWHERE | {"maxlength": 255})
    outside_content = TextAreaField(
        _l("机构意见"), render_kw=_ELSEWHERE | {"rows": 3, "maxlength": 1000}
    )
    conduct_kind = RadioField(
        _l("记录类别"),
        choices=[("good", _l("良好")), ("bad", _l("不良"))],
        validators=[Optional()],
        render_kw=_ELSEWHERE,
    )
    conduct_place = StringField(_l("医疗卫生机构"), render_kw=_ELSEWHERE | {"maxlength": 255})
    conduct_closed_on = DateField(_l("结案时间"), validators=[Optional()], render_kw=_ELSEWHERE)
    conduct_outcome = StringField(_l("处理结果"), render_kw=_ELSEWHERE | {"maxlength": 255})

    act_kind = VocabularyField(_l("不合格情形"), DisqualifyingActKind, render_kw=_ELSEWHERE)
    act_occurred_on = DateField(_l("发生日期"), validators=[Optional()], render_kw=_ELSEWHERE)
    act_found_by = StringField(_l("认定机关"), render_kw=_ELSEWHERE | {"maxlength": 255})
    act_document = StringField(_l("文书编号"), render_kw=_ELSEWHERE | {"maxlength": 255})
    act_file = FileField(
        _l("证明材料"), description=_l("PDF、JPEG或PNG，不超过5MB。"), render_kw=_ELSEWHERE
    )


OUTSIDE = ("outside_place", "outside_content")
ACT = ("act_kind", "act_occurred_on", "act_found_by", "act_document", "act_file")
CONDUCT = ("conduct_kind", "conduct_place", "conduct_closed_on", "conduct_outcome")


def _remark_fields() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in range(MOST):
        found[f"remark_field_{number}"] = SelectField(
            _l("项目%(n)s", n=number + 1),
            choices=lambda: [("", _("请选择")), *((key, _(word)) for key, word in FIELDS.items())],
            validators=[Optional()],
        )
        found[f"remark_text_{number}"] = StringField(
            _l("意见%(n)s", n=number + 1), render_kw={"maxlength": LONGEST}
        )
    return found


RemarkForm: Any = type("RemarkForm", (DynamicForm,), _remark_fields())
"""逐项意见, sent with 驳回."""
REMARKS = tuple(_remark_fields())


def remark_form(typed: Mapping[str, str]) -> Any:
    """Make the empty rows of 逐项意见, or those with what was just typed."""
    return RemarkForm(formdata=None, data=dict(typed))


def opinion_form(case: Assessment, *, role: Role, typed: Mapping[str, str]) -> OpinionForm:
    """Make the form with what was just typed, else with what the body said before."""
    known: dict[str, Any] = {}
    for row in case.opinions:
        if row.role is role:
            known[f"{row.part.name.lower()}_verdict"] = row.verdict.name
            known[f"{row.part.name.lower()}_reason"] = row.reason or ""
    form = OpinionForm(formdata=None, data={**known, **typed})
    if typed.get("asked") == "opinions":
        _mark_gaps(form)
    return form


def _mark_gaps(form: OpinionForm) -> None:
    for part in OpinionPart:
        name = part.name.lower()
        verdict, reason = form[f"{name}_verdict"], form[f"{name}_reason"]
        given = OpinionInput(_verdict(verdict.data), reason.data)
        if given.verdict is None:
            verdict.errors = [_("请选择合格或不合格。")]
        elif given.verdict is Verdict.FAIL and not (given.reason or "").strip():
            reason.errors = [_("请输入不合格理由")]


def _verdict(name: str | None) -> Verdict | None:
    return Verdict.__members__.get(name or "")


def note_form(typed: Mapping[str, str]) -> NoteForm:
    """Make the empty form of notes, or the one with what was just typed."""
    data: dict[str, Any] = dict(typed)
    for name in ("conduct_closed_on", "act_occurred_on"):
        data[name] = day(typed.get(name, ""))
    form = NoteForm(formdata=None, data=data)
    wrong, message = typed.get("wrong", ""), typed.get("problem", "")
    if wrong in form:
        form[wrong].errors = [message]
    return form


def day(text: str) -> date | None:
    """Read a day as a browser sends it, or None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_begun(values: Mapping[str, str], names: tuple[str, ...]) -> bool:
    """Say whether anything was typed into any of the fields."""
    return any(values.get(name, "").strip() for name in names)
