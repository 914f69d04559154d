"""考核结果通知书 as PDF: the result, what it rests on, and what may be done about it (art. 15, 24)."""

from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.documents import rendering
from app.documents.certificates import LANGUAGE
from app.enums import Verdict
from app.models import Conclusion
from app.operations import conclusions
from app.operations.judgements import ARTICLES, Reason


def notice(conclusion: Conclusion, *, objection_days: int) -> bytes:
    """Draw the notice of a conclusion.

    :raises DocumentRefused: see :func:`app.documents.rendering.pdf`.
    """
    with force_locale(LANGUAGE):
        return rendering.pdf("notice.html", _values(conclusion, objection_days))


def lines(reasons: Sequence[Reason]) -> list[list[str]]:
    """Give the explanation: part, result of the part, ground, article and fact, in words."""
    return [
        [
            _(one.part.value),
            _(one.verdict.value) if one.verdict is not None else "—",
            _(one.ground.value),
            _(ARTICLES[one.ground]),
            one.fact or "—",
        ]
        for one in reasons
    ]


def headers() -> list[str]:
    """Give the headings of the explanation."""
    return [_("考核内容"), _("结论"), _("依据"), _("条款"), _("事实")]


def _values(row: Conclusion, days: int) -> dict[str, Any]:
    person = row.physician
    told = [
        _(
            "对本结果有异议的，可在收到本通知之日起%(n)s日内向考核机构提出复核申请（管理办法第二十四条）。",
            n=days,
        )
    ]
    if row.result is Verdict.FAIL:
        told.append(
            _(
                "考核不合格的，由卫生行政部门责令暂停执业活动三个月至六个月并接受相关专业培训；"
                "暂停期满再次考核，合格的继续执业，仍不合格的注销注册（医师法第四十二条）。"
            )
        )
    return {
        "lang": LANGUAGE,
        "title": _("医师定期考核结果通知书"),
        "number": conclusions.number(row),
        "person": _("%(name)s医师：", name=person.name),
        "facts": [
            (_("证件号码"), person.id_masked),
            (_("医疗卫生机构"), row.institution_name),
            (_("考核机构"), row.agency_name or "—"),
            (_("考核周期"), row.cycle_label),
            (_("考核程序"), _(row.procedure.value) if row.procedure else "—"),
            (_("考核结果"), _(row.result.value)),
        ],
        "headers": headers(),
        "rows": lines(conclusions.reasons(row)),
        "told": told,
        "signed": row.agency_name or "",
        "day": _(
            "%(y)s年%(m)s月%(d)s日",
            y=row.concluded_on.year, m=row.concluded_on.month, d=row.concluded_on.day,
        ),
    }  # fmt: skip
