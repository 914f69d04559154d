"""The form of a cycle: periods and rules, each number with the article it comes from."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.enums import ScheduleWindow
from app.operations.cycle_changes import RULE_WORDS, CycleFacts
from app.rules import PAPERS, TERMS, CycleRules

SUB_WINDOWS = tuple(kind for kind in ScheduleWindow if kind is not ScheduleWindow.CYCLE)

NUMBERS: dict[str, tuple[int, int, Any]] = {
    "simplified_years_good": (1, 60, _l("管理办法第二十一条第一项：5年。")),
    "simplified_years_clean": (1, 60, _l("管理办法第二十一条第二项：12年。")),
    "pass_mark_physician": (0, 100, _l("省级考核办法规定，百分制，通常为60分。")),
    "pass_mark_assistant": (0, 100, _l("省级考核办法规定，百分制，通常为60分。")),
    "makeup_rounds": (0, 5, _l("省级考核办法规定，通常为1次。")),
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
_DAY = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"]
LINES = ("provincial_grounds", "exemption_grounds", "deferral_grounds")


def _word(name: str) -> Any:
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


class _CycleForm(FlaskForm):
    version = HiddenField()
    label = StringField(
        _l("周期"),
        validators=[DataRequired(), Length(max=16)],
        filters=[lambda value: value.strip() if value else value],
        description=_l("周期序号按本省编排，如 02。"),
    )
    starts_on = DateField(
        _l("当前考核周期信息（开始日期）"), validators=[InputRequired()], format=_DAY
    )
    last_day = DateField(
        _l("当前考核周期信息（结束日期）"), validators=[InputRequired()], format=_DAY
    )
    practice_years_on = DateField(
        _word("practice_years_on"),
        validators=[Optional()],
        format=_DAY,
        description=_l("执业年限计算到该日；留空时计算到周期最后一天。"),
    )
    provincial_grounds = TextAreaField(
        _word("provincial_grounds"),
        validators=[Length(max=4000)],
        description=_l("管理办法第二十一条第三项：适用简易程序的其他情形，每行一项。"),
    )
    papers_general = PapersField(
        _word("papers_general"),
        validators=[DataRequired(_l("一般程序至少选择一个测评科目。"))],
    )
    papers_simplified = PapersField(
        _word("papers_simplified"), description=_l("不选则简易程序不参加测评。")
    )

    exemption_grounds = TextAreaField(
        _word("exemption_grounds"),
        validators=[Length(max=4000)],
        description=_l(
            "管理办法第二十三条：业务水平测评视为合格的情形，每行一项；留空则不受理免考。"
        ),
    )
    working_days = TermsField(_word("working_days"), description=_l("不选的期限按自然日计算。"))
    exempted_papers = PapersField(
        _word("exempted_papers"), description=_l("管理办法第二十三条：业务水平测评。")
    )
    exemption_from = DateField(
        _word("exemption_from"),
        validators=[Optional()],
        format=_DAY,
        description=_l("留空时与计划测评考核时间相同。"),
    )
    exemption_until = DateField(_word("exemption_until"), validators=[Optional()], format=_DAY)
    deferral_grounds = TextAreaField(
        _word("deferral_grounds"),
        validators=[Length(max=4000)],
        description=_l("可以申请延期考核的情形，每行一项；留空则不受理延考。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then the periods and pairs against each other, beside the fields."""
        is_valid = bool(super().validate(extra_validators))
        if not is_valid:
            return False
        return self._periods_fit() & self._pairs_fit()

    def _periods_fit(self) -> bool:
        is_valid = self._ordered("starts_on", "last_day")
        for kind in SUB_WINDOWS:
            first, last = window_names(kind)
            low, high = self[first].data, self[last].data
            if low is None and high is None:
                continue
            if low is None or high is None:
                self._complain(first if low is None else last, _("请填写日期。"))
                is_valid = False
                continue
            is_valid &= self._ordered(first, last)
            for name, day in ((first, low), (last, high)):
                if not self.starts_on.data <= day <= self.last_day.data:
                    self._complain(name, _("该日期超出了考核周期的起止日期。"))
                    is_valid = False
        return is_valid

    def _ordered(self, first: str, last: str) -> bool:
        if self[first].data <= self[last].data:
            return True
        self._complain(last, _("结束日期不能早于开始日期。"))
        return False

    def _pairs_fit(self) -> bool:
        is_valid = True
        if self.exemption_from.data is not None and self.exemption_until.data is not None:
            is_valid = self._ordered("exemption_from", "exemption_until")
        for low, high in (
            ("statement_min_length", "statement_max_length"),
            ("suspension_months_min", "suspension_months_max"),
        ):
            if self[low].data > self[high].data:
                self._complain(high, _("最大值不能小于最小值。"))
                is_valid = False
        return is_valid

    def _complain(self, name: str, message: str) -> None:
        self[name].errors = [*self[name].errors, message]

    def facts(self) -> CycleFacts:
        """Give what was sent; only after ``validate``."""
        windows: dict[ScheduleWindow, tuple[date, date]] = {
            ScheduleWindow.CYCLE: (self.starts_on.data, self.last_day.data)
        }
        for kind in SUB_WINDOWS:
            first, last = (self[name].data for name in window_names(kind))
            if first is not None and last is not None:
                windows[kind] = (first, last)
        rules = CycleRules(
            practice_years_on=self.practice_years_on.data,
            provincial_grounds=_lines(self.provincial_grounds),
            exemption_grounds=_lines(self.exemption_grounds),
            exemption_from=self.exemption_from.data,
            exemption_until=self.exemption_until.data,
            deferral_grounds=_lines(self.deferral_grounds),
            exempted_papers=_in_order(self.exempted_papers),
            papers_general=_in_order(self.papers_general),
            working_days=_in_order(self.working_days),
            papers_simplified=_in_order(self.papers_simplified),
            **{name: self[name].data for name in NUMBERS},
        )
        return CycleFacts(
            label=self.label.data,
            starts_on=self.starts_on.data,
            last_day=self.last_day.data,
            windows=windows,
            rules=rules,
        )

    def show(self, facts: CycleFacts, *, version: int | None) -> None:
        """Fill the empty form."""
        self.version.data = "" if version is None else str(version)
        self.label.data = facts.label
        self.starts_on.data, self.last_day.data = facts.starts_on, facts.last_day
        for kind in SUB_WINDOWS:
            for name, day in zip(window_names(kind), facts.windows.get(kind, ()), strict=False):
                self[name].data = day
        self.show_rules(facts.rules)

    def show_rules(self, rules: CycleRules) -> None:
        """Fill in the rules."""
        for name in RULE_WORDS:
            value = getattr(rules, name)
            if name in LINES:
                value = "\n".join(value)
            self[name].data = list(value) if isinstance(value, tuple) else value


