"""Explain this result: rule, article and fact of every part, as the sections of a page."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.documents import results
from app.models import Assessment, Certificate, Conclusion, Objection, Remedy
from app.operations import conclusions, judgements
from app.operations.judgements import Judgement, Reason
from app.views import cells
from app.views.casefacts import Facts, Section, Table


def explained(case: Assessment) -> Section:
    """Give what a case comes to by its facts of today."""
    judged = judgements.judge(case)
    return Section(
        heading=_("结果依据"),
        facts=[(_("按现有事实"), shown(judged))],
        tables=[table(judged.reasons)],
    )


def shown(judged: Judgement) -> Any:
    """Give what facts come to, in a word."""
    return cells.shown(judged.result) if judged.result is not None else _("尚不能认定")


def table(reasons: Sequence[Reason]) -> Table:
    """Give the explanation line by line."""
    return Table(headers=results.headers(), rows=results.lines(reasons))


def concluded(row: Conclusion) -> list[Section]:
    """Give a stored conclusion: what, by whom, filed when, and why."""
    facts: Facts = [
        (_("考核周期"), row.cycle_label),
        (_("医疗卫生机构"), row.institution_name),
        (_("考核机构"), row.agency_name),
        (_("考核程序"), cells.shown(row.procedure)),
        (_("免考状态"), cells.shown(row.exemption)),
        (_("考核结果"), cells.shown(row.result)),
        (_("认定日期"), cells.shown(row.concluded_on)),
        (_("认定人"), row.concluded_by),
        (_("备案状态"), cells.shown(row.status)),
        (_("备案时间"), cells.shown(row.filed_at)),
        (_("医师收到时间"), cells.shown(row.received_at)),
        (_("依据文件"), row.document),
    ]
    found = [Section(heading=_("考核结论"), facts=[one for one in facts if one[1]])]
    if row.reasons:
        found.append(Section(heading=_("结果依据"), tables=[table(conclusions.reasons(row))]))
    return found


def printed(rows: Sequence[Certificate]) -> list[Section]:
    """Give the certificates of a conclusion, none leaves no section."""
    if not rows:
        return []
    headers = [_("证书编号"), _("发证日期"), _("证书状态"), _("原因")]
    lines = [[r.number, cells.shown(r.issued_on), cells.shown(r.status), r.reason] for r in rows]
    return [Section(heading=_("合格证书"), tables=[Table(headers=headers, rows=lines)])]


def objected(rows: Sequence[Objection]) -> list[Section]:
    """Give the objections against a case's results."""
    if not rows:
        return []
    headers = [_("提出时间"), _("复核理由"), _("答复期限"), _("答复"), _("答复内容")]
    lines = [
        [
            cells.shown(r.asked_at),
            r.reason,
            cells.shown(r.due_on),
            cells.shown(r.status),
            r.answer,
        ]
        for r in rows
    ]
    return [Section(heading=_("复核申请"), tables=[Table(headers=headers, rows=lines)])]


def disposed(row: Remedy | None) -> list[Section]:
    """Give what follows from 不合格."""
    if row is None:
        return []
    facts: Facts = [
        (_("处置状态"), cells.shown(row.status)),
        (_("处置原因"), cells.shown(row.ground)),
        (_("暂停执业起始日期"), cells.shown(row.suspended_from)),
        (_("暂停执业结束日期"), cells.shown(row.suspended_until)),
        (_("文书编号"), row.document),
        (_("再次考核日期"), cells.shown(row.reassessed_on)),
        (_("说明"), row.remark),
    ]
    return [Section(heading=_("后续处置"), facts=[one for one in facts if one[1]])]
