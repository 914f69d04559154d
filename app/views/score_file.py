"""线下成绩导入: the papers that wait as a file to fill in, read again all or nothing."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select

from app.enums import PaperStatus
from app.exchange import score_sheet
from app.exchange.columns import Problem
from app.exchange.score_sheet import MOST, RowProblem, ScoreRow
from app.exchange.sheet import SheetRefused
from app.extensions import db
from app.models import Assessment, Institution, Paper, Physician
from app.queries import side_cases
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.imports import workbook_answer
from app.views.paper import round_words
from app.workflows.engine import StepRefused
from app.workflows.paper import PAPER
from app.workflows.paper_gates import SITTING

MAX_BYTES = 2 * 1024 * 1024
_CRUMBS = ((_l("进度管理"), None), (_l("测评进度"), "/papers/list/"))
_UNKNOWN = _l("没有这份试卷，或不由本机构考核")
_OTHER_NAME = _l("姓名与试卷不符，请核对是否填错了行")
_NOT_WAITING = _l("该试卷不在等待录入成绩")


class ScoreFileView(PageView):
    """A file of scores; whoever sends it cannot confirm them."""

    route_base = "/score-files"

    @expose("/", methods=["GET", "POST"])
    @protected("use")
    def index(self) -> Any:
        """Draw the form, or enter every score of a file, or say what is wrong with which row."""
        wrong: Sequence[RowProblem] = ()
        if request.method == "POST":
            sent = request.files.get("file")
            content = sent.read(MAX_BYTES + 1) if sent else b""
            try:
                rows, wrong = _read(content, (sent.filename or "") if sent else "")
                if not wrong and rows:
                    return _enter(rows)
                if not wrong:
                    flash(_("文件中没有填写成绩。请填写“成绩”一列后重新上传。"), "warning")
            except SheetRefused as refusal:
                flash(str(refusal.message), "danger")
        drawn = {"wrong": wrong, "most": MOST, "template_url": url_for("ScoreFileView.template")}
        return page("paper/file.html", title=_("导入线下成绩"), crumbs=_CRUMBS, page=drawn)

    @expose("/template")
    @protected("use")
    def template(self) -> Any:
        """Send the papers that wait, as a workbook with an empty 成绩."""
        rows = [
            {
                "试卷编号": str(row.id), "医疗卫生机构": row.house, "姓名": row.person,
                "证件号码": row.id_masked, "试卷名称": row.paper, "场次": round_words(row.round),
            }
            for row in db.session.execute(_waiting().limit(MOST))
        ]  # fmt: skip
        return workbook_answer(score_sheet.template(rows), _("线下成绩"))


def _waiting() -> Any:
    return (
        select(
            Paper.id, Paper.round, Paper.name.label("paper"), Physician.id_masked,
            Physician.name.label("person"), Institution.name.label("house"),
        )
        .join(Assessment, Assessment.id == Paper.assessment_id)
        .join(Physician, Physician.id == Paper.physician_id)
        .join(Institution, Institution.id == Paper.institution_id)
        .where(
            side_cases.in_current_cycle(Paper, province_id=acting().province_id),
            Paper.status == PaperStatus.NOT_STARTED,
            Assessment.status.in_(sorted(SITTING)),
        )
        .order_by(Paper.institution_id, Paper.name, Paper.id)
    )  # fmt: skip


def _read(content: bytes, filename: str) -> tuple[list[ScoreRow], list[RowProblem]]:
    if not content:
        raise SheetRefused(_l("没有上传：未选择文件或文件为空。请选择文件后再上传。"))
    if len(content) > MAX_BYTES:
        raise SheetRefused(_l("没有导入：文件超过2MB。请分几个文件上传。"))
    rows, wrong = score_sheet.read(content, filename=filename)
    known = _known([row.paper_id for row in rows])
    return rows, [*wrong, *(p for row in rows if (p := _problem(row, known.get(row.paper_id))))]


def _known(ids: list[int]) -> dict[int, Row[Any]]:
    statement = (
        select(Paper.id, Paper.status, Physician.name)
        .join(Physician, Physician.id == Paper.physician_id)
        .where(Paper.id.in_(ids))
    )
    return {row.id: row for row in db.session.execute(statement)}


def _problem(row: ScoreRow, known: Row[Any] | None) -> RowProblem | None:
    if known is None:
        return RowProblem(row.number, Problem("试卷编号", _UNKNOWN))
    if known.name != row.name:
        return RowProblem(row.number, Problem("姓名", _OTHER_NAME))
    if known.status not in (PaperStatus.NOT_STARTED, PaperStatus.ENTERED):
        return RowProblem(row.number, Problem("试卷编号", _NOT_WAITING))
    return None


def _enter(rows: list[ScoreRow]) -> Any:
    session, at = db.session(), now()
    try:
        for row in sorted(rows, key=lambda one: one.paper_id):  # the fixed order of locks
            PAPER.fire(session, row.paper_id, "enter", actor=acting(), at=at, facts=row.tenths)
        session.commit()
    except StepRefused as refusal:
        session.rollback()
        flash(_("没有导入：%(reason)s", reason=str(refusal.reason)), "danger")
        return redirect(url_for("ScoreFileView.index"))
    flash(_("已录入%(n)s份成绩，请由另一人复核。", n=len(rows)), "success")
    return redirect(url_for("PaperView.list", tab=PaperStatus.ENTERED.name.lower()))
