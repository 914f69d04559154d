"""What a case's page shows, step by step, as sections that the template draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.enums import Procedure, Role
from app.models import Assessment, Opinion, Registration, TrailEntry
from app.operations import work_fields
from app.views import cells
from app.views.actions import Action, link, post
from app.workflows.registry import WORKFLOWS

Facts = list[tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A small table, with a title where a section has several; without rows it says 暂无数据."""

    headers: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    title: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One block under a heading; ``note`` names the fields that may be added to it.

    ``picture`` is the address of a portrait.
    """

    heading: Any
    facts: Sequence[tuple[Any, Any]] = ()
    tables: Sequence[Table] = ()
    text: str | None = None
    links: Sequence[Action] = ()
    note: tuple[str, ...] = ()
    note_label: Any = None
    note_id: str = ""
    note_url: str = ""
    note_help: Any = None
    note_has_file: bool = False
    picture: str | None = None


def info(
    case: Assessment, sent: Registration | None, *, reveal: bool, has_portrait: bool = False
) -> list[Section]:
    """Give 医师信息; ``sent`` is the registration once it was submitted."""
    person = case.physician
    basic: Facts = [
        (_("姓名"), person.name),
        (_("性别"), person.sex.label),
        (_("证件类型"), person.id_type.label),
        (_("证件号码"), person.id_masked),
        (_("出生年月"), cells.shown(person.birth_date)),
        (_("民族"), person.ethnic_group),
        (_("学历"), cells.shown(person.education)),
        (_("电子邮箱"), sent.email if sent else person.email),
        (_("手机号码"), sent.phone if sent else person.phone),
    ]
    department = (sent.department if sent else None) or person.department
    practice: Facts = [
        (_("科室"), department.name),
        (_("从事专业"), sent.specialty.name if sent and sent.specialty else None),
        (_("职称"), cells.shown(person.title)),
        (_("取得时间"), cells.shown(sent.title_since) if sent else None),
        (_("职务"), sent.position if sent else None),
        (_("规范化培训"), cells.shown(sent.is_standard_trained) if sent else None),
        (_("医师级别"), person.level.label),
        (_("执业类别"), person.category.label),
        (_("执业范围"), person.practice_scope),
    ]
    links = _reveal(person.id) if reveal else ()
    found = [
        Section(
            heading=_("基本信息"),
            facts=basic,
            links=links,
            picture=url_for("PortraitView.see", pk=person.id) if has_portrait else None,
        ),
        Section(heading=_("执业信息"), facts=practice),
    ]
    if sent is not None:
        found.append(Section(heading=_("执业经历"), tables=[_experience(sent)]))
    return found


def _reveal(physician_id: int) -> list[Action]:
    """Give the button that shows the numbers in full; who looked and why is written down."""
    return [
        post(
            "reveal",
            _("查看完整号码"),
            url_for("PhysicianView.reveal", pk=physician_id),
            needs_reason=True,
            reason_label=_("查看完整号码的原因"),
        )
    ]


def _experience(sent: Registration) -> Table:
    return Table(
        headers=[_("开始日期"), _("结束日期"), _("机构"), _("科室"), _("职务")],
        rows=[
            [
                cells.shown(row.started_on),
                cells.shown(row.ended_on) or _("至今"),
                row.place,
                row.department_name,
                row.position,
            ]
            for row in sent.experiences
        ],
    )


def work(case: Assessment, sent: Registration | None) -> list[Section]:
    """Give 工作业绩、职业道德 as the physician reported it, and what is on record."""
    if sent is None:
        return []
    found = [
        Section(heading=_("工作业绩"), tables=[_years(case, sent)]),
        Section(heading=_("职业道德自评"), tables=[_ethics(sent)]),
    ]
    files = [
        link("download", row.filename, url_for("AttachmentView.download", pk=row.id))
        for row in case.participation.attachments
    ]
    if sent.procedure is Procedure.SIMPLIFIED:
        grounds: Facts = [(_("申请简易程序的条件"), cells.shown(sent.simplified_ground))]
        if sent.provincial_ground:
            grounds.append((_("本省规定的其他情形"), sent.provincial_ground))
        found.append(Section(heading=_("申请材料"), facts=grounds, links=files))
        found.append(Section(heading=_("个人述职"), text=sent.statement or ""))
    elif files:
        found.append(Section(heading=_("附件"), links=files))
    return found


def _years(case: Assessment, sent: Registration) -> Table:
    """Give a column for each year: there are at most three; and a line for what was asked or said."""
    rows = sent.work_years
    asked = work_fields.names(case.physician.category)
    return Table(
        headers=[_("年度"), *(_("%(year)s年", year=row.year) for row in rows)],
        rows=[
            [_(word), *(cells.shown(getattr(row, name)) for row in rows)]
            for name, word in work_fields.WORDS.items()
            if name in asked or any(getattr(row, name) is not None for row in rows)
        ],
    )


def _ethics(sent: Registration) -> Table:
    return Table(
        headers=[_("自评项目"), _("自评等次")],
        rows=[[row.item.label, cells.shown(row.grade)] for row in sent.ethics_answers],
    )


def opinions(case: Assessment, *, roles: Sequence[Role]) -> list[Section]:
    """Give the opinions of the bodies, each under the manual's heading."""
    headings = {Role.INSTITUTION: _("医疗卫生机构评定意见"), Role.AGENCY: _("考核机构评定意见")}
    return [
        Section(
            heading=headings[role],
            tables=[
                Table(
                    headers=[
                        _("评定项目"),
                        _("评定意见"),
                        _("不合格理由"),
                        _("评定人"),
                        _("评定时间"),
                    ],
                    rows=[_opinion(row) for row in case.opinions if row.role is role],
                )
            ],
        )
        for role in roles
    ]


def given_by(case: Assessment) -> frozenset[Role]:
    """Give the bodies that have given an opinion."""
    return frozenset(row.role for row in case.opinions)


def _opinion(row: Opinion) -> list[Any]:
    return [
        row.part.label,
        cells.shown(row.verdict),
        row.reason,
        row.given_by,
        cells.shown(row.given_at),
    ]


def outcome(case: Assessment) -> Section:
    """Give where the case stands and 考核结果."""
    return Section(
        heading=_("考核结果"),
        facts=[
            (_("考核程序"), cells.shown(case.procedure)),
            (_("考核状态"), cells.shown(case.status)),
            (_("提交时间"), cells.shown(case.submitted_at)),
            (_("考核结果"), cells.shown(case.result)),
        ],
    )


def timeline(entries: Sequence[TrailEntry]) -> list[dict[str, Any]]:
    """Give 操作日志: who, when, from, to, why."""
    return [
        {
            "at": cells.shown(entry.at),
            "actor": entry.actor_name,
            "role": _hat(entry),
            "from": _state(entry.subject, entry.from_status),
            "to": _state(entry.subject, entry.to_status),
            "comment": entry.comment,
            "action": _(entry.action_label),
        }
        for entry in entries
    ]


def _hat(entry: TrailEntry) -> str:
    if entry.actor_role is Role.SYSTEM:
        return ""
    return " · ".join(filter(None, (entry.actor_body, str(entry.actor_role.label))))


def _state(subject: str, name: str | None) -> Any:
    """Give a stored state in the words of its axis."""
    workflow = WORKFLOWS.get(subject)
    states: Any = type(workflow.initial).__members__ if workflow else {}
    return states[name].label if name in states else name
