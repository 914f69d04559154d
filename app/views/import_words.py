"""What the pages of an import say of what they bring: each kind in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import ImportKind
from app.exchange.intake import ImportResult
from app.models import RosterUpload


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one kind."""

    file: Any
    advice: Any
    nothing: Any
    see_list: Any


_ADVICE = _l("请先下载模板，按填表说明逐行填写后上传。预检逐行列出结果，确认后才会导入。")
_NOTHING = _l("文件中的内容均已存在，无需导入，未作任何改动。")

WORDS: Mapping[ImportKind, Words] = {
    ImportKind.PHYSICIAN: Words(
        _l("医师名单"),
        _l(
            "请先下载模板，按填表说明逐行填写后上传。"
            "预检逐行列出可导入、已存在和有误的医师，确认后才会导入。"
        ),
        _l("名单中的医师均已存在，无需导入，未作任何改动。"),
        _l("查看医师列表"),
    ),
    ImportKind.INSTITUTION: Words(
        _l("医疗卫生机构名单"),
        _l(
            "请先下载模板，按填表说明逐行填写后上传。预检逐行列出结果，确认后才会导入。"
            "导入的机构没有账号，请在列表中逐个新增账号。"
        ),
        _NOTHING,
        _l("查看医疗卫生机构"),
    ),
    ImportKind.AUTHORITY: Words(
        _l("下级行政机构名单"),
        _l(
            "请先下载模板，按填表说明逐行填写后上传。预检逐行列出结果，确认后才会导入。"
            "导入的机构没有账号，请在列表中逐个新增账号。"
        ),
        _NOTHING,
        _l("查看下级行政机构"),
    ),
    ImportKind.DEPARTMENT: Words(_l("科室名单"), _ADVICE, _NOTHING, _l("查看科室信息")),
    ImportKind.CONDUCT: Words(
        _l("执业行为记录表"),
        _l(
            "请先下载模板，按填表说明逐行填写后上传。预检逐行列出结果，确认后才会导入。"
            "只能为正在由本机构审核的医师补充记录。"
        ),
        _NOTHING,
        _l("查看一般程序审核"),
    ),
    ImportKind.RESULT: Words(
        _l("历史考核结果表"),
        _l(
            "请先下载模板，按填表说明逐行填写后上传。预检逐行列出结果，确认后才会导入。"
            "只能导入以前周期的结果，已有的结果不会被改动。"
        ),
        _NOTHING,
        _l("查看历史考核结果查询"),
    ),
    ImportKind.QUESTION: Words(
        _l("试题表"),
        _l(
            "请先下载模板，按填表说明逐行填写后上传。预检逐行列出结果，确认后才会导入。"
            "导入的试题须由另一人审定后才能组卷。"
        ),
        _NOTHING,
        _l("查看题库"),
    ),
}


def notices(kind: ImportKind, upload: RosterUpload, imported_before: str) -> dict[str, Any]:
    """What is said of the file above its report, and when there is nothing to do."""
    words = WORDS[kind]
    done = None
    if upload.imported_at:
        made, changed = upload.imported_rows or 0, upload.changed_rows or 0
        if kind is not ImportKind.PHYSICIAN or changed:
            done = _("本文件已导入：新增%(n)s行，更新%(changed)s行。", n=made, changed=changed)
        else:
            done = _("本文件已导入医师%(n)s名。", n=made)
    before = None
    if imported_before:
        before = _(
            "内容相同的文件曾于 %(time)s 导入，已存在的医师不会重复导入。", time=imported_before
        )
        if kind is not ImportKind.PHYSICIAN:
            before = _(
                "内容相同的文件曾于 %(time)s 导入，已存在的行不会重复导入。", time=imported_before
            )
    return {"done": done, "before": before, "nothing": words.nothing, "see_list": words.see_list}


def tell(kind: ImportKind, done: ImportResult) -> None:
    """Tell what an import did."""
    counts = {
        "created": done.created,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "left": len(done.left_out),
    }
    if kind is ImportKind.PHYSICIAN and not done.changed:
        text = _(
            "导入完成：新增医师%(created)s名，已存在未作改动%(unchanged)s行，未导入%(left)s行。",
            **counts,
        )
    else:
        text = _(
            "导入完成：新增%(created)s行，更新%(changed)s行，"
            "已存在未作改动%(unchanged)s行，未导入%(left)s行。",
            **counts,
        )
    flash(text, "success" if done.created or done.changed else "info")
    _tell_departments(done)


def _tell_departments(done: ImportResult) -> None:
    unlinked = [one.name for one in done.departments if one.subject_id is None]
    if done.departments:
        names = "、".join(one.name for one in done.departments)
        flash(_("已创建科室：%(names)s。", names=names), "success")
    if unlinked:
        flash(
            _(
                "科室%(names)s尚未关联诊疗科目，请到科室信息中补充。",
                names="、".join(unlinked),
            ),
            "warning",
        )
