"""The form of a question."""

from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.enums import Category, Difficulty, PhysicianLevel, QuestionKind
from app.extensions import db
from app.operations.question_facts import QuestionFacts, completed, problems
from app.queries import cycles
from app.rules import PAPERS
from app.views.access import acting
from app.views.converter import VocabularyField
from app.views.typed import stripped_or_none

_PLAIN = {"filters": [stripped_or_none]}
_TEXTS = (
    "code", "paper", "specialty", "point", "group_code", "group_text", "stem", "answer",
    "explanation", "source",
)  # fmt: skip
_CHOICES = ("kind", "category", "level", "difficulty")


def _line(label: Any, *rules: Any, longest: int = 64, **options: Any) -> StringField:
    kept = {"maxlength": longest, "autocomplete": "off"}
    return StringField(label, [*rules, Length(max=longest)], render_kw=kept, **_PLAIN, **options)


def _prose(label: Any, *rules: Any, rows: int = 3, **options: Any) -> TextAreaField:
    kept = {"rows": rows, "maxlength": 4000}
    return TextAreaField(label, [*rules, Length(max=4000)], render_kw=kept, **_PLAIN, **options)


class QuestionForm(FlaskForm):
    """新增试题 and 编辑试题."""

    GROUPS: ClassVar[Any] = (
        (_l("分类"), (("code", "kind"), ("paper", "category"), ("level", "specialty"),
                     ("point", "difficulty"))),
        (_l("题目"), ("group_code", "group_text", "stem", "image", "options", "answer",
                     "keeps_order")),
        (_l("说明"), ("explanation", "source")),
    )  # fmt: skip

    version = HiddenField()
    code = _line(_l("题号"), Optional(), description=_l("留空时自动编号。"))
    kind = VocabularyField(_l("题型"), QuestionKind, validators=[InputRequired()])
    paper = SelectField(_l("测评科目"))
    category = VocabularyField(
        _l("执业类别"), Category, validators=[Optional()], description=_l("不填为各类别通用")
    )
    level = VocabularyField(
        _l("医师级别"), PhysicianLevel, validators=[Optional()], description=_l("不填为各级别通用")
    )
    specialty = _line(_l("专业"), Optional())
    point = _line(_l("知识点"), DataRequired())
    difficulty = VocabularyField(_l("难度"), Difficulty, validators=[InputRequired()])
    group_code = _line(
        _l("题组编号"), Optional(), description=_l("A3/A4型题必填，同一题组填写相同的编号")
    )
    group_text = _prose(
        _l("共用题干"), Optional(), description=_l("题组已有共用题干的，可以留空。")
    )
    stem = _prose(_l("题干"), DataRequired())
    image = FileField(_l("配图"), description=_l("JPEG或PNG，不超过5MB；重新上传将替换原图。"))
    options = _prose(
        _l("备选答案"), Optional(), rows=5, description=_l("每行一个，不写字母；判断题不填")
    )
    answer = _line(
        _l("正确答案"), DataRequired(), description=_l("字母，如A或ACD；判断题填正确或错误")
    )
    keeps_order = BooleanField(_l("选项不打乱"))
    explanation = _prose(_l("解析"), Optional())
    source = _line(_l("来源"), Optional(), longest=255)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = cycles.paper_words(db.session(), province_id=acting().province_id)
        self.paper.choices = [(word, _(word)) for word in dict.fromkeys((*PAPERS, *words))]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then options and answer against the kind, beside the fields."""
        if not super().validate(extra_validators):
            return False
        found = list(problems(self._values()))
        for name, message in found:
            self[name].errors = [*self[name].errors, str(message)]
        return not found

    def facts(self) -> QuestionFacts:
        """Give what was sent; only after ``validate``."""
        return QuestionFacts(**self._values())

    def show(self, facts: QuestionFacts, *, version: int) -> None:
        """Fill the form with a stored question."""
        self.version.data = str(version)
        for name in (*_TEXTS, *_CHOICES, "keeps_order"):
            self[name].data = getattr(facts, name)
        if facts.paper not in dict(self.paper.choices):
            self.paper.choices.append((facts.paper, facts.paper))
        self.options.data = "\n".join(facts.options)

    def _values(self) -> dict[str, Any]:
        lines = (self.options.data or "").splitlines()
        return completed(
            {name: self[name].data for name in (*_TEXTS, *_CHOICES)}
            | {
                "keeps_order": bool(self.keeps_order.data),
                "options": tuple(line.strip() for line in lines if line.strip()),
            }
        )
