"""工作业绩: which figures of a year are asked for, by 执业类别 (domain 2.3; the sets are ours)."""

from collections.abc import Mapping

from app.enums import N_, Category

WORDS: Mapping[str, str] = {
    "months_present": N_("出勤（月）"),
    "outpatients": N_("门急诊人次"),
    "inpatients": N_("收治/出院人次"),
    "operations": N_("手术/操作例数"),
    "rescues": N_("会诊/抢救例数"),
    "record_rate": N_("病历甲级率（%）"),
    "prevention_tasks": N_("公共卫生/预防任务（项）"),
    "support_days": N_("对口支援/下乡/援外/应急（天）"),
    "teaching_hours": N_("教学带教（学时）"),
    "papers": N_("科研论文（篇）"),
    "credits": N_("继续教育学分"),
    "complaints": N_("医疗差错/投诉"),
    "annual_grade": N_("年度考核等次"),
    "summary": N_("综述"),
}
"""Every figure with its words, in the order of the form."""

HIGHEST: Mapping[str, int] = {
    "months_present": 12,
    "outpatients": 999_999,
    "inpatients": 999_999,
    "operations": 999_999,
    "rescues": 99_999,
    "record_rate": 100,
    "prevention_tasks": 99_999,
    "support_days": 366,
    "teaching_hours": 9_999,
    "papers": 999,
    "credits": 999,
    "complaints": 999,
}
"""The largest count of each figure that is one."""

_PREVENTING = frozenset({"prevention_tasks"})
_TREATING = frozenset({"outpatients", "inpatients", "operations", "rescues", "record_rate"})
_LEFT_OUT: Mapping[Category, frozenset[str]] = {
    Category.DENTAL: frozenset({"inpatients", "rescues", "prevention_tasks"}),
    Category.PUBLIC_HEALTH: _TREATING,
}


def names(category: Category) -> tuple[str, ...]:
    """Give what is asked of a category, in the order of the form."""
    return tuple(name for name in WORDS if name not in _LEFT_OUT.get(category, _PREVENTING))
