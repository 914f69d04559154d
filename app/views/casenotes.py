"""What bodies add to a case, as sections: 执业行为记录, 不合格情形, 多执业机构其它意见.

Whoever has the case in hand may add, and remove what was added here; everybody else reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.models import Assessment, Registration
from app.operations import disqualifying_acts, penalties
from app.security.actor import Actor
from app.views import caseforms, cells, drawing
from app.views.actions import link, post
from app.views.casefacts import Section, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What the reader may do: fields to add to each section, and how a note is removed."""

    conduct: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    case_url: str = ""
    remove_url: str = ""


READER = Hand()


def hand(
    case: Assessment, *, actor: Actor, adds_notes: bool, case_url: str, remove_url: str
) -> Hand:
    """Say what ``actor`` may add to a case that lies before him or her, open for a decision."""
    if not disqualifying_acts.in_hands(case, actor=actor):
        return READER
    return Hand(
        conduct=caseforms.CONDUCT if adds_notes else (),
        outside=caseforms.OUTSIDE if adds_notes else (),
        acts=caseforms.ACT,
        case_url=case_url,
        remove_url=remove_url,
    )


def sections(
    case: Assessment, sent: Registration | None, given: Hand = READER
) -> Sequence[Section]:
    """Give the three sections."""
    return [
        conduct(case, sent, given),
        *punished(case),
        acts(case, given),
        outside(case, given),
    ]


def conduct(case: Assessment, sent: Registration | None, given: Hand = READER) -> Section:
    """Give 执业行为记录: what the physician declared, then 良好 and 不良 in a table each."""

    def has(flag: bool | None) -> Any:
        return None if flag is None else (_("有") if flag else _("无"))

    return Section(
        heading=_("执业行为记录"),
        facts=[
            (_("良好执业行为记录"), has(sent.has_good_record) if sent else None),
            (_("不良执业行为记录"), has(sent.has_bad_record) if sent else None),
        ],
        tables=[
            _records(case, _("良好执业行为记录"), is_good=True, given=given),
            _records(case, _("不良执业行为记录"), is_good=False, given=given),
        ],
        note=given.conduct,
        note_label=_("新增记录"),
        note_id="note-conduct",
    )


def _records(case: Assessment, title: Any, *, is_good: bool, given: Hand) -> Table:
    rows = [
        [
            row.place,
            cells.shown(row.closed_on),
            row.outcome,
            _removal(given.conduct, given, "conduct_record", row.id),
        ]
        for row in case.conduct_records
        if row.is_good is is_good
    ]
    headers = [_("医疗卫生机构"), _("结案时间"), _("处理结果")]
    return _table(title, headers, rows, can_remove=bool(given.conduct))


def outside(case: Assessment, given: Hand = READER) -> Section:
    """Give 多执业机构其它意见, typed in here or signed there."""
    rows = [
        [
            row.place,
            row.content,
            cells.shown(row.status),
            row.given_by,
            cells.shown(row.given_at),
            _removal(given.outside, given, "outside_opinion", row.id)
            if row.place_institution_id is None
            else None,
        ]
        for row in case.outside_opinions
    ]
    headers = [_("执业机构"), _("机构意见"), _("意见状态"), _("出具人"), _("录入时间")]
    return Section(
        heading=_("多执业机构其它意见"),
        tables=[_table(None, headers, rows, can_remove=bool(given.outside))],
        note=given.outside,
        note_label=_("新增意见"),
        note_id="note-outside",
    )


def punished(case: Assessment) -> list[Section]:
    """Give 行政处罚 of the cycle, which the authority tells whoever assesses (art. 17)."""
    rows = [
        [
            row.kind.label,
            cells.shown(row.decided_on),
            row.office,
            row.document,
            row.facts,
        ]
        for row in penalties.in_cycle(case.physician, case.cycle)
    ]
    headers = [_("处罚种类"), _("处罚日期"), _("决定机关"), _("处罚决定书文号"), _("违法事实")]
    table = Table(headers=headers, rows=rows)
    return [Section(heading=_("行政处罚"), tables=[table])] if rows else []


def acts(case: Assessment, given: Hand = READER) -> Section:
    """Give 不合格情形 with the evidence (art. 27)."""
    rows = [
        [
            row.kind.label,
            cells.shown(row.occurred_on),
            row.found_by,
            row.document,
            drawing.action(
                link(
                    "download",
                    row.filename,
                    url_for("DisqualifyingActView.file", pk=row.id),
                )
            ),
            f"{row.role.label} {row.recorded_by}",
            _strike(case, given, row.id),
        ]
        for row in case.disqualifying_acts
    ]
    headers = [
        _("情形"),
        _("发生日期"),
        _("认定机关"),
        _("文书编号"),
        _("证明材料"),
        _("登记人"),
    ]
    return Section(
        heading=_("不合格情形"),
        tables=[_table(None, headers, rows, can_remove=bool(given.acts))],
        note=given.acts,
        note_label=_("登记不合格情形"),
        note_id="note-acts",
        note_url=url_for("DisqualifyingActView.add", pk=case.id),
        note_has_file=True,
        note_help=_(
            "管理办法第二十七条：有所列情形之一的，应当认定为考核不合格。"
            "登记后工作业绩或职业道德至少一项须评定为不合格。"
        ),
    )


def _table(title: Any, headers: list[Any], rows: list[list[Any]], *, can_remove: bool) -> Table:
    if can_remove:
        return Table(title=title, headers=[*headers, _("操作")], rows=rows)
    return Table(title=title, headers=headers, rows=[row[:-1] for row in rows])


def _removal(fields: tuple[str, ...], given: Hand, kind: str, pk: int) -> Any:
    if not fields:
        return None
    button = post(
        "remove",
        _("删除"),
        given.remove_url,
        fields={"note": f"{kind}:{pk}"},
        confirm=_("确定要删除这条记录吗？"),
    )
    return drawing.action(button)


def _strike(case: Assessment, given: Hand, pk: int) -> Any:
    if not given.acts:
        return None
    button = post(
        "strike",
        _("删除"),
        url_for("DisqualifyingActView.strike", pk=case.id),
        fields={"act": str(pk), "back": given.case_url},
        needs_reason=True,
        reason_label=_("不予认定的原因"),
        tone="danger",
    )
    return drawing.action(button)


def is_shown(typed: Mapping[str, str]) -> dict[str, bool]:
    """Say which forms of notes are open: asked for, begun, or sent back."""
    wanted = request.args.get("add") == "1"

    def one(names: tuple[str, ...]) -> bool:
        return wanted or typed.get("wrong") in names or caseforms.is_begun(typed, names)

    return {
        "note-conduct": one(caseforms.CONDUCT),
        "note-outside": one(caseforms.OUTSIDE),
        "note-acts": one(caseforms.ACT),
    }