def _lines(field: TextAreaField) -> tuple[str, ...]:
    found = (line.strip() for line in (field.data or "").splitlines())
    return tuple(line for line in found if line)


def _in_order(field: PapersField) -> tuple[str, ...]:
    return tuple(word for word, _label in field.choices if word in (field.data or ()))


def window_names(kind: ScheduleWindow) -> tuple[str, str]:
    """Give the names of a window's two fields."""
    return (f"{kind.name.lower()}_from", f"{kind.name.lower()}_to")


def _fields() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in SUB_WINDOWS:
        first, last = window_names(kind)
        optional = [Optional()]
        found[first] = DateField(
            _l("%(window)s（开始日期）", window=kind.label), validators=optional, format=_DAY
        )
        found[last] = DateField(
            _l("%(window)s（结束日期）", window=kind.label), validators=optional, format=_DAY
        )
    for name, (low, high, help_text) in NUMBERS.items():
        found[name] = IntegerField(
            _word(name),
            validators=[InputRequired(), NumberRange(low, high)],
            description=help_text,
        )
    return found


CycleForm: Any = type("CycleForm", (_CycleForm,), _fields())

SIMPLIFIED = ("simplified_years_good", "simplified_years_clean", "practice_years_on")
GROUPS = (
    (_l("考核周期"), ("label", ("starts_on", "last_day"))),
    (_l("考核安排"), tuple(window_names(kind) for kind in SUB_WINDOWS)),
    (_l("简易程序"), (*SIMPLIFIED, "provincial_grounds")),
    (_l("测评"), ("papers_general", "papers_simplified", "pass_mark_physician",
                 "pass_mark_assistant", "makeup_rounds")),
    (_l("免考和延考"), ("exemption_grounds", "exempted_papers",
                       ("exemption_from", "exemption_until"), "deferral_grounds")),
    (_l("述职"), ("statement_min_length", "statement_max_length")),
    (_l("期限"), ("notice_days", "opinion_days", "filing_days", "objection_days",
                 "working_days", "suspension_months_min", "suspension_months_max")),
    (_l("考核机构资格"), ("agency_min_beds", "agency_min_physicians")),
)  # fmt: skip
