"""The form of a 组卷方案: for whom, how long, and rows of how many questions of what."""

from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.enums import Category, Difficulty, PhysicianLevel, QuestionKind
from app.exams.assembly import BlueprintRow
from app.models import Cycle
from app.operations.blueprints import BlueprintFacts
from app.queries import cycles
from app.views.converter import VocabularyField
from app.views.typed import stripped_or_none

MOST_ROWS = 60
_SPARE = 4


class BlueprintRowForm(Form):
    """One row; one without a number of questions is none."""

    kind = VocabularyField(_l("题型"), QuestionKind, validators=[Optional()])
    point = StringField(
        _l("知识点"), [Optional(), Length(max=64)], filters=[stripped_or_none],
        render_kw={"maxlength": 64, "list": "points", "autocomplete": "off"},
    )  # fmt: skip
    difficulty = VocabularyField(_l("难度"), Difficulty, validators=[Optional()])
    count = IntegerField(_l("题数"), [Optional(), NumberRange(1, 300)])
    marks = IntegerField(_l("每题分值"), [Optional(), NumberRange(1, 20)])

    def validate(self, extra_validators: Any = None) -> bool:
        """A row that says something says the kind and how many."""
        if not super().validate(extra_validators):
            return False
        is_empty = not any(field.data for field in self)
        if is_empty:
            return True
        missing = [field for field in (self.kind, self.count) if not field.data]
        for field in missing:
            field.errors = [*field.errors, _("请填写。")]
        return not missing


class BlueprintForm(FlaskForm):
    """新增组卷方案 and 编辑组卷方案."""

    GROUPS: ClassVar[Any] = (
        (_l("适用范围"), (("paper", "minutes"), ("category", "level"))),
        (_l("题目构成"), ("rows",)),
    )

    version = HiddenField()
    paper = SelectField(_l("测评科目"))
    minutes = IntegerField(
        _l("测评时长（分钟）"), [InputRequired(), NumberRange(1, 600)], default=60
    )
    category = VocabularyField(
        _l("执业类别"), Category, validators=[Optional()], description=_l("不填为各类别通用")
    )
    level = VocabularyField(
        _l("医师级别"), PhysicianLevel, validators=[Optional()], description=_l("不填为各级别通用")
    )
    rows = FieldList(FormField(BlueprintRowForm), max_entries=MOST_ROWS, min_entries=_SPARE)

    def offer(self, cycle: Cycle) -> None:
        """Offer the papers that the cycle's rules ask for."""
        self.paper.choices = [(word, _(word)) for word in cycles.rules(cycle).all_papers]

    def add_rows(self, number: int = _SPARE) -> None:
        """Give more empty rows to fill in."""
        for _n in range(min(number, MOST_ROWS - len(self.rows))):
            self.rows.append_entry()

    def facts(self) -> BlueprintFacts:
        """Give what was sent; only after ``validate``."""
        return BlueprintFacts(
            paper=self.paper.data,
            category=self.category.data,
            level=self.level.data,
            minutes=self.minutes.data,
            rows=tuple(
                BlueprintRow(
                    kind=row.kind.data.name,
                    count=row["count"].data,
                    point=row.point.data,
                    difficulty=row.difficulty.data.name if row.difficulty.data else None,
                    marks=row.marks.data or 1,
                )
                for row in (entry.form for entry in self.rows)
                if row["count"].data
            ),
        )

    def show(self, facts: BlueprintFacts, *, version: int) -> None:
        """Fill the form with a stored blueprint."""
        self.version.data = str(version)
        for name in ("paper", "category", "level", "minutes"):
            self[name].data = getattr(facts, name)
        while len(self.rows):
            self.rows.pop_entry()
        for row in facts.rows:
            self.rows.append_entry(
                {
                    "kind": QuestionKind[row.kind],
                    "point": row.point,
                    "difficulty": Difficulty[row.difficulty] if row.difficulty else None,
                    "count": row.count,
                    "marks": row.marks,
                }
            )
        self.add_rows()
