"""考核进度汇总 as a workbook: a sheet for each grouping, with totals, and rates as numbers."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from app.enums import AssessmentStatus, Verdict, Vocabulary
from app.exchange.export import Facts, tell
from app.exchange.workbook import SAFE_OPTIONS
from app.queries.assessments import COMPLETED, REPORTED, REVIEWED, TAKING_PART
from app.queries.progress_summary import Dimension, Tally

if TYPE_CHECKING:
    from pandas import DataFrame

Groups = Sequence[tuple[Dimension, Sequence[Tally]]]


def summary_workbook(groups: Groups, *, about: Facts) -> bytes:
    """Make the workbook: 说明, the statuses, then a sheet for each dimension.

    The statuses are counted from the last dimension, which every case has a place in.
    """
    import pandas  # heavy: only for those who ask for a summary

    buffer = io.BytesIO()
    options = {"options": {"in_memory": True, **SAFE_OPTIONS}}
    with pandas.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=options) as writer:
        tell(writer.book, writer.book.add_worksheet(_("说明")), about)
        _write(writer, _("按考核状态"), _by_status(groups[-1][1]))
        for dimension, tallies in groups:
            name = _("按%(name)s", name=dimension.label)
            _write(writer, name, _by_group(str(dimension.label), tallies))
    return buffer.getvalue()


def _by_status(tallies: Sequence[Tally]) -> "DataFrame":
    import pandas

    numbers = dict.fromkeys(AssessmentStatus, 0)
    for tally in tallies:
        numbers[tally.status] += tally.number
    total = sum(numbers.values())
    rows = [(str(status.label), number, _rate(number, total)) for status, number in numbers.items()]
    rows.append((_("合计"), total, _rate(total, total)))
    return pandas.DataFrame(rows, columns=[_("考核状态"), _("人数"), _("占比")])


def _by_group(label: str, tallies: Sequence[Tally]) -> "DataFrame":
    import pandas

    found: dict[str, list[Tally]] = {}
    for tally in tallies:
        found.setdefault(_word(tally.group), []).append(tally)
    lines = [(name, *_numbers(members)) for name, members in found.items()]
    lines.append((_("合计"), *_numbers(tallies)))
    return pandas.DataFrame(lines, columns=[label, *_headings()])


def _headings() -> list[str]:
    """Give what ``_numbers`` counts, in its order."""
    return [
        _("参加人数"),
        *(str(status.label) for status in AssessmentStatus if status in TAKING_PART),
        _("已填报"),
        _("已审核"),
        _("已完成"),
        *(str(result.label) for result in Verdict),
        _("报名完成率"),
        _("审核完成率"),
        _("最终完成率"),
    ]


def _numbers(tallies: Sequence[Tally]) -> list[float | None]:
    by_status = {status: 0 for status in AssessmentStatus if status in TAKING_PART}
    by_result = dict.fromkeys(Verdict, 0)
    for tally in tallies:
        by_status[tally.status] += tally.number
        if tally.result is not None:
            by_result[tally.result] += tally.number
    total = sum(by_status.values())
    reported, reviewed, done = (
        sum(by_status[status] for status in states) for states in (REPORTED, REVIEWED, COMPLETED)
    )
    rates = (_rate(reported, total), _rate(reviewed, reported), _rate(done, total))
    counts = (reported, reviewed, done)
    return [total, *by_status.values(), *counts, *by_result.values(), *rates]


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _word(group: Any) -> str:
    if group is None:
        return _("未填报")
    return str(group.label) if isinstance(group, Vocabulary) else str(group)


def _write(writer: Any, name: str, frame: "DataFrame") -> None:
    frame.to_excel(writer, sheet_name=name, index=False)
    sheet = writer.sheets[name]
    text = writer.book.add_format({"num_format": "@"})
    percent = writer.book.add_format({"num_format": "0.0%"})
    sheet.set_column(0, 0, 28, text)
    for position in range(1, frame.shape[1]):
        is_rate = frame.iloc[:, position].dtype.kind in "fO"  # numbers of people are whole
        sheet.set_column(position, position, 12, percent if is_rate else None)
    sheet.freeze_panes(1, 1)
