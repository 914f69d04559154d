"""考核结果汇总: results by the law's categories and by who assessed, with how much may be chance."""

import io
from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.documents import rendering
from app.documents.certificates import LANGUAGE
from app.enums import Role, Vocabulary
from app.exchange.export import tell
from app.exchange.workbook import SAFE_OPTIONS
from app.extensions import db
from app.models import Conclusion
from app.queries import result_summary
from app.queries.result_summary import DIMENSIONS, Dimension, Tally
from app.views import printing, provenance, sendfile
from app.views.actions import link
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.provenance import Taken

_FORMS = ("xlsx", "pdf")


class ResultSummaryView(PageView):
    """One page for each cycle; every figure leads to the list behind it."""

    route_base = "/result-summary"

    @expose("/")
    @protected("see")
    def index(self) -> Any:
        """Draw the tables of one cycle."""
        labels = result_summary.labels(db.session())
        label = _asked(labels)
        tables = _tables(label) if label is not None else []
        drawn = {
            "labels": labels,
            "label": label,
            "headers": _headers(),
            "tables": [
                (
                    dimension.label,
                    [
                        (_word(row.key), _line(row), _url(dimension, row, label or ""))
                        for row in rows
                    ],
                    _line(result_summary.whole(rows)),
                )
                for dimension, rows in tables
            ],
            "exports": [
                link(
                    form,
                    form.upper(),
                    url_for("ResultSummaryView.file", form=form, of_cycle=label),
                )
                for form in _FORMS
                if label is not None
            ],
        }
        return page("result/summary.html", title=_l("考核结果汇总"), page=drawn)

    @expose("/file/<string:form>")
    @protected("see")
    def file(self, form: str) -> Response:
        """Send the tables as a workbook or for paper."""
        label = _asked(result_summary.labels(db.session()))
        if form not in _FORMS or label is None:
            raise NotFound
        tables = _tables(label)
        taken = Taken(
            name=_("考核结果汇总"),
            subject=Conclusion.__tablename__,
            words=[(_("考核周期"), label)],
            actor=acting(),
            at=now(),
        )
        total = result_summary.whole(tables[0][1]).total
        provenance.write_down(taken, total=total)
        db.session.commit()
        if form == "pdf":
            return sendfile.pdf(f"{_('考核结果汇总')}-{label}.pdf", _pdf(label, tables))
        about = [*taken.about(), (_("记录数"), str(total))]
        return provenance.attachment(taken, _workbook(tables, about), "xlsx")


def _asked(labels: Sequence[str]) -> str | None:
    asked = request.args.get("of_cycle", "")
    if asked in labels:
        return asked
    return labels[0] if labels else None


def _tables(label: str) -> list[tuple[Dimension, list[Tally]]]:
    session, role = db.session(), acting().role
    over = role in (Role.AUTHORITY, Role.AGENCY)
    return [
        (one, result_summary.tallies(session, one, cycle_label=label))
        for one in DIMENSIONS
        if over or not one.only_over_institutions
    ]


def _headers() -> list[str]:
    return [
        _("考核人数"), _("合格"), _("不合格"), _("其中未参加"), _("已备案"), _("合格率"),
        _("合格率的置信区间（百分之九十五）"),
    ]  # fmt: skip


def _line(row: Tally) -> list[str]:
    found = row.interval
    ends = "—" if found is None else f"{_percent(found[0])}–{_percent(found[1])}"
    if row.is_small and found is not None:
        ends = _("%(ends)s（人数少，慎作比较）", ends=ends)
    numbers = [row.total, row.passed, row.failed, row.lapsed, row.filed]
    return [*(str(number) for number in numbers), _percent(row.share), ends]


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"


def _word(key: Any) -> str:
    if key is None:
        return _("未填")
    return str(key.label) if isinstance(key, Vocabulary) else str(key)


def _url(dimension: Dimension, row: Tally, label: str) -> str | None:
    if dimension.argument is None or row.key is None:
        return None
    value = row.key.name if isinstance(row.key, Vocabulary) else str(row.key)
    values: dict[str, Any] = {dimension.argument: value}
    return url_for("HistoryView.list", of_cycle=label, **values)


def _workbook(tables: Sequence[tuple[Dimension, list[Tally]]], about: Any) -> bytes:
    """Make the workbook: 说明, then a sheet for each dimension, shares as numbers."""
    import pandas  # heavy: only for those who ask for a summary

    buffer = io.BytesIO()
    options = {"options": {"in_memory": True, **SAFE_OPTIONS}}
    with pandas.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=options) as writer:
        tell(writer.book, writer.book.add_worksheet(_("说明")), about)
        for dimension, rows in tables:
            lines = [_numbers(_word(row.key), row) for row in rows]
            lines.append(_numbers(_("合计"), result_summary.whole(rows)))
            columns = [str(dimension.label), *_headers()[:-1], _("下限"), _("上限")]
            frame = pandas.DataFrame(lines, columns=columns)
            name = _("按%(name)s", name=dimension.label)
            frame.to_excel(writer, sheet_name=name[:31], index=False)
            writer.sheets[name[:31]].set_column(0, 0, 28)
    return buffer.getvalue()


def _numbers(name: str, row: Tally) -> list[Any]:
    low, high = row.interval or (None, None)
    return [
        name, row.total, row.passed, row.failed, row.lapsed, row.filed, round(row.share, 4),
        None if low is None else round(low, 4), None if high is None else round(high, 4),
    ]  # fmt: skip


def _pdf(label: str, tables: Sequence[tuple[Dimension, list[Tally]]]) -> bytes:
    with force_locale(LANGUAGE):
        return rendering.pdf(
            "summary.html",
            {
                "lang": LANGUAGE,
                "title": _("医师定期考核结果汇总表"),
                "facts": [(_("考核周期"), label), *printing.facts()],
                "tables": [
                    (
                        str(dimension.label),
                        [str(dimension.label), *_headers()],
                        [
                            *([_word(row.key), *_line(row)] for row in rows),
                            [_("合计"), *_line(result_summary.whole(rows))],
                        ],
                    )
                    for dimension, rows in tables
                ],
                "note": _("合格率的置信区间按威尔逊方法计算：人数越少，区间越宽，越不宜直接比较。"),
            },
        )
