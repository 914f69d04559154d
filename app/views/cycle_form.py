"""The form of a cycle: periods and rules, each number with the article it comes from."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.enums import ScheduleWindow
from app.operations.cycle_changes import CycleFacts
from app.rules import CycleRules
from app.views.rules_form import LAST_GROUPS, PAPER_GROUP, RulesForm, plain_fields, rule_word
from app.views.typed import stripped

SUB_WINDOWS = tuple(kind for kind in ScheduleWindow if kind is not ScheduleWindow.CYCLE)

_DAY = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"]


class _CycleForm(RulesForm):
    version = HiddenField()
    label = StringField(
        _l("周期"),
        validators=[DataRequired(), Length(max=16)],
        filters=[stripped],
        description=_l("周期序号按本省编排，如 02。"),
    )
    starts_on = DateField(
        _l("当前考核周期信息（开始日期）"), validators=[InputRequired()], format=_DAY
    )
    last_day = DateField(
        _l("当前考核周期信息（结束日期）"), validators=[InputRequired()], format=_DAY
    )
    practice_years_on = DateField(
        rule_word("practice_years_on"),
        validators=[Optional()],
        format=_DAY,
        description=_l("执业年限计算到该日；留空时计算到周期最后一天。"),
    )
    exemption_from = DateField(
        rule_word("exemption_from"),
        validators=[Optional()],
        format=_DAY,
        description=_l("留空时与计划测评考核时间相同。"),
    )
    exemption_until = DateField(rule_word("exemption_until"), validators=[Optional()], format=_DAY)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then the periods and pairs against each other, beside the fields."""
        is_valid = bool(super().validate(extra_validators))
        if not is_valid:
            return False
        return self._periods_fit() & self._exemption_fits() & self.pairs_fit()

    def _periods_fit(self) -> bool:
        is_valid = self._ordered("starts_on", "last_day")
        for kind in SUB_WINDOWS:
            first, last = window_names(kind)
            low, high = self[first].data, self[last].data
            if low is None and high is None:
                continue
            if low is None or high is None:
                self.complain(first if low is None else last, _("请填写日期。"))
                is_valid = False
                continue
            is_valid &= self._ordered(first, last)
            for name, day in ((first, low), (last, high)):
                if not self.starts_on.data <= day <= self.last_day.data:
                    self.complain(name, _("该日期超出了考核周期的起止日期。"))
                    is_valid = False
        return is_valid

    def _ordered(self, first: str, last: str) -> bool:
        if self[first].data <= self[last].data:
            return True
        self.complain(last, _("结束日期不能早于开始日期。"))
        return False

    def _exemption_fits(self) -> bool:
        if self.exemption_from.data is None or self.exemption_until.data is None:
            return True
        return self._ordered("exemption_from", "exemption_until")

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
            exemption_from=self.exemption_from.data,
            exemption_until=self.exemption_until.data,
            **self.rule_values(),
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
    found.update(plain_fields())
    return found


CycleForm: Any = type("CycleForm", (_CycleForm,), _fields())

SIMPLIFIED = ("simplified_years_good", "simplified_years_clean", "practice_years_on")
GROUPS = (
    (_l("考核周期"), ("label", ("starts_on", "last_day"))),
    (_l("考核安排"), tuple(window_names(kind) for kind in SUB_WINDOWS)),
    (_l("简易程序"), (*SIMPLIFIED, "provincial_grounds")),
    PAPER_GROUP,
    (_l("免考和延考"), ("exemption_grounds", "exempted_papers",
                       ("exemption_from", "exemption_until"), "deferral_grounds")),
    *LAST_GROUPS,
)  # fmt: skip
