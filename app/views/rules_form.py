"""The fields of 考核规则: each number with the article it comes from; shared by cycles and the nation."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from app.operations.cycle_changes import RULE_WORDS
from app.rules import EXAM_RULES, PAPERS, TERMS, CycleRules
from app.views.typed import stripped

NUMBERS: dict[str, tuple[int, int, Any]] = {
    "simplified_years_good": (1, 60, _l("管理办法第二十一条第一项：5年。")),
    "simplified_years_clean": (1, 60, _l("管理办法第二十一条第二项：12年。")),
    "pass_mark_physician": (0, 100, _l("省级考核办法规定，百分制，通常为60分。")),
    "pass_mark_assistant": (0, 100, _l("省级考核办法规定，百分制，通常为60分。")),
    "makeup_rounds": (0, 5, _l("省级考核办法规定，通常为1次。")),
    "attempts": (1, 50, _l("每科目在测评或每次补考中可作答的次数，合格即止。")),
    "snapshot_seconds": (0, 3600, _l("随机拍摄，此为平均间隔；0表示不拍照。")),
    "photo_days": (1, 3650, _l("自交卷之日起算，到期由系统删除；已作标记的保存至结果认定。")),
    "statement_min_length": (0, 5000, _l("述职报告的字数下限，通常为500字。")),
    "statement_max_length": (1, 20000, _l("述职报告的字数上限，通常为3000字。")),
    "notice_days": (0, 365, _l("管理办法第十二条：提前60日通知。")),
    "opinion_days": (0, 365, _l("管理办法第十三条：30日内出具评定意见。")),
    "filing_days": (0, 365, _l("管理办法第十五条：30日内备案。")),
    "objection_days": (0, 365, _l("管理办法第二十四条：30日内可提出异议。")),
    "suspension_months_min": (3, 6, _l("医师法第四十二条：暂停执业三个月至六个月。")),
    "suspension_months_max": (3, 6, _l("医师法第四十二条：暂停执业三个月至六个月。")),
    "agency_min_beds": (0, 5000, _l("管理办法第七条第一项：医疗机构100张床位以上。")),
    "agency_min_physicians": (0, 5000, _l("管理办法第七条第二项：预防、保健机构50名医师以上。")),
}
TEXTS: dict[str, tuple[int, Any]] = {
    "certificate_title": (32, _l("合格证书的标题，留空则为“医师定期考核合格证书”。")),
    "certificate_issuer": (64, _l("留空则为办理发证的卫生行政部门。")),
    "certificate_prefix": (16, _l("如“晋医定考字”，留空则只有周期和序号。")),
    "certificate_note": (64, _l("印在证书下方。定期考核合格证书须加盖发证机关公章后方可生效。")),
}
CHECKBOXES = (
    "papers_general", "papers_simplified", "exempted_papers", "working_days", "exam_rules",
)  # fmt: skip
LINES = ("provincial_grounds", "exemption_grounds", "deferral_grounds")


def rule_word(name: str) -> Any:
    return _l(RULE_WORDS[name])


class PapersField(SelectMultipleField):
    """测评科目 as checkboxes; papers that a cycle already has stay on offer."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
    stock: tuple[str, ...] = PAPERS

    def offer(self, known: tuple[str, ...]) -> None:
        """Set the choices."""
        self.choices = [(word, _(word)) for word in dict.fromkeys((*self.stock, *known))]


class TermsField(PapersField):
    """按工作日计算的期限 as checkboxes."""

    stock = tuple(TERMS.values())


class ExamRulesField(PapersField):
    """测评和监考规则 as checkboxes."""

    stock = EXAM_RULES


