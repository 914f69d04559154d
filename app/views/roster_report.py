"""The report of a dry run as roster_import/report.html draws it; no database, no form."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from flask_babel import gettext as _

from app.exchange.target import ImportPlan, PlannedRow, RowState, Target

ROWS_PER_PAGE = 200
_ORDER = (RowState.REFUSED, RowState.NEW, RowState.CHANGED, RowState.UNCHANGED)


class Link(Protocol):
    """Gives the report's URL with parameters."""

    def __call__(self, **parameters: Any) -> str: ...


def drawn(filename: str, plan: ImportPlan, asked: Mapping[str, str], url: Link) -> dict[str, Any]:
    """Give the summary, the tabs and one page of rows of the tab that was asked for."""
    counts = {state: len(plan.of(state)) for state in _ORDER}
    tab = next((state for state in _ORDER if state == asked.get("tab")), _first(counts))
    pages = max(1, -(-counts[tab] // ROWS_PER_PAGE))
    typed = asked.get("page", "")
    number = min(int(typed), pages) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
    number = max(1, number)
    rows = plan.of(tab)[(number - 1) * ROWS_PER_PAGE : number * ROWS_PER_PAGE]
    target = plan.target
    return {
        "facts": _summary(filename, plan, counts),
        "missing": _missing(plan),
        "new": counts[RowState.NEW],
        "changed": counts[RowState.CHANGED],
        "refused": counts[RowState.REFUSED],
        "has_errors": any(row.problems for row in plan.rows),
        "tab": tab.value,
        "tabs": _tabs(tab, counts, url),
        "name_header": _(target.name_header),
        "key_header": _(target.key_header),
        "has_key": target.key_header != target.name_header,
        "headers": _headers(tab, target),
        "lines": [line for row in rows for line in _lines(target, row)],
        "pager": _pager(tab, number, pages, counts[tab], url) if pages > 1 else None,
    }


def _first(counts: Mapping[RowState, int]) -> RowState:
    return next((state for state in _ORDER if counts[state]), RowState.NEW)


def _tabs(
    tab: RowState, counts: Mapping[RowState, int], url: Link
) -> list[tuple[str, str, str, bool]]:
    labels = {
        RowState.REFUSED: _("有误"),
        RowState.NEW: _("可导入"),
        RowState.CHANGED: _("有变化"),
        RowState.UNCHANGED: _("已存在"),
    }
    return [
        (labels[state], url(tab=state.value), str(counts[state]), state is tab)
        for state in _ORDER
        if state is not RowState.CHANGED or counts[state]
    ]


def _headers(tab: RowState, target: Target) -> list[str]:
    """The columns beside row number, name and key."""
    if tab is RowState.REFUSED:
        return [_("列"), _("填写内容"), _("原因")]
    if tab is RowState.CHANGED:
        return [_("列"), _("原内容"), _("新内容"), _("结果")]
    return [*(_(header) for header in target.shown_headers), _("结果")]


def _summary(
    filename: str, plan: ImportPlan, counts: Mapping[RowState, int]
) -> list[tuple[str, str]]:
    facts = [
        (_("文件"), filename),
        (_("可导入"), _("%(n)s行", n=counts[RowState.NEW])),
        (_("已存在"), _("%(n)s行，未作改动", n=counts[RowState.UNCHANGED])),
        (_("有误"), _("%(n)s行", n=counts[RowState.REFUSED])),
    ]
    if counts[RowState.CHANGED]:
        facts.insert(2, (_("有变化"), _("%(n)s行", n=counts[RowState.CHANGED])))
    if plan.target.names_departments:
        facts.append((_("缺少科室"), _("%(n)s个", n=len(plan.missing))))
    if plan.ignored_headers:
        facts.append((_("未导入的列"), "、".join(plan.ignored_headers)))
    return facts


def _missing(plan: ImportPlan) -> list[tuple[str, str]]:
    return [
        (
            one.name,
            _("创建时关联诊疗科目：%(subject)s", subject=one.subject_name)
            if one.subject_id
            else _("没有同名的诊疗科目，创建后请到科室信息中补充"),
        )
        for one in plan.missing
    ]


def _lines(target: Target, row: PlannedRow) -> list[dict[str, Any]]:
    line = {"number": row.number, "name": target.name_of(row), "key": target.key_of(row)}
    if row.state is RowState.REFUSED:
        told = ((problem.header, *target.told(row, problem)) for problem in row.problems)
        return [
            {**line, "header": header, "typed": typed, "reason": reason}
            for header, typed, reason in told
        ]
    if row.state is RowState.CHANGED:
        return _changes(row, line)
    return [{**line, "columns": target.shown_columns(row)}]


def _changes(row: PlannedRow, line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line for each field; one that has no change says why the row may not be changed."""
    reasons = {problem.header: str(problem.message) for problem in row.problems}
    lines = [
        {
            **line,
            "header": one.header,
            "before": one.before,
            "after": one.after,
            "reason": reasons.pop(one.header, _("本行有不能修改的内容") if row.problems else ""),
        }
        for one in row.changes
    ]
    lines += [
        {**line, "header": header, "before": "", "after": "", "reason": reason}
        for header, reason in reasons.items()
    ]
    return lines


def _pager(tab: RowState, number: int, pages: int, total: int, url: Link) -> dict[str, Any]:
    def to(target: int) -> str:
        return url(tab=tab.value, page=str(target))

    wanted: Sequence[int] = sorted(
        {1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)}
    )
    links: list[tuple[str, str | None, bool]] = []
    for before, target in zip((0, *wanted), wanted, strict=False):
        if target - before > 1:
            links.append(("…", None, False))
        links.append((str(target), to(target), target == number))
    return {
        "total_text": _("共%(n)s条记录", n=total),
        "prev_url": to(number - 1) if number > 1 else None,
        "next_url": to(number + 1) if number < pages else None,
        "links": links,
    }
