"""考核报名 as a form: built for one cycle, filled from what is stored, read back field by field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import FieldList, Form, FormField, HiddenField

from app.enums import Category, EthicsGrade, EthicsItem, Procedure, SimplifiedGround
from app.extensions import db
from app.models import Assessment, Department, Experience, Registration, Subject
from app.operations import carrying, work_fields
from app.operations.experiences import MAX_EXPERIENCES, ExperienceInput
from app.operations.registrations import Gap
from app.queries import cycles
from app.views import registration_fields as f
from app.views.clock import today
from app.views.rownumbers import row_number

LONGEST_STATEMENT = 20_000  # a draft may be longer than what may be submitted
PLAIN = (
    "phone",
    "email",
    "department_id",
    "specialty_id",
    "title_since",
    "position",
    "is_standard_trained",
    "has_good_record",
    "has_bad_record",
    "procedure",
    "simplified_ground",
    "provincial_ground",
    "statement",
)
_ROSTER, _CARRIED = _l("来自医师名单。"), _l("沿用上周期，请核对。")
ORDER = (*PLAIN[:7], "experiences", *PLAIN[7:9], "work", "ethics", *PLAIN[9:], "attachment")
"""The fields as they stand on the page."""


class ExperienceForm(Form):
    """One row of 执业经历; ``row`` is the id of the stored one."""

    row = HiddenField()
    started_on = f.day(_l("开始日期"))
    ended_on = f.day(_l("结束日期"))
    place = f.text(_l("机构"), longest=255)
    department_name = f.text(_l("科室"), longest=64)
    position = f.text(_l("职务"), longest=64)

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was typed."""
        return not any(
            field.data or (field.raw_data and field.raw_data[0].strip())
            for field in self
            if field.short_name != "row"
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check a row that is not blank: it needs its beginning and its place."""
        ok: bool = super().validate(extra_validators)
        if self.is_blank:
            return True
        for field, message in (
            (self.started_on, _l("请填写开始日期，否则本行不能保存。")),
            (self.place, _l("请填写机构，否则本行不能保存。")),
        ):
            if not field.data and not field.errors:
                field.errors = [message]
                ok = False
        first, last = self.started_on.data, self.ended_on.data
        if first and last and last < first:
            self.ended_on.errors = [_l("结束日期不能早于开始日期。本行未保存。")]
            ok = False
        return ok


def _work_field(name: str) -> Any:
    label = _l(work_fields.WORDS[name])
    if name == "annual_grade":
        return f.radios(label, EthicsGrade)
    if name == "summary":
        return f.prose(label, longest=2000, rows=3)
    return f.count(label, high=work_fields.HIGHEST[name], must=name == "months_present")


EthicsForm = type(
    "EthicsForm", (Form,), {item.name: f.radios(item.label, EthicsGrade) for item in EthicsItem}
)


class RegistrationForm(FlaskForm):
    """The whole form but 工作业绩, which depends on the cycle's years."""

    version = HiddenField()
    phone = f.mobile(_l("手机号码"))
    email = f.text(_l("电子邮箱"), longest=120, checks=[f.is_email], inputmode="email")
    department_id = f.select(
        _l("科室"), f.row_id, refusal=_l("请从本机构已启用的科室中选择。该项未保存。")
    )
    specialty_id = f.select(
        _l("从事专业"), f.row_id, refusal=_l("请从所选科室的关联诊疗科目中选择从事专业。")
    )
    title_since = f.day(_l("职称取得时间"))
    position = f.text(_l("职务"), longest=64)
    is_standard_trained = f.either(_l("规范化培训"), _l("是"), _l("否"), must=False)
    experiences = FieldList(
        FormField(ExperienceForm), label=_l("执业经历"), max_entries=MAX_EXPERIENCES
    )
    has_good_record = f.either(_l("良好执业行为记录"), _l("有"), _l("无"))
    has_bad_record = f.either(_l("不良执业行为记录"), _l("有"), _l("无"))
    ethics = FormField(EthicsForm, label=_l("职业道德自评"))
    procedure = f.radios(_l("考核程序"), Procedure)
    simplified_ground = f.radios(_l("申请简易程序的条件"), SimplifiedGround, must=False)
    provincial_ground = f.select(_l("本省规定的其他情形"), lambda value: value or None, must=False)
    statement = f.prose(_l("个人述职"), longest=LONGEST_STATEMENT, rows=10)
    attachment = FileField(_l("附件"))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the drop-downs offer."""

    departments: Sequence[Department]
    specialties: Sequence[Subject]
    provincial_grounds: Sequence[str]


def build(
    case: Assessment,
    stored: Registration | None,
    *,
    is_posted: bool,
) -> Any:
    """Make the form of a case: as stored, or as it was typed."""
    years = [row.year for row in stored.work_years] if stored else None
    kind = _form_of(
        tuple(years or cycles.years(case.cycle, until=today())), case.physician.category
    )
    return kind(data=_values_of(case, stored)) if not is_posted else kind()


def offer(form: Any, choices: Choices) -> None:
    """Set what the drop-downs of a form offer."""
    f.offer(form.department_id, ((str(row.id), row.name) for row in choices.departments))
    f.offer(form.specialty_id, (option(row) for row in choices.specialties))
    f.offer(form.provincial_ground, ((text, text) for text in choices.provincial_grounds))


def option(subject: Subject) -> tuple[str, str]:
    """Give one 诊疗科目 as a choice."""
    return str(subject.id), f"{subject.code} {subject.name}"


def typed(form: Any) -> dict[str, Any]:
    """Give what could be read of a validated form, in the shape ``registrations.save`` takes."""
    values: dict[str, Any] = {name: form[name].data for name in PLAIN if not form[name].errors}
    if "is_standard_trained" in values:
        values["is_standard_trained"] = bool(values["is_standard_trained"])
    if form.specialty_id.errors and "department_id" in values:
        values["specialty_id"] = None  # the stored one belongs to the department chosen before
    values["work_years"] = {
        int(part.short_name.removeprefix("y")): {
            field.short_name: field.data for field in part.form if not field.errors
        }
        for part in form.work.form
    }
    values["ethics"] = {
        EthicsItem[field.short_name]: field.data
        for field in form.ethics.form
        if field.data is not None and not field.errors
    }
    return values


def typed_experiences(form: Any) -> list[ExperienceInput]:
    """Give the rows of 执业经历 that are not blank."""
    return [_experience(entry.form) for entry in form.experiences if not entry.form.is_blank]


def name_experiences(form: Any, kept: Sequence[Experience | None]) -> None:
    """Note in each row that is not blank the id of what is stored for it."""
    filled = [entry for entry in form.experiences if not entry.form.is_blank]
    for entry, row in zip(filled, kept, strict=True):
        entry.form.row.data = str(row.id) if row is not None else ""


def drop_blank_experiences(form: Any) -> None:
    """Leave out rows in which nothing was typed."""
    form.experiences.entries = [row for row in form.experiences if not row.form.is_blank]


def mark(form: Any, gaps: Sequence[Gap]) -> None:
    """Put what is missing beside its field, unless the field has an error of its own."""
    for gap in gaps:
        field = form
        for name in gap.field.split("."):
            field = (field.form if isinstance(field, FormField) else field)[name]
        if not field.errors:
            field.errors = [gap.message]


def show_remarks(form: Any, said: Mapping[str, str]) -> None:
    """Put what a reviewer said beside its field; the parts of the form show theirs themselves."""
    for name in PLAIN:
        form[name].remark = said.get(name)


def show_origins(form: Any, case: Assessment, stored: Registration | None) -> None:
    """Say beside a field where its value comes from: the roster, or the last cycle."""
    person = case.physician
    for name in ("phone", "email", "department_id"):
        known = getattr(person, name)
        typed = known if stored is None else getattr(stored, name)
        form[name].origin = _ROSTER if known and typed == known else None
    last = carrying.preview(db.session(), case) if stored is None else stored.carried or ()
    for name in carrying.FIELDS:
        if name in last:
            form[name].origin = _CARRIED


def problems(form: Any) -> Iterator[tuple[str, Any, Any]]:
    """Give anchor, label and message of every error, nested ones included, in the form's order."""
    yield from _problems((form[name] for name in ORDER), "")


def _problems(fields: Iterable[Any], prefix: str) -> Iterator[tuple[str, Any, Any]]:
    for field in fields:
        if isinstance(field, FieldList):
            for number, entry in enumerate(field, start=1):
                yield from _problems(entry.form, f"{field.label.text}{number} ")
        elif isinstance(field, FormField):
            inner = f"{field.label.text} " if field.short_name.startswith("y") else ""
            yield from _problems(field.form, inner)
        else:
            for message in field.errors:
                yield field.id, f"{prefix}{field.label.text}", message


def _experience(row: Any) -> ExperienceInput:
    if row.errors:
        values = None
    else:
        values = {field.short_name: field.data for field in row if field.short_name != "row"}
    return ExperienceInput(row_number(row.row.data), values)


@lru_cache(maxsize=64)
def _form_of(years: tuple[int, ...], category: Category) -> type[FlaskForm]:
    asked = {name: _work_field(name) for name in work_fields.names(category)}
    of_a_year = type("WorkYearForm", (Form,), asked)
    parts = {f"y{year}": FormField(of_a_year, label=_l("%(year)s年", year=year)) for year in years}
    work = type("WorkForm", (Form,), parts)
    return type(
        "CycleRegistrationForm",
        (RegistrationForm,),
        {"work": FormField(work, label=_l("工作业绩"))},
    )


def _values_of(case: Assessment, stored: Registration | None) -> Mapping[str, Any]:
    if stored is None:
        who = case.physician
        known = {"phone": who.phone, "email": who.email, "department_id": who.department_id}
        last = carrying.preview(db.session(), case)
        return {**known, "version": "0", "is_standard_trained": False, **last}
    values: dict[str, Any] = {name: getattr(stored, name) for name in PLAIN}
    values["version"] = str(stored.version)
    values["ethics"] = {answer.item.name: answer.grade for answer in stored.ethics_answers}
    values["work"] = {
        f"y{row.year}": {name: getattr(row, name) for name in work_fields.WORDS}
        for row in stored.work_years
    }
    values["experiences"] = [
        {
            "row": str(row.id),
            "started_on": row.started_on,
            "ended_on": row.ended_on,
            "place": row.place,
            "department_name": row.department_name,
            "position": row.position,
        }
        for row in stored.experiences
    ]
    return values