class RulesForm(FlaskForm):
    """The rules that are not days of one cycle."""

    provincial_grounds = TextAreaField(
        rule_word("provincial_grounds"),
        validators=[Length(max=4000)],
        description=_l("管理办法第二十一条第三项：适用简易程序的其他情形，每行一项。"),
    )
    papers_general = PapersField(
        rule_word("papers_general"),
        validators=[DataRequired(_l("一般程序至少选择一个测评科目。"))],
    )
    papers_simplified = PapersField(
        rule_word("papers_simplified"), description=_l("不选则简易程序不参加测评。")
    )
    exemption_grounds = TextAreaField(
        rule_word("exemption_grounds"),
        validators=[Length(max=4000)],
        description=_l(
            "管理办法第二十三条：业务水平测评视为合格的情形，每行一项；留空则不受理免考。"
        ),
    )
    working_days = TermsField(rule_word("working_days"), description=_l("不选的期限按自然日计算。"))
    exam_rules = ExamRulesField(rule_word("exam_rules"))
    exempted_papers = PapersField(
        rule_word("exempted_papers"), description=_l("管理办法第二十三条：业务水平测评。")
    )
    deferral_grounds = TextAreaField(
        rule_word("deferral_grounds"),
        validators=[Length(max=4000)],
        description=_l("可以申请延期考核的情形，每行一项；留空则不受理延考。"),
    )

    def offer(self, rules: CycleRules) -> None:
        """Let the checkboxes offer what the rules name beside the usual words."""
        for name in CHECKBOXES:
            self[name].offer(getattr(rules, name))

    def rule_values(self) -> dict[str, Any]:
        """Give what was sent, by the names of the rules; only after ``validate``."""
        return {
            **{name: _lines(self[name]) for name in LINES},
            **{name: _in_order(self[name]) for name in CHECKBOXES},
            **{name: self[name].data for name in NUMBERS},
            **{name: self[name].data or "" for name in TEXTS},
        }

    def show_rules(self, rules: CycleRules) -> None:
        """Fill in the rules that the form has fields for."""
        for name in RULE_WORDS:
            if name not in self:
                continue
            value = getattr(rules, name)
            if name in LINES:
                value = "\n".join(value)
            self[name].data = list(value) if isinstance(value, tuple) else value

    def pairs_fit(self) -> bool:
        """Check that no least number is above its most; complaints stand beside the fields."""
        is_valid = True
        for low, high in (
            ("statement_min_length", "statement_max_length"),
            ("suspension_months_min", "suspension_months_max"),
        ):
            if self[low].data > self[high].data:
                self.complain(high, _("最大值不能小于最小值。"))
                is_valid = False
        return is_valid

    def complain(self, name: str, message: str) -> None:
        """Say beside a field what is wrong with it."""
        self[name].errors = [*self[name].errors, message]


def _lines(field: TextAreaField) -> tuple[str, ...]:
    found = (line.strip() for line in (field.data or "").splitlines())
    return tuple(line for line in found if line)


def _in_order(field: PapersField) -> tuple[str, ...]:
    return tuple(word for word, _label in field.choices if word in (field.data or ()))


PAPER_GROUP = (_l("测评"), ("papers_general", "papers_simplified", "pass_mark_physician",
                          "pass_mark_assistant", "makeup_rounds", "attempts", "exam_rules",
                          "snapshot_seconds", "photo_days"))  # fmt: skip
LAST_GROUPS = (
    (_l("述职"), ("statement_min_length", "statement_max_length")),
    (_l("期限"), ("notice_days", "opinion_days", "filing_days", "objection_days",
                 "working_days", "suspension_months_min", "suspension_months_max")),
    (_l("合格证书"), ("certificate_title", "certificate_issuer", "certificate_prefix",
                     "certificate_note")),
    (_l("考核机构资格"), ("agency_min_beds", "agency_min_physicians")),
)  # fmt: skip


def plain_fields() -> Mapping[str, Any]:
    """Make a field for every rule that is a number or a line of text."""
    texts = {
        name: StringField(
            rule_word(name),
            validators=[Length(max=longest)],
            filters=[stripped],
            description=help_text,
            render_kw={"maxlength": longest, "autocomplete": "off"},
        )
        for name, (longest, help_text) in TEXTS.items()
    }
    return texts | {
        name: IntegerField(
            rule_word(name),
            validators=[InputRequired(), NumberRange(low, high)],
            description=help_text,
        )
        for name, (low, high, help_text) in NUMBERS.items()
    }
